//! `compensate`: how what a step did is undone. It does not know when.

use super::{Fields, Reader};
use crate::plan::{Invocation, Retry, Role, Step, Work};
use crate::problem::Code;
use crate::source::{Key, Node};

impl Reader<'_> {
    /// The step that undoes another one.
    pub(super) fn compensate(&mut self, of: &Key, key: &Key, node: &Node) -> Option<Step> {
        let known = &["agent", "tool", "input", "retry", "timeout", "budget"];
        let fields = Fields::open(node, "compensate", known, &mut self.report)?.pointing_at(key.span);
        let work = match (fields.get("agent"), fields.get("tool")) {
            (Some(agent), None) => self.agent(agent),
            (None, Some(tool)) => self.tool(tool),
            _ => {
                let message = "`compensate` must have exactly one of `agent` and `tool`";
                self.report.add(Code::MissingKey, key.span, message, None);
                return None;
            }
        };
        let name = format!("{}.{}", of.text, Role::Undo.suffix().unwrap_or_default());
        let input = fields.get("input").map(|node| self.template(node));
        if work.is_none() || matches!(input, Some(None)) {
            self.broken.inputs.push(name.clone());
        }
        let mut work = work?;
        if let (Some(Some(given)), Work::Invoke(Invocation { input, .. })) = (input, &mut work) {
            *input = given;
        }
        let step = Step { role: Role::Undo, work, retry: Retry::OF_UNDOING, ..Step::new(&name) };
        Some(self.attempts(step, &fields))
    }
}
