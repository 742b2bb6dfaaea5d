//! `repair`: how an output that does not pass is asked for again. It does not know what is wrong with it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::table::{Fallback, Field, Form, Table};
use super::verify::variable;
use super::{Fields, Reader};
use crate::expression::Template;
use crate::plan::validation::{DEFAULT_REPAIRS, FEEDBACK, MAX_REPAIRS};
use crate::plan::{Repair, Work};
use crate::problem::Code;
use crate::source::{Key, Node};

/// `repair`.
pub(super) static REPAIR: Table = Table::new(
    "repair",
    "How an output that does not pass is asked for again.",
    &[
        Field::new("max", Form::Number { least: 1, most: MAX_REPAIRS }, "How often.")
            .or(Fallback::Number(DEFAULT_REPAIRS)),
        Field::new(
            "input",
            Form::Data,
            "What the plugin gets then; expressions see `findings` and `output`. By default the step's input, with \
             `feedback: { findings, output }` beside it.",
        ),
    ],
);

impl Reader<'_> {
    /// How an output that does not pass is asked for again.
    pub(super) fn repair(&mut self, key: &Key, node: &Node, work: Option<&Work>) -> Option<Repair> {
        let fields = Fields::open(node, "repair", &REPAIR, &mut self.report)?.pointing_at(key.span);
        let max = fields.get("max").and_then(|node| self.number(node, "max", 1, MAX_REPAIRS));
        let Some(Work::Invoke(invocation)) = work else { return None };
        if !invocation.repeatable {
            let message = "a tool that changes something and is not declared idempotent is not called again: \
                           its output cannot be repaired";
            self.report.add(Code::OutOfRange, key.span, message, Some("leave `repair` out".to_owned()));
        }
        let input = match fields.get("input") {
            Some(node) => self.template(node),
            None if fields.is_meant("input") => None,
            None => self.with_feedback(key, &invocation.input),
        };
        Some(Repair { max: max.unwrap_or(DEFAULT_REPAIRS), input: input? })
    }

    /// The step's input, and what is wrong with the output beside it.
    fn with_feedback(&mut self, key: &Key, input: &Template) -> Option<Template> {
        let Some(mut entries) = entries(input) else {
            let message = "`repair` needs `input`: the step's own is no mapping to which `feedback` could be added";
            let hint = "such as `input: { findings: ${{ findings }}, output: ${{ output }} }`".to_owned();
            self.report.add(Code::MissingKey, key.span, message, Some(hint));
            return None;
        };
        let told = ["findings", "output"].into_iter().filter_map(|name| Some((name.to_owned(), variable(name)?)));
        entries.insert(FEEDBACK.to_owned(), Template::object(told.collect()));
        Some(Template::object(entries))
    }
}

/// The entries of a mapping.
fn entries(template: &Template) -> Option<BTreeMap<String, Template>> {
    match template {
        Template::Object(entries) => Some(entries.clone()),
        Template::Literal(Value::Object(entries)) => {
            let literal = |(key, value): (&String, &Value)| (key.clone(), Template::Literal(value.clone()));
            Some(entries.iter().map(literal).collect())
        }
        _ => None,
    }
}
