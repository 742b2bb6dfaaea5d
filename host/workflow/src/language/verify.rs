//! `check` and `verify`: what an output must pass before anything reads it. It does not know outputs.

use std::collections::BTreeMap;

use super::compensate::{AGENT, BUDGET, RETRIES, TIME, TOOL};
use super::table::{Fallback, Field, Form, Table};
use super::{Fields, Reader};
use crate::expression::{Expression, Template};
use crate::plan::validation::{DEFAULT_CONFIDENCE, VERDICT_SCHEMA};
use crate::plan::work::no_input;
use crate::plan::{Check, Retry, Role, Step, Work};
use crate::problem::{Code, Position};
use crate::schema::Schema;
use crate::source::{Key, Kind, Node};

/// What the schema of a verdict is called.
pub(crate) const OF_VERDICTS: &str = "the schema of verdicts";

/// `check`.
pub(super) const CHECKS: Form =
    Form::List { of: &Form::Either(&[Form::Condition, Form::Map(&CHECK)]), least: 0, most: usize::MAX };

static CHECK: Table = Table::new(
    "check",
    "Something that must hold of the output.",
    &[
        Field::new("that", Form::Condition, "What; expressions see `output`.").needed(),
        Field::new("message", Form::Name, "What is told if it does not; expressions are allowed."),
    ],
);

/// `verify`.
pub(super) static VERIFY: Table = Table::new(
    "verify",
    "Another agent, or a tool, that judges the output: `{ verdict: pass or fail, reasons: [text], confidence: 0 to 1 }`.",
    &[
        AGENT,
        TOOL,
        Field::new("input", Form::Data, "What it gets; by default `{ output, input }`: the output, and the step's input."),
        RETRIES,
        TIME,
        BUDGET,
        Field::new("min_confidence", Form::Fraction { least: 0.0, most: 1.0 }, "A `pass` with less is a `fail`.")
            .or(Fallback::Fraction(DEFAULT_CONFIDENCE)),
    ],
)
.one_of(&["agent", "tool"]);

impl Reader<'_> {
    /// What must hold of an output.
    pub(super) fn checks(&mut self, node: &Node) -> Vec<Check> {
        let Kind::List(items) = &node.kind else {
            self.report.wrong_kind(node, "check", "a list of expressions");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.check(item)).collect()
    }

    fn check(&mut self, node: &Node) -> Option<Check> {
        if !matches!(node.kind, Kind::Map(_)) {
            return Some(Check { that: self.bare_expression(node, "check")?, message: None });
        }
        let fields = Fields::open(node, "check", &CHECK, &mut self.report)?;
        let that = fields.require("that", &mut self.report).and_then(|node| self.bare_expression(node, "that"));
        let message = fields.get("message").and_then(|node| self.message(node, "message"));
        Some(Check { that: that?, message })
    }

    /// A text that people read, with expressions in it.
    pub(super) fn message(&mut self, node: &Node, what: &str) -> Option<Template> {
        if node.as_text().is_none_or(|text| text.trim().is_empty()) {
            self.report.wrong_kind(node, what, "a text");
            return None;
        }
        self.template(node)
    }

    /// The step that verifies the output of another one.
    pub(super) fn verify(&mut self, of: &Step, key: &Key, node: &Node) -> Option<Step> {
        let fields = Fields::open(node, "verify", &VERIFY, &mut self.report)?.pointing_at(key.span);
        let least = fields.get("min_confidence").and_then(|node| self.confidence(node));
        let step = Step {
            role: Role::Verify,
            retry: Retry::OF_VERIFYING,
            output: verdicts(),
            min_confidence: Some(least.unwrap_or(DEFAULT_CONFIDENCE)),
            ..Step::new(&of.name)
        };
        self.companion(step, shown(of), &fields)
    }

    fn confidence(&mut self, node: &Node) -> Option<f64> {
        let Kind::Number(number, _) = &node.kind else {
            self.report.wrong_kind(node, "min_confidence", "a number");
            return None;
        };
        let least = number.as_f64().filter(|least| (0.0..=1.0).contains(least));
        if least.is_none() {
            let message = format!("`min_confidence` must be from 0 to 1, not {number}");
            self.report.add(Code::OutOfRange, node.span, message, None);
        }
        least
    }
}

/// What a verifier is shown if nothing is said: the output, and what led to it.
fn shown(of: &Step) -> Template {
    let input = match &of.work {
        Work::Invoke(invocation) => invocation.input.clone(),
        Work::Workflow(inner) => inner.input.clone(),
        _ => no_input(),
    };
    let output = variable("output").map(|output| ("output".to_owned(), output));
    Template::object(BTreeMap::from_iter(output.into_iter().chain([("input".to_owned(), input)])))
}

/// An expression that is one variable.
pub(super) fn variable(name: &str) -> Option<Template> {
    Expression::compile(name, Position::default()).ok().map(Template::Expression)
}

/// The schema that a verdict must fit.
fn verdicts() -> Option<Schema> {
    let document = serde_json::from_str(VERDICT_SCHEMA).ok()?;
    Schema::compile(OF_VERDICTS, &document).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_schema_of_verdicts() {
        assert!(verdicts().is_some() && variable("output").is_some());
    }
}
