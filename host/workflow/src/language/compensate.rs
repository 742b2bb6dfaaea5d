//! `compensate`: how what a step did is undone; and what steps have in common that follow from what another one says. It does
//! not know when they have their turn.

use super::{Fields, Reader};
use crate::expression::Template;
use crate::plan::work::no_input;
use crate::plan::{Invocation, Retry, Role, Step, Work};
use crate::problem::Code;
use crate::source::{Key, Node};

/// What each of these steps may say.
pub(super) const OF_COMPANION: [&str; 6] = ["agent", "tool", "input", "retry", "timeout", "budget"];

impl Reader<'_> {
    /// The step that undoes another one.
    pub(super) fn compensate(&mut self, of: &Key, key: &Key, node: &Node) -> Option<Step> {
        let fields = Fields::open(node, "compensate", &OF_COMPANION, &mut self.report)?.pointing_at(key.span);
        let step = Step { role: Role::Undo, retry: Retry::OF_UNDOING, ..Step::new(&of.text) };
        self.companion(key, step, no_input(), &fields)
    }

    /// A step that belongs to the one whose name it has so far: what it invokes, with what, and how often it is tried.
    pub(super) fn companion(
        &mut self,
        key: &Key,
        mut step: Step,
        otherwise: Template,
        fields: &Fields<'_>,
    ) -> Option<Step> {
        let work = match (fields.get("agent"), fields.get("tool")) {
            (Some(agent), None) => self.agent(agent),
            (None, Some(tool)) => self.tool(tool),
            (None, None) if fields.is_meant("agent") || fields.is_meant("tool") => return None,
            _ => {
                let message = format!("`{}` must have exactly one of `agent` and `tool`", key.text);
                self.report.add(Code::MissingKey, key.span, message, None);
                return None;
            }
        };
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
