//! What a plan says, as it is stored. It does not know whether it is valid.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::policy::{DEFAULT_PARALLEL, TIMEOUT};
use super::trigger::Start;
use super::{
    Check, FaultKind, Invocation, Join, OnFailure, Repair, Retry, Rounds, RunBudget, StepBudget, Steps, Variable, Work,
};
use crate::expression::{Expression, Template};
use crate::problem::Position;
use crate::schema::Schema;
use crate::units::Millis;

/// The version of the stored form.
pub(crate) const FORMAT: u32 = 1;

/// The most steps of a workflow, those included that follow from what steps say (`crm.undo`). More belong into workflows
/// of their own.
pub(crate) const MAX_STEPS: usize = 10_000;

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
    /// How runs begin.
    #[serde(default, skip_serializing_if = "Start::is_plain")]
    pub(crate) start: Start,
    /// The variables that steps write together.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) context: BTreeMap<String, Variable>,
    /// The steps, in the order of the file; those that follow from what a step says stand behind it.
    pub(crate) steps: Steps,
    /// What a run results in.
    pub(crate) output: Template,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// Its name.
    pub(crate) name: String,
    /// When it has its turn.
    #[serde(default, skip_serializing_if = "Role::is_main")]
    pub(crate) role: Role,
    /// What it does.
    pub(crate) work: Work,
    /// The list for each item of which it runs.
    pub(crate) for_each: Option<Expression>,
    /// How many items are at work at once.
    pub(crate) max_parallel: u32,
    /// What it makes of the items.
    #[serde(default, skip_serializing_if = "Join::is_all")]
    pub(crate) join: Join,
    /// How it is repeated until it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rounds: Option<Rounds>,
    /// Whether it is needed at all.
    pub(crate) condition: Option<Expression>,
    /// The step that the run takes if this one is not needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) otherwise: Option<String>,
    /// Steps it comes after, besides those it refers to.
    pub(crate) needs: BTreeSet<String>,
    /// What its output, or that of each item, must fit.
    pub(crate) output: Option<Schema>,
    /// What must hold of its output, or of that of each item.
    pub(crate) check: Vec<Check>,
    /// How an output that does not pass is asked for again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) repair: Option<Repair>,
    /// How sure it must be that an output passes, if it verifies one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min_confidence: Option<f64>,
    /// How it is tried again.
    pub(crate) retry: Retry,
    /// How long one attempt may take.
    pub(crate) timeout: Millis,
    /// What happens when it failed for good.
    pub(crate) on_failure: OnFailure,
    /// What happens when it failed for good because time was over; if nothing is said, what happens with any failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_timeout: Option<OnFailure>,
    /// What happens when it failed for good because nothing is left of a budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) on_exhausted: Option<OnFailure>,
    /// What it adds to the context, by variable.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) set: BTreeMap<String, Template>,
    /// What all its attempts together may use.
    pub(crate) budget: StepBudget,
}

/// When a step has its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    /// When all that it waits for is settled.
    #[default]
    Main,
    /// When all others are settled, however the run ends.
    Finally,
    /// When the run fails or is cancelled after the step completed to which it belongs.
    Undo,
    /// When an attempt of the step to which it belongs has an output.
    Verify,
}

impl Role {
    fn is_main(&self) -> bool {
        *self == Role::Main
    }

    /// The part of a name that says it, for a step that belongs to another one.
    pub(crate) fn suffix(self) -> Option<&'static str> {
        match self {
            Role::Main | Role::Finally => None,
            Role::Undo => Some("undo"),
            Role::Verify => Some("verify"),
        }
    }

    /// Whether it has its turn when the run is over for all others.
    pub(crate) fn cleans_up(self) -> bool {
        matches!(self, Role::Finally | Role::Undo)
    }

    /// Whether the step stands for itself, rather than for something that another one says.
    pub(crate) fn is_own(self) -> bool {
        self.suffix().is_none()
    }
}

impl Definition {
    /// Forgets everything that depends on how the file is laid out.
    pub(crate) fn forget_places(&mut self) {
        self.file.clear();
        self.budget.forget_places();
        self.start.visit_mut(&mut Expression::forget_place);
        self.steps.for_each_mut(Step::forget_places);
        self.output.visit_mut(&mut Expression::forget_place);
    }

    /// Where a step stands in the order.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.steps.index(name)
    }

    /// The step to which one belongs that does not stand for itself.
    pub(crate) fn owner(&self, step: &Step) -> Option<&Step> {
        self.steps.get(self.steps.owner(self.index(&step.name)?)?)
    }
}

