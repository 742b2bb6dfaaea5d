//! `retry`. It does not know what fails.

use std::collections::BTreeSet;

use super::table::{Fallback, Field, Form, Table};
use super::{Fields, Reader};
use crate::plan::policy::{BACKOFF, DEFAULT_FACTOR, DEFAULT_RETRIES, MAX_BACKOFF, MAX_FACTOR, MAX_RETRIES};
use crate::plan::{FaultKind, Retry};
use crate::problem::Code;
use crate::source::{Kind, Node};
use crate::suggest;

/// `retry`.
pub(super) static RETRY: Table = Table::new(
    "retry",
    "How it is tried again. Without `retry` there is one attempt.",
    &[
        Field::new("max", Form::Number { least: 0, most: MAX_RETRIES }, "Attempts after the first.")
            .or(Fallback::Number(DEFAULT_RETRIES)),
        Field::new("backoff", Form::Quantity(&BACKOFF), "The delay before the second attempt.").or(Fallback::OfBounds),
        Field::new("factor", Form::Fraction { least: 1.0, most: MAX_FACTOR }, "How much longer each further delay is.")
            .or(Fallback::Fraction(DEFAULT_FACTOR)),
        Field::new("jitter", Form::Boolean, "Whether a delay is shortened by up to half, by the run's seed.")
            .or(Fallback::Boolean(true)),
        Field::new("max_backoff", Form::Quantity(&MAX_BACKOFF), "The longest delay; at least `backoff`.")
            .or(Fallback::OfBounds),
        Field::new(
            "on",
            Form::List { of: &Form::Word(FaultKind::retried), least: 1, most: usize::MAX },
            "The kinds of failures after which it is tried again; by default `[transient, trapped, timeout, output]`.",
        ),
    ],
);

impl Reader<'_> {
    /// How a step is tried again; what is not said has a default.
    pub(super) fn retry(&mut self, node: &Node) -> Retry {
        let Some(fields) = Fields::open(node, "retry", &RETRY, &mut self.report) else { return Retry::NONE };
        let max = fields.get("max").and_then(|node| self.number(node, "max", 0, MAX_RETRIES));
        let backoff = fields.get("backoff").and_then(|node| self.quantity(node, "backoff", &BACKOFF));
        let factor = fields.get("factor").and_then(|node| self.factor(node));
        let jitter = fields.get("jitter").and_then(|node| self.boolean(node, "jitter"));
        let longest = fields.get("max_backoff").and_then(|node| self.quantity(node, "max_backoff", &MAX_BACKOFF));
        let backoff = backoff.unwrap_or(BACKOFF.default);
        Retry {
            max: max.unwrap_or(DEFAULT_RETRIES),
            backoff,
            factor: factor.unwrap_or(DEFAULT_FACTOR),
            jitter: jitter.unwrap_or(true),
            max_backoff: longest.unwrap_or(MAX_BACKOFF.default.max(backoff)),
            on: fields.get("on").and_then(|node| self.kinds(node)),
        }
    }

    /// The kinds of failures after which another attempt is made.
    fn kinds(&mut self, node: &Node) -> Option<BTreeSet<FaultKind>> {
        let Kind::List(items) = &node.kind else {
            self.report.wrong_kind(node, "on", "a list of kinds of failures, such as `[transient, timeout]`");
            return None;
        };
        if items.is_empty() {
            let hint = Some("leave `retry` out, and nothing is tried again".to_owned());
            self.report.add(Code::OutOfRange, node.span, "`on` names no kind of failure", hint);
        }
        Some(items.iter().filter_map(|item| self.kind(item)).collect())
    }

    fn kind(&mut self, node: &Node) -> Option<FaultKind> {
        let word = self.name(node, "on")?;
        let Some(kind) = FaultKind::read(word) else {
            let hint = suggest::hint(word, FaultKind::retried());
            self.report.add(Code::UnknownName, node.span, format!("there is no kind of failure `{word}`"), hint);
            return None;
        };
        let Some(reason) = kind.never_again() else { return Some(kind) };
        let hint = Some("`on_failure` says what happens then".to_owned());
        self.report.add(Code::OutOfRange, node.span, format!("`{word}` is never tried again: {reason}"), hint);
        None
    }

    fn factor(&mut self, node: &Node) -> Option<f64> {
        let Kind::Number(number, _) = &node.kind else {
            self.report.wrong_kind(node, "factor", "a number");
            return None;
        };
        let factor = number.as_f64().filter(|factor| (1.0..=MAX_FACTOR).contains(factor));
        if factor.is_none() {
            let message = format!("`factor` must be from 1 to {MAX_FACTOR}, not {number}");
            self.report.add(Code::OutOfRange, node.span, message, None);
        }
        factor
    }
}
