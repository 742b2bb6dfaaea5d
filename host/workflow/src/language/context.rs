//! `context`: the variables that steps write together. It does not know the steps.

use std::collections::BTreeMap;

use super::table::{Field, Form, Table, words};
use super::{Fields, Reader, fields, is_name};
use crate::plan::{Merge, Variable};
use crate::problem::Code;
use crate::source::{Key, Node};
use crate::suggest;

/// `context`.
pub(super) const CONTEXT: Form = Form::Named { key: fields::NAME, of: &Form::Map(&VARIABLE), least: 0 };

static VARIABLE: Table = Table::new(
    "variable",
    "A variable that several steps write.",
    &[
        Field::new(
            "merge",
            Form::Word(|| words(&Merge::ALL)),
            "How contributions are merged: `append` joins lists, `merge` joins objects, `max` keeps the largest number, `last` \
             keeps the last value.",
        )
        .needed(),
        Field::new("initial", Form::Literal, "What is there before the first contribution."),
        Field::new("schema", Form::Path, "The JSON Schema file that each contribution must fit."),
    ],
);

impl Reader<'_> {
    /// The variables by their names.
    pub(super) fn context(&mut self, node: &Node) -> BTreeMap<String, Variable> {
        let entries = Fields::entries(node, "context", &mut self.report).unwrap_or_default();
        let mut variables = BTreeMap::new();
        for (key, node) in entries {
            if !is_name(&key.text) {
                let message = format!("`{}` is no name", key.text);
                self.report.add(Code::OutOfRange, key.span, message, Some(fields::name_hint()));
            }
            if let Some(variable) = self.variable(key, node) {
                variables.insert(key.text.clone(), variable);
            }
        }
        variables
    }

    fn variable(&mut self, key: &Key, node: &Node) -> Option<Variable> {
        let fields = Fields::open(node, &key.text, &VARIABLE, &mut self.report)?.pointing_at(key.span);
        let merge = fields.require("merge", &mut self.report).and_then(|node| self.merge(node))?;
        let schema = fields.get("schema").and_then(|node| self.schema_file("schema", node));
        let initial = fields.get("initial").map(Node::to_value);
        let (fits, given) = (initial.as_ref().map_or(Ok(()), |initial| merge.takes(initial)), fields.get("initial"));
        if let (Err(expected), Some(node)) = (fits, given) {
            self.report.wrong_kind(node, "initial", expected);
        }
        Some(Variable { merge, initial: initial.unwrap_or_else(|| merge.nothing()), schema })
    }

    fn merge(&mut self, node: &Node) -> Option<Merge> {
        let name = self.name(node, "merge")?;
        let found = Merge::ALL.iter().find(|(known, _)| *known == name).map(|(_, merge)| *merge);
        if found.is_none() {
            let known = Merge::ALL.map(|(known, _)| known);
            let hint = suggest::hint(name, known).or_else(|| Some(format!("one of {}", known.join(", "))));
            self.report.add(Code::UnknownName, node.span, format!("there is no rule `{name}`"), hint);
        }
        found
    }
}
