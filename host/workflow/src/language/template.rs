//! Data with expressions, and expressions alone. It does not know what they refer to.

use std::collections::BTreeMap;

use super::Reader;
use crate::expression::{CompileError, Expression, Template};
use crate::problem::{Code, Span};
use crate::source::{Key, Kind, Node};

impl Reader<'_> {
    /// Any data, with expressions inside its texts; none if one of them cannot be read.
    pub(super) fn template(&mut self, node: &Node) -> Option<Template> {
        match &node.kind {
            Kind::Text(text) => self.text_template(node, text),
            Kind::List(items) => {
                let read: Vec<Option<Template>> = items.iter().map(|item| self.template(item)).collect();
                read.into_iter().collect::<Option<Vec<_>>>().map(Template::list)
            }
            Kind::Map(entries) => {
                let read: Vec<_> = entries.iter().map(|(key, entry)| self.template_entry(key, entry)).collect();
                read.into_iter().collect::<Option<BTreeMap<_, _>>>().map(Template::object)
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(..) => Some(Template::Literal(node.to_value())),
        }
    }

    fn template_entry(&mut self, key: &Key, entry: &Node) -> Option<(String, Template)> {
        if key.text.contains("${{") {
            self.report.add(Code::WrongKind, key.span, "a key cannot be an expression", None);
            return None;
        }
        self.template(entry).map(|template| (key.text.clone(), template))
    }

    fn text_template(&mut self, node: &Node, text: &str) -> Option<Template> {
        let source = self.report.text();
        let parsed = Template::parse(text, &|offset| source.position(source.locate(node, text, offset)));
        parsed.map_err(|error| self.expression_problem(node, text, error)).ok()
    }

    /// One expression in `${{ }}`.
    pub(super) fn expression(&mut self, node: &Node, what: &str) -> Option<Expression> {
        let Some(text) = node.as_text() else {
            self.report.wrong_kind(node, what, "an expression: `${{ … }}`");
            return None;
        };
        match self.text_template(node, text)? {
            Template::Expression(expression) => Some(expression),
            _ => {
                let hint = Some(format!("write `${{{{ {} }}}}`", text.replace("${{", "").replace("}}", "").trim()));
                let message = format!("`{what}` must be one expression");
                self.report.add(Code::WrongKind, node.span, message, hint);
                None
            }
        }
    }

    /// One expression as it is, or in `${{ }}`.
    pub(super) fn bare_expression(&mut self, node: &Node, what: &str) -> Option<Expression> {
        match node.as_text() {
            Some(text) if !text.contains("${{") => {
                let source = self.report.text();
                let indent = text.chars().count() - text.trim_start().chars().count();
                let at = source.position(source.locate(node, text, indent));
                let compiled = Expression::compile(text.trim(), at);
                compiled.map_err(|error| self.expression_problem(node, text, error.moved(indent))).ok()
            }
            _ => self.expression(node, what),
        }
    }

    fn expression_problem(&mut self, node: &Node, text: &str, error: CompileError) {
        let source = self.report.text();
        let start = source.locate(node, text, error.offset);
        let span = Span { start: source.position(start), length: u32::try_from(error.length).unwrap_or(1) };
        self.report.add(Code::Expression, span, error.message, error.hint);
    }
}
