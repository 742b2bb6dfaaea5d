//! What a plan says, as it is stored. It does not know whether it is valid.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OnFailure, Retry, RunBudget, StepBudget, Target};
use crate::expression::{Expression, Template};
use crate::problem::Position;
use crate::schema::Schema;
use crate::units::Millis;

/// The version of the stored form.
pub(crate) const FORMAT: u32 = 1;

/// The most steps of a workflow. More belong into workflows of their own.
pub(crate) const MAX_STEPS: usize = 1_000;

/// A whole workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Definition {
    /// The version of the stored form.
    pub(crate) format: u32,
    /// The workflow's name.
    pub(crate) workflow: String,
    /// The file it was written in; no part of the content hash.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) file: String,
    /// The schema of its input.
    pub(crate) input: Option<Schema>,
    /// The data files, an object by their names.
    pub(crate) data: Value,
    /// What a run may use.
    pub(crate) budget: RunBudget,
    /// The steps, in the order of the file.
    pub(crate) steps: Vec<Step>,
    /// What a run results in.
    pub(crate) output: Template,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// Its name.
    pub(crate) name: String,
    /// What it does.
    pub(crate) work: Work,
    /// The list for each item of which it runs.
    pub(crate) for_each: Option<Expression>,
    /// How many items are at work at once.
    pub(crate) max_parallel: u32,
    /// Whether it is needed at all.
    pub(crate) condition: Option<Expression>,
    /// Steps it comes after, besides those it refers to.
    pub(crate) needs: BTreeSet<String>,
    /// What its output, or that of each item, must fit.
    pub(crate) output: Option<Schema>,
    /// What must hold of its output, or of that of each item.
    pub(crate) check: Vec<Expression>,
    /// How it is tried again.
    pub(crate) retry: Retry,
    /// How long one attempt may take.
    pub(crate) timeout: Millis,
    /// What happens when it failed for good.
    pub(crate) on_failure: OnFailure,
    /// What all its attempts together may use.
    pub(crate) budget: StepBudget,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Work {
    /// It invokes a plugin.
    Invoke(Invocation),
    /// It asks a person.
    Approve(Approval),
}

/// What is invoked, and with what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invocation {
    /// What.
    pub(crate) target: Target,
    /// With what.
    pub(crate) input: Template,
    /// What the plugin takes.
    pub(crate) takes: Option<Schema>,
    /// What the plugin gives.
    pub(crate) gives: Option<Schema>,
    /// Whether it may be invoked again when nobody knows how far it came.
    pub(crate) repeatable: bool,
}

impl Invocation {
    /// Stands for what could not be read, in a definition that becomes no plan.
    pub(crate) fn placeholder() -> Invocation {
        let target = Target::Agent { plugin: String::new() };
        Invocation { target, input: Template::Literal(Value::Null), takes: None, gives: None, repeatable: false }
    }
}

/// A question to a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    /// What is asked.
    pub(crate) question: Template,
    /// What the person is shown.
    pub(crate) show: Template,
    /// Who may answer; anybody if empty.
    pub(crate) roles: Vec<String>,
    /// How long the question stands.
    pub(crate) timeout: Millis,
    /// What the person adds.
    pub(crate) answer: Option<Schema>,
}

impl Definition {
    /// Forgets everything that depends on how the file is laid out.
    pub(crate) fn forget_places(&mut self) {
        self.file.clear();
        self.budget.forget_places();
        self.steps.iter_mut().for_each(|step| step.visit_mut(&mut Expression::forget_place));
        self.output.visit_mut(&mut Expression::forget_place);
    }

    /// Where a step stands in the order.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }
}

/// Where in a step an expression stands: that decides what it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// In `for_each`, `if`, `approve` or `on_failure`: the step as a whole.
    Whole,
    /// In `input`: one item.
    Item,
    /// In `check`: one item and its output.
    Check,
}

impl Step {
    /// Calls a function with every expression and where in the step it stands.
    pub(crate) fn visit<'s>(&'s self, visit: &mut dyn FnMut(Site, &'s Expression)) {
        self.for_each.iter().chain(&self.condition).for_each(|expression| visit(Site::Whole, expression));
        match &self.work {
            Work::Invoke(invocation) => invocation.input.visit(&mut |expression| visit(Site::Item, expression)),
            Work::Approve(approval) => {
                approval.question.visit(&mut |expression| visit(Site::Whole, expression));
                approval.show.visit(&mut |expression| visit(Site::Whole, expression));
            }
        }
        self.check.iter().for_each(|expression| visit(Site::Check, expression));
        if let OnFailure::Continue(value) = &self.on_failure {
            value.visit(&mut |expression| visit(Site::Whole, expression));
        }
    }

    /// Calls a function with every expression, to change it.
    fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        self.for_each.iter_mut().chain(&mut self.condition).chain(&mut self.check).for_each(&mut *visit);
        match &mut self.work {
            Work::Invoke(invocation) => invocation.input.visit_mut(visit),
            Work::Approve(approval) => {
                approval.question.visit_mut(visit);
                approval.show.visit_mut(visit);
            }
        }
        if let OnFailure::Continue(value) = &mut self.on_failure {
            value.visit_mut(visit);
        }
    }
}

/// A place in the file that may be none.
pub(crate) fn is_nowhere(position: &Position) -> bool {
    position.is_nowhere()
}
