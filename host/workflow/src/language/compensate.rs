//! `compensate`: how what a step did is undone; and what steps have in common that follow from what another one says. It does
//! not know when they have their turn.

use super::budget::OF_STEP;
use super::retry::RETRY;
use super::table::{Fallback, Field, Form, Table};
use super::{Fields, Reader};
use crate::expression::Template;
use crate::plan::policy::TIMEOUT;
use crate::plan::work::no_input;
use crate::plan::{Invocation, Retry, Role, Step, Work};
use crate::source::{Key, Node};

pub(super) const AGENT: Field =
    Field::new("agent", Form::Name, "The plugin whose agent runs, by its name in `baton.toml`.");

pub(super) const TOOL: Field = Field::new(
    "tool",
    Form::Like("^[^/]+/.+$"),
    "The function that is called: `PLUGIN/FUNCTION`, such as `crm/contacts.upsert`.",
);

pub(super) const RETRIES: Field = Field::new("retry", Form::Map(&RETRY), RETRY.doc);

pub(super) const TIME: Field = Field::new(
    "timeout",
    Form::Quantity(&TIMEOUT),
    "How long one attempt may take; the plugin's `wall` limit holds as well.",
)
.or(Fallback::OfBounds);

pub(super) const BUDGET: Field = Field::new("budget", Form::Map(&OF_STEP), OF_STEP.doc);

/// `compensate`.
pub(super) static COMPENSATE: Table = Table::new(
    "compensate",
    "How what the step did is undone if the run fails or is cancelled later.",
    &[
        AGENT,
        TOOL,
        Field::new("input", Form::Data, "What it gets; expressions see the step's `output`."),
        RETRIES,
        TIME,
        BUDGET,
    ],
)
.one_of(&["agent", "tool"]);

impl Reader<'_> {
    /// The step that undoes another one.
    pub(super) fn compensate(&mut self, of: &Key, key: &Key, node: &Node) -> Option<Step> {
        let fields = Fields::open(node, "compensate", &COMPENSATE, &mut self.report)?.pointing_at(key.span);
        let step = Step { role: Role::Undo, retry: Retry::OF_UNDOING, ..Step::new(&of.text) };
        self.companion(step, no_input(), &fields)
    }

    /// A step that belongs to the one whose name it has so far: what it invokes, with what, and how often it is tried.
    pub(super) fn companion(&mut self, mut step: Step, otherwise: Template, fields: &Fields<'_>) -> Option<Step> {
        let (kind, node) = fields.one(&mut self.report)?;
        let work = if kind.text == AGENT.name { self.agent(node) } else { self.tool(node) };
        step.name = format!("{}.{}", step.name, step.role.suffix().unwrap_or_default());
        let given = fields.get("input").map(|node| self.template(node));
        if work.is_none() || matches!(given, Some(None)) || fields.is_meant("input") {
            self.broken.inputs.push(step.name.clone());
        }
        step.work = work?;
        if let Work::Invoke(Invocation { input, .. }) = &mut step.work {
            *input = given.flatten().unwrap_or(otherwise);
        }
        Some(self.attempts(step, fields))
    }
}
