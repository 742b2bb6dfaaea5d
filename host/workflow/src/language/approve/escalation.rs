//! `on_timeout` of `approve`: to whom a question goes that nobody decided in time, and what it means in the end. It does not
//! know who was asked first.

use super::super::table::{Fallback, Field, Form, Table, words};
use super::super::{Fields, Reader};
use super::people::{PEOPLE, literal_names};
use crate::plan::Approval;
use crate::plan::approval::{AtEnd, Escalation, MAX_ESCALATIONS};
use crate::plan::policy::APPROVAL_TIMEOUT;
use crate::problem::Code;
use crate::source::{Kind, Node};
use crate::suggest;
use crate::units::Millis;

const ENDS: [(&str, AtEnd); 3] = [("reject", AtEnd::Reject), ("approve", AtEnd::Approve), ("fail", AtEnd::Fail)];

const END: Form = Form::Word(|| words(&ENDS));

/// `on_timeout` of `approve`.
pub(super) const AT_TIMEOUT: Form =
    Form::Either(&[END, Form::Map(&LEVEL), Form::List { of: &Form::Map(&LEVEL), least: 1, most: MAX_ESCALATIONS }]);

static LEVEL: Table = Table::new(
    "level",
    "Others who may answer too, from then on.",
    &[
        Field::new(
            "escalate",
            Form::List { of: &Form::Name, least: 0, most: usize::MAX },
            "The roles in which they may answer.",
        ),
        Field::new("assignees", PEOPLE, "Who they are, by name: a list, or an expression that gives one."),
        Field::new(
            "timeout",
            Form::Quantity(&APPROVAL_TIMEOUT),
            "How long the question stands then; by default as long as at first.",
        ),
        Field::new("then", END, "What it means that nobody decided in the end; only at the last level.")
            .or(Fallback::Word("reject")),
    ],
)
.any_of(&["escalate", "assignees"]);

const FORMS: &str = "`reject`, `approve`, `fail`, `{ escalate: [ROLE], timeout: 1d, then: reject }` or a list of these";

impl Reader<'_> {
    /// What happens when time is over: escalations one after the other, and what it means in the end.
    pub(super) fn at_timeout(&mut self, node: &Node, timeout: Millis) -> (Vec<Escalation>, AtEnd) {
        let levels = match &node.kind {
            Kind::Text(_) => return (Vec::new(), self.at_end(node)),
            Kind::Map(_) => std::slice::from_ref(node),
            Kind::List(levels) => levels,
            _ => {
                self.report.wrong_kind(node, "on_timeout", FORMS);
                return (Vec::new(), AtEnd::default());
            }
        };
        if levels.is_empty() || levels.len() > MAX_ESCALATIONS {
            let message = format!("`on_timeout` has {} levels; it must be from 1 to {MAX_ESCALATIONS}", levels.len());
            self.report.add(Code::OutOfRange, node.span, message, None);
        }
        let mut at_end = AtEnd::default();
        let last = levels.len().saturating_sub(1);
        let read = levels.iter().enumerate().take(MAX_ESCALATIONS);
        let read = read.filter_map(|(place, level)| self.level(level, timeout, (place == last).then_some(&mut at_end)));
        (read.collect(), at_end)
    }

    fn level(&mut self, node: &Node, timeout: Millis, at_end: Option<&mut AtEnd>) -> Option<Escalation> {
        let fields = Fields::open(node, "on_timeout", &LEVEL, &mut self.report)?;
        match (fields.entry("then"), at_end) {
            (Some((_, node)), Some(at_end)) => *at_end = self.at_end(node),
            (Some((key, _)), None) => {
                let message = "what follows is the next level";
                let hint = Some("write `then` at the last one".to_owned());
                self.report.add(Code::UnknownKey, key.span, message, hint);
            }
            (None, _) => {}
        }
        let own = fields.get("timeout").and_then(|node| self.quantity(node, "timeout", &APPROVAL_TIMEOUT));
        let roles = fields.get("escalate").map_or_else(Vec::new, |node| self.name_list(node, "escalate"));
        let assignees = fields.get("assignees").and_then(|node| self.people("assignees", node));
        if roles.is_empty() && assignees.is_none() && !fields.is_meant("escalate") && !fields.is_meant("assignees") {
            let hint = Some("name roles: `escalate: [managing-partner]`, or people: `assignees: [ada]`".to_owned());
            self.report.add(Code::MissingKey, node.span, "this escalates to nobody", hint);
            return None;
        }
        Some(Escalation { roles, assignees, timeout: own.unwrap_or(timeout) })
    }

    fn at_end(&mut self, node: &Node) -> AtEnd {
        let Some(word) = node.as_text() else {
            self.report.wrong_kind(node, "then", "`reject`, `approve` or `fail`");
            return AtEnd::default();
        };
        let found = ENDS.iter().find(|(end, _)| *end == word);
        if found.is_none() {
            let message = format!("`{word}` is nothing that a question can come to");
            self.report.add(Code::OutOfRange, node.span, message, suggest::hint(word, words(&ENDS)));
        }
        found.map(|(_, end)| *end).unwrap_or_default()
    }

    /// Each level must reach somebody who could not answer before.
    pub(super) fn reach_others(&mut self, node: &Node, approval: &Approval) {
        let levels = match &node.kind {
            Kind::List(levels) => levels.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let mut roles: Vec<&str> = approval.roles.iter().map(String::as_str).collect();
        let mut names = literal_names(approval.assignees.as_ref());
        for (level, node) in approval.escalations.iter().zip(levels) {
            let own = literal_names(level.assignees.as_ref());
            let is_computed = level.assignees.is_some() && own.is_empty();
            let is_new = level.roles.iter().any(|role| !roles.contains(&role.as_str()))
                || own.iter().any(|name| !names.contains(name));
            if !is_new && !is_computed {
                let hint = Some("name others, or take the level away and set a longer `timeout`".to_owned());
                let message = "this escalates to those who may answer already";
                self.report.add(Code::OutOfRange, node.span, message, hint);
            }
            roles.extend(level.roles.iter().map(String::as_str));
            names.extend(own);
        }
    }
}
