//! Where findings go: into a report with places in the file, or nowhere but into an error. It does not know what is
//! checked.

use crate::expression::Expression;
use crate::problem::{Code, Span};
use crate::source::{Kind, Node, Report};

/// What is found.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Finding {
    /// A finding with a hint, if there is one.
    pub(crate) fn new(code: Code, message: impl Into<String>, hint: Option<String>) -> Finding {
        Finding { code, message: message.into(), hint }
    }
}

/// Takes findings.
pub(crate) trait Sink {
    /// Takes a finding at a node of an expression's tree.
    fn at_node(&mut self, expression: &Expression, node: u64, finding: Finding);

    /// Takes a finding at a path of keys.
    fn at_path(&mut self, path: &[&str], finding: Finding);
}

/// Findings go into a report.
pub(crate) struct InFile<'a> {
    pub(crate) root: &'a Node,
    pub(crate) report: &'a mut Report,
}

impl Sink for InFile<'_> {
    fn at_node(&mut self, expression: &Expression, node: u64, finding: Finding) {
        let span = self.report.text().part(expression.at(), expression.text(), expression.extent(node));
        self.report.add(finding.code, span, finding.message, finding.hint);
    }

    fn at_path(&mut self, path: &[&str], finding: Finding) {
        let span = place(self.root, path);
        self.report.add(finding.code, span, finding.message, finding.hint);
    }
}

/// The place of a path, as far as the file has it: the value if it is on one line, otherwise its key.
fn place(root: &Node, path: &[&str]) -> Span {
    let mut node = root;
    let mut span = root.span;
    for segment in path {
        let key = match &node.kind {
            Kind::Map(entries) => entries.iter().find(|(key, _)| key.text == *segment).map(|(key, _)| key.span),
            _ => None,
        };
        let Some(child) = node.child(segment) else { break };
        node = child;
        span = match &child.kind {
            Kind::Map(_) | Kind::List(_) | Kind::Null => key.unwrap_or(child.span),
            _ => child.span,
        };
    }
    span
}

/// Only the first finding counts.
#[derive(Default)]
pub(crate) struct First(pub(crate) Option<String>);

impl Sink for First {
    fn at_node(&mut self, expression: &Expression, _node: u64, finding: Finding) {
        self.0.get_or_insert_with(|| format!("`{}`: {}", expression.text(), finding.message));
    }

    fn at_path(&mut self, path: &[&str], finding: Finding) {
        self.0.get_or_insert_with(|| format!("{}: {}", path.join("."), finding.message));
    }
}
