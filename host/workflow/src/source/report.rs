//! Collects the problems of one file. It does not know who looks for them.

use super::{Fault, Node, Text};
use crate::problem::{Code, Problem, Problems, Span};

/// The most problems that are kept: more are not read by anybody.
const MAX_PROBLEMS: usize = 100;

/// The problems found so far, and the text that they quote.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    file: String,
    text: Text,
    problems: Vec<Problem>,
}

impl Report {
    /// No problems yet.
    pub(crate) fn new(file: &str, text: &str) -> Report {
        Report { file: file.to_owned(), text: Text::new(text), problems: Vec::new() }
    }

    /// The file's text.
    pub(crate) fn text(&self) -> &Text {
        &self.text
    }

    /// Adds a problem, with a hint if there is one.
    pub(crate) fn add(&mut self, code: Code, span: Span, message: impl Into<String>, hint: Option<String>) {
        if self.problems.len() >= MAX_PROBLEMS {
            return;
        }
        let line_text = self.text.line(span.start.line);
        let problem = Problem { code, message: message.into(), file: self.file.clone(), span, line_text, hint };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Adds the problems of another file.
    pub(crate) fn add_all(&mut self, problems: Problems) {
        let room = MAX_PROBLEMS.saturating_sub(self.problems.len());
        self.problems.extend(problems.0.into_iter().take(room));
    }

    /// Adds a fault of the YAML.
    pub(crate) fn fault(&mut self, fault: Fault) {
        self.add(Fault::CODE, fault.span, fault.message, fault.hint);
    }

    /// Adds that a node is not what it should be.
    pub(crate) fn wrong_kind(&mut self, node: &Node, what: &str, expected: &str) {
        let message = format!("`{what}` must be {expected}, not {}", node.describe());
        self.add(Code::WrongKind, node.span, message, None);
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// Fails with the problems, if there are any.
    ///
    /// # Errors
    ///
    /// The problems in the order of their places.
    pub(crate) fn finish(self) -> Result<(), Problems> {
        if self.is_clean() { Ok(()) } else { Err(self.into_problems()) }
    }

    /// The problems in the order of their places.
    pub(crate) fn into_problems(mut self) -> Problems {
        let (own, others): (Vec<_>, Vec<_>) = self.problems.into_iter().partition(|problem| problem.file == self.file);
        self.problems = own;
        self.problems.sort_by_key(|problem| problem.span.start);
        self.problems.extend(others);
        Problems(self.problems)
    }
}
