//! `on_failure` and `on_timeout`. It does not know what fails.

use super::{Fields, Reader};
use crate::plan::OnFailure;
use crate::problem::Code;
use crate::source::{Kind, Node};

const FORMS: &str = "`fail`, `{ continue: VALUE }` or `{ then: STEP }`";

impl Reader<'_> {
    /// What happens when the step failed for good.
    pub(super) fn on_failure(&mut self, key: &str, node: &Node) -> OnFailure {
        match &node.kind {
            Kind::Text(text) if text == "fail" => OnFailure::Fail,
            Kind::Map(_) => self.handled(key, node).unwrap_or(OnFailure::Fail),
            _ => {
                self.report.wrong_kind(node, key, FORMS);
                OnFailure::Fail
            }
        }
    }

    fn handled(&mut self, key: &str, node: &Node) -> Option<OnFailure> {
        let fields = Fields::open(node, key, &["continue", "then"], &mut self.report)?;
        match (fields.get("continue"), fields.get("then")) {
            (Some(value), None) => self.template(value).map(OnFailure::Continue),
            (None, None) if fields.is_meant("continue") || fields.is_meant("then") => None,
            (None, Some(step)) => self.name(step, "then").map(|name| OnFailure::Then(name.to_owned())),
            _ => {
                let message = format!("`{key}` is one of {FORMS}");
                self.report.add(Code::WrongKind, node.span, message, None);
                None
            }
        }
    }
}
