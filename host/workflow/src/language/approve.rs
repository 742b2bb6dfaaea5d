//! `approve`. It does not know persons.

use serde_json::Value;

use super::{Fields, Reader};
use crate::expression::Template;
use crate::plan::Approval;
use crate::plan::policy::APPROVAL_TIMEOUT;
use crate::problem::Code;
use crate::source::{Key, Kind, Node};

impl Reader<'_> {
    /// A question to a person.
    pub(super) fn approve(&mut self, key: &Key, node: &Node) -> Option<Approval> {
        let known = &["question", "show", "roles", "timeout", "answer"];
        let fields = Fields::open(node, "approve", known, &mut self.report)?.pointing_at(key.span);
        let question = fields.require("question", &mut self.report).and_then(|node| self.question(node));
        let show = fields.get("show").and_then(|node| self.template(node));
        let timeout = fields.get("timeout").and_then(|node| self.quantity(node, "timeout", &APPROVAL_TIMEOUT));
        Some(Approval {
            question: question.unwrap_or_else(|| Template::Literal("".into())),
            show: show.unwrap_or(Template::Literal(Value::Null)),
            roles: fields.get("roles").map_or_else(Vec::new, |node| self.roles(node)),
            timeout: timeout.unwrap_or(APPROVAL_TIMEOUT.default),
            answer: fields.get("answer").and_then(|node| self.schema_file("answer", node)),
        })
    }

    fn question(&mut self, node: &Node) -> Option<Template> {
        if node.as_text().is_none_or(|text| text.trim().is_empty()) {
            self.report.wrong_kind(node, "question", "a text");
            return None;
        }
        self.template(node)
    }

    fn roles(&mut self, node: &Node) -> Vec<String> {
        let roles = self.name_list(node, "roles");
        if matches!(&node.kind, Kind::List(items) if items.is_empty()) {
            let hint = Some("leave `roles` out to let anybody answer".to_owned());
            self.report.add(Code::OutOfRange, node.span, "`roles` names nobody", hint);
        }
        roles
    }
}
