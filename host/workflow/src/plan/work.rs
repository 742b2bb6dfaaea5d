//! What steps do, as a plan says it. It does not know when.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::definition::Site;
use super::{Approval, Definition, Target};
use crate::expression::{Expression, Template};
use crate::schema::Schema;
use crate::units::Millis;

/// What a step does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Work {
    /// It invokes a plugin.
    Invoke(Invocation),
    /// It asks a person.
    Approve(Approval),
    /// It takes one of several ways.
    Switch(Switch),
    /// It waits for a time.
    Sleep(Sleep),
    /// It waits for an event.
    Listen(Listen),
    /// It emits an event.
    Emit(Emit),
    /// It runs a workflow.
    Workflow(Inner),
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
        Invocation { target, input: no_input(), takes: None, gives: None, repeatable: false }
    }
}

/// What a plugin gets where a step says nothing.
pub(crate) fn no_input() -> Template {
    Template::Literal(Value::Object(Map::new()))
}

/// A choice between ways: the first whose condition holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Switch {
    /// The ways in their order.
    pub(crate) cases: Vec<Case>,
    /// The way if no condition holds; none: no way at all.
    pub(crate) otherwise: Option<String>,
}

/// One way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// When it is taken.
    pub(crate) condition: Expression,
    /// The step to which it leads.
    pub(crate) then: String,
}

impl Switch {
    /// The steps to which it may lead.
    pub(crate) fn branches(&self) -> impl Iterator<Item = &str> {
        self.cases.iter().map(|case| case.then.as_str()).chain(self.otherwise.as_deref())
    }
}

/// Waiting for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Sleep {
    /// So long.
    For(Millis),
    /// Until this moment: an expression whose value is a time (RFC 3339), or milliseconds since 1970.
    Until(Expression),
}

/// Waiting for an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listen {
    /// Its name.
    pub(crate) name: String,
    /// Which of them: what must hold of it.
    pub(crate) condition: Option<Expression>,
    /// How long.
    pub(crate) timeout: Millis,
}

/// An event to be emitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Emit {
    /// Its name.
    pub(crate) name: String,
    /// What it says.
    pub(crate) data: Template,
}

/// A workflow inside another one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inner {
    /// What it says.
    pub(crate) definition: Box<Definition>,
    /// What it gets.
    pub(crate) input: Template,
}

impl Work {
    /// Calls a function with every expression and where it stands, its input at this site.
    pub(crate) fn visit<'s>(&'s self, input: Site, visit: &mut dyn FnMut(Site, &'s Expression)) {
        match self {
            Work::Invoke(invocation) => invocation.input.visit(&mut |expression| visit(input, expression)),
            Work::Workflow(inner) => inner.input.visit(&mut |expression| visit(input, expression)),
            Work::Approve(approval) => approval.visit(&mut |expression| visit(Site::Whole, expression)),
            Work::Switch(switch) => switch.cases.iter().for_each(|case| visit(Site::Whole, &case.condition)),
            Work::Sleep(Sleep::Until(moment)) => visit(Site::Whole, moment),
            Work::Sleep(Sleep::For(_)) => {}
            Work::Listen(listen) => listen.condition.iter().for_each(|condition| visit(Site::Event, condition)),
            Work::Emit(emit) => emit.data.visit(&mut |expression| visit(Site::Whole, expression)),
        }
    }

    /// Calls a function with every expression, to change it.
    pub(crate) fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        match self {
            Work::Invoke(invocation) => invocation.input.visit_mut(visit),
            Work::Workflow(inner) => {
                inner.definition.forget_places();
                inner.input.visit_mut(visit);
            }
            Work::Approve(approval) => approval.visit_mut(visit),
            Work::Switch(switch) => switch.cases.iter_mut().for_each(|case| visit(&mut case.condition)),
            Work::Sleep(Sleep::Until(moment)) => visit(moment),
            Work::Sleep(Sleep::For(_)) => {}
            Work::Listen(listen) => listen.condition.iter_mut().for_each(visit),
            Work::Emit(emit) => emit.data.visit_mut(visit),
        }
    }
}