/// Where in a step an expression stands: that decides what it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// In `for_each`, `if`, `approve`, `switch`, `wait`, `emit` or `on_failure`: the step as a whole.
    Whole,
    /// In `input` or `escalate`: one item, or one round.
    Item,
    /// In `check`, `until`, `set`, `compensate` or `verify`: one item and its output.
    Output,
    /// In `repair`: one item, its output that did not pass, and why.
    Repair,
    /// In the `if` of `wait`: an event.
    Event,
}

impl Step {
    /// A step of that name that says nothing.
    pub(crate) fn new(name: &str) -> Step {
        Step {
            name: name.to_owned(),
            role: Role::Main,
            work: Work::Invoke(Invocation::placeholder()),
            for_each: None,
            max_parallel: DEFAULT_PARALLEL,
            join: Join::All,
            rounds: None,
            condition: None,
            otherwise: None,
            needs: BTreeSet::new(),
            output: None,
            check: Vec::new(),
            repair: None,
            min_confidence: None,
            retry: Retry::NONE,
            timeout: TIMEOUT.default,
            on_failure: OnFailure::Fail,
            on_timeout: None,
            on_exhausted: None,
            set: BTreeMap::new(),
            budget: StepBudget::default(),
        }
    }

    /// What happens when it failed for good, by the keys that say so.
    pub(crate) fn handled(&self) -> impl Iterator<Item = (&'static str, &OnFailure)> {
        let of_kinds = [("on_timeout", &self.on_timeout), ("on_exhausted", &self.on_exhausted)];
        let of_kinds = of_kinds.into_iter().filter_map(|(key, handled)| Some((key, handled.as_ref()?)));
        std::iter::once(("on_failure", &self.on_failure)).chain(of_kinds)
    }

    /// What happens when it failed for good with a failure of a kind.
    pub(crate) fn handling(&self, kind: FaultKind) -> &OnFailure {
        let of_kind = match kind {
            FaultKind::Timeout => self.on_timeout.as_ref(),
            FaultKind::Exhausted => self.on_exhausted.as_ref(),
            _ => None,
        };
        of_kind.unwrap_or(&self.on_failure)
    }

    /// The steps to which it may send the run.
    pub(crate) fn branches(&self) -> Vec<&str> {
        let named = self.handled().filter_map(|(_, handled)| handled.branch()).chain(self.otherwise.as_deref());
        match &self.work {
            Work::Switch(switch) => named.chain(switch.branches()).collect(),
            _ => named.collect(),
        }
    }

    /// Whether it runs more than once, each with an index.
    pub(crate) fn has_items(&self) -> bool {
        self.for_each.is_some() || self.rounds.is_some()
    }

    /// Whether its work may be done again when nobody knows how far it came.
    pub(crate) fn is_repeatable(&self) -> bool {
        !matches!(&self.work, Work::Invoke(invocation) if !invocation.repeatable)
    }

    /// Where the input of its work stands: what belongs to another step sees that step's output.
    fn site_of_input(&self) -> Site {
        if self.role.is_own() { Site::Item } else { Site::Output }
    }

    /// Calls a function with every expression and where in the step it stands.
    pub(crate) fn visit<'s>(&'s self, visit: &mut dyn FnMut(Site, &'s Expression)) {
        self.for_each.iter().chain(&self.condition).for_each(|expression| visit(Site::Whole, expression));
        self.work.visit(self.site_of_input(), visit);
        self.check.iter().for_each(|check| check.visit(&mut |expression| visit(Site::Output, expression)));
        self.repair.iter().for_each(|repair| repair.input.visit(&mut |expression| visit(Site::Repair, expression)));
        self.rounds.iter().for_each(|rounds| visit(Site::Output, &rounds.until));
        self.set.values().for_each(|value| value.visit(&mut |expression| visit(Site::Output, expression)));
        self.handled().for_each(|(_, handled)| handled.visit(visit));
    }

    fn forget_places(&mut self) {
        let visit: &mut dyn FnMut(&mut Expression) = &mut Expression::forget_place;
        self.for_each.iter_mut().chain(&mut self.condition).for_each(&mut *visit);
        self.check.iter_mut().for_each(|check| check.visit_mut(visit));
        self.repair.iter_mut().for_each(|repair| repair.input.visit_mut(visit));
        self.work.visit_mut(visit);
        self.rounds.iter_mut().for_each(|rounds| visit(&mut rounds.until));
        self.set.values_mut().for_each(|value| value.visit_mut(visit));
        self.on_failure.visit_mut(visit);
        self.on_timeout.iter_mut().chain(&mut self.on_exhausted).for_each(|handled| handled.visit_mut(visit));
    }
}

/// A place in the file that may be none.
pub(crate) fn is_nowhere(position: &Position) -> bool {
    position.is_nowhere()
}
