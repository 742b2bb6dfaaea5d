//! `on_failure`, `on_timeout` and `on_exhausted`. It does not know what fails.

use super::{Fields, Reader};
use crate::plan::policy::APPROVAL_TIMEOUT;
use crate::plan::{Escalation, OnFailure, Work};
use crate::problem::Code;
use crate::source::{Kind, Node};

/// How a person is asked: where nothing is left of a budget, they are asked for more.
fn asking(key: &str) -> &'static str {
    if key == "on_exhausted" { "ask" } else { "escalate" }
}

fn forms(key: &str) -> String {
    let asks = asking(key);
    let alone = if asks == "ask" { "`ask`, " } else { "" };
    format!("`fail`, {alone}`{{ continue: VALUE }}`, `{{ then: STEP }}` or `{{ {asks}: {{ to: [ROLE] }} }}`")
}

impl Reader<'_> {
    /// What happens when the step failed for good; none if nothing is said.
    pub(super) fn handling(&mut self, key: &str, fields: &Fields<'_>, work: Option<&Work>) -> Option<OnFailure> {
        let (written, node) = fields.entry(key)?;
        let handled = self.on_failure(key, node);
        let can_ask = key == "on_exhausted" || matches!(work, None | Some(Work::Invoke(_) | Work::Workflow(_)));
        if handled.escalation().is_some() && !can_ask {
            let message = "`escalate` means nothing here: only what an agent, a tool or a workflow gives can be given \
                           by a person instead";
            self.report.add(Code::UnknownKey, written.span, message, None);
        }
        Some(handled)
    }

    fn on_failure(&mut self, key: &str, node: &Node) -> OnFailure {
        match &node.kind {
            Kind::Text(text) if text == "fail" => OnFailure::Fail,
            Kind::Text(text) if text == "ask" && key == "on_exhausted" => {
                OnFailure::Escalate(Box::new(Escalation::of_anybody(OnFailure::Fail)))
            }
            Kind::Map(_) => self.handled(key, node).unwrap_or(OnFailure::Fail),
            _ => {
                self.report.wrong_kind(node, key, &forms(key));
                OnFailure::Fail
            }
        }
    }

    fn handled(&mut self, key: &str, node: &Node) -> Option<OnFailure> {
        let known = ["continue", "then", asking(key)];
        let fields = Fields::open(node, key, &known, &mut self.report)?;
        let otherwise = match (fields.get("continue"), fields.get("then")) {
            (Some(value), None) => Some(self.template(value).map(OnFailure::Continue)?),
            (None, Some(step)) => Some(self.name(step, "then").map(|name| OnFailure::Then(name.to_owned()))?),
            (None, None) => None,
            (Some(_), Some(_)) => {
                let message = format!("`{key}` is one of {}", forms(key));
                self.report.add(Code::WrongKind, node.span, message, None);
                return None;
            }
        };
        match (fields.get(asking(key)), otherwise) {
            (Some(node), otherwise) => self.escalate(asking(key), node, otherwise.unwrap_or(OnFailure::Fail)),
            (None, Some(handled)) => Some(handled),
            (None, None) if known.iter().any(|name| fields.is_meant(name)) => None,
            (None, None) => {
                let message = format!("`{key}` is one of {}", forms(key));
                self.report.add(Code::WrongKind, node.span, message, None);
                None
            }
        }
    }

    /// A person is asked.
    fn escalate(&mut self, key: &str, node: &Node, otherwise: OnFailure) -> Option<OnFailure> {
        let fields = Fields::open(node, key, &["to", "question", "show", "timeout"], &mut self.report)?;
        let timeout = fields.get("timeout").and_then(|node| self.quantity(node, "timeout", &APPROVAL_TIMEOUT));
        let asked = Escalation::of_anybody(otherwise);
        Some(OnFailure::Escalate(Box::new(Escalation {
            to: fields.get("to").map_or_else(Vec::new, |node| self.asked(node)),
            question: fields.get("question").and_then(|node| self.message(node, "question")),
            show: fields.get("show").and_then(|node| self.template(node)),
            timeout: timeout.unwrap_or(asked.timeout),
            ..asked
        })))
    }

    fn asked(&mut self, node: &Node) -> Vec<String> {
        let roles = self.name_list(node, "to");
        if matches!(&node.kind, Kind::List(items) if items.is_empty()) {
            let hint = Some("leave `to` out to let anybody answer".to_owned());
            self.report.add(Code::OutOfRange, node.span, "`to` names nobody", hint);
        }
        roles
    }
}
