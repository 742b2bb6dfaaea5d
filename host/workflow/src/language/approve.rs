//! `approve`: what is asked, of whom, and how long. It does not know persons.

use baton_journal::Quorum;

use super::table::{Fallback, Field, Form, Table};
use super::{Fields, Reader};
use crate::expression::Template;
use crate::plan::Approval;
use crate::plan::approval::{AtEnd, MAX_REMINDERS, REMINDER};
use crate::plan::policy::APPROVAL_TIMEOUT;
use crate::problem::Code;
use crate::source::{Key, Kind, Node};
use crate::units::Millis;

mod escalation;
mod people;

use escalation::AT_TIMEOUT;
use people::{COUNT, PEOPLE, ROLES, VOTES};

/// `approve`.
pub(super) static APPROVE: Table = Table::new(
    "approve",
    "A question to people.",
    &[
        Field::new("question", Form::Name, "What is asked; expressions are allowed.").needed(),
        Field::new("show", Form::Data, "What people see with it."),
        Field::new("roles", ROLES, "In which roles somebody may answer; anybody, if nobody is named."),
        Field::new("assignees", PEOPLE, "Who may answer, by name: a list, or an expression that gives one."),
        Field::new(
            "votes",
            VOTES,
            "How many people must say yes; or how many of each role: `{ legal: 1, commercial: 1 }`.",
        )
        .or(Fallback::Number(1)),
        Field::new("rejections", COUNT, "How many must say no to reject.").or(Fallback::Number(1)),
        Field::new("answer", Form::Path, "The JSON Schema file of what a yes must bring along."),
        Field::new("delegate", Form::Boolean, "Whether a person may hand their vote to another one.")
            .or(Fallback::Boolean(false)),
        Field::new(
            "remind",
            Form::List { of: &Form::Quantity(&REMINDER), least: 0, most: MAX_REMINDERS },
            "When people are reminded, counted from the question, the earliest first.",
        ),
        Field::new("timeout", Form::Quantity(&APPROVAL_TIMEOUT), "How long the question stands.")
            .or(Fallback::OfBounds),
        Field::new("on_timeout", AT_TIMEOUT, "What happens then: an end, or escalations one after the other.")
            .or(Fallback::Word("reject")),
    ],
);

impl Reader<'_> {
    /// A question to people.
    pub(super) fn approve(&mut self, key: &Key, node: &Node) -> Option<Approval> {
        let fields = Fields::open(node, "approve", &APPROVE, &mut self.report)?.pointing_at(key.span);
        let question = fields.require("question", &mut self.report).and_then(|node| self.question(node));
        let timeout = fields.get("timeout").and_then(|node| self.quantity(node, "timeout", &APPROVAL_TIMEOUT));
        let timeout = timeout.unwrap_or(APPROVAL_TIMEOUT.default);
        let mut approval = Approval::of(question.unwrap_or_else(|| Template::Literal("".into())), timeout);
        approval.show = fields.get("show").and_then(|node| self.template(node)).unwrap_or(approval.show);
        approval.answer = fields.get("answer").and_then(|node| self.schema_file("answer", node));
        approval.roles = fields.get("roles").map_or_else(Vec::new, |node| self.roles(node));
        approval.assignees = fields.get("assignees").and_then(|node| self.people("assignees", node));
        approval.quorum = self.quorum(&fields, &mut approval.roles);
        approval.remind = fields.get("remind").map_or_else(Vec::new, |node| self.reminders(node, timeout));
        approval.delegate = fields.get("delegate").and_then(|node| self.boolean(node, "delegate")).unwrap_or_default();
        if let Some(node) = fields.get("on_timeout") {
            (approval.escalations, approval.at_end) = self.at_timeout(node, timeout);
        }
        self.fit_together(&fields, &approval);
        Some(approval)
    }

    fn question(&mut self, node: &Node) -> Option<Template> {
        if node.as_text().is_none_or(|text| text.trim().is_empty()) {
            self.report.wrong_kind(node, "question", "a text");
            return None;
        }
        self.template(node)
    }

    /// When people are reminded: before time is over, each time later than the last.
    fn reminders(&mut self, node: &Node, timeout: Millis) -> Vec<Millis> {
        let Kind::List(items) = &node.kind else {
            self.report.wrong_kind(node, "remind", "a list of durations, such as `[4h, 1d]`");
            return Vec::new();
        };
        if items.len() > MAX_REMINDERS {
            let message = format!("`remind` has {} reminders; at most {MAX_REMINDERS} are allowed", items.len());
            self.report.add(Code::OutOfRange, node.span, message, None);
        }
        let mut reminders: Vec<Millis> = Vec::new();
        for item in items.iter().take(MAX_REMINDERS) {
            let Some(after) = self.quantity(item, "remind", &REMINDER) else { continue };
            if after >= timeout {
                let message = format!("this reminder comes when time is over: after {timeout}");
                let hint = Some("remind earlier, or set a longer `timeout`".to_owned());
                self.report.add(Code::OutOfRange, item.span, message, hint);
            } else if let Some(last) = reminders.last().filter(|last| **last >= after) {
                let message = format!("this reminder does not come after the one before it, of {last}");
                let hint = Some("each is counted from the question: write the earliest first".to_owned());
                self.report.add(Code::OutOfRange, item.span, message, hint);
            } else {
                reminders.push(after);
            }
        }
        reminders
    }

    /// What each key says makes sense with the others.
    fn fit_together(&mut self, fields: &Fields<'_>, approval: &Approval) {
        let is_said = |name: &&str| fields.is_said(name);
        let is_for_anybody = approval.roles.is_empty() && !["roles", "assignees"].iter().any(is_said);
        if approval.delegate
            && is_for_anybody
            && let Some((key, _)) = fields.entry("delegate")
        {
            let hint = Some("say who may answer: `roles` or `assignees`".to_owned());
            self.report.add(Code::UnknownKey, key.span, "`delegate` means nothing where anybody may answer", hint);
        }
        let Some((key, node)) = fields.entry("on_timeout") else { return };
        if approval.at_end == AtEnd::Approve && approval.answer.is_some() {
            let message = "a question with an `answer` cannot be approved by nobody";
            let hint = Some("end with `then: reject` or `then: fail`, or take `answer` away".to_owned());
            self.report.add(Code::OutOfRange, key.span, message, hint);
        }
        if is_for_anybody && !approval.escalations.is_empty() {
            let hint = Some("say who may answer at first: `roles` or `assignees`".to_owned());
            let message = "anybody may answer already: it cannot be escalated to others";
            self.report.add(Code::OutOfRange, key.span, message, hint);
        }
        self.reach_others(node, approval);
    }
}

/// One person decides, where nothing else is said.
fn one() -> Quorum {
    Quorum::default()
}
