//! Why something failed: in the plugin's words, and of which kind. It does not know what follows.

use baton_journal::Failure;
use serde_json::{Value, json};

use super::shortage::Shortage;
use crate::plan::FaultKind;

/// A failure and its kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// As people read it.
    pub(super) failure: Failure,
    /// As expressions read it, where the text for people may quote an output that did not pass.
    pub(super) told: Option<String>,
    /// The output that did not pass.
    pub(super) refused: Option<Box<Refused>>,
    /// The budget of which nothing is left.
    pub(super) short: Option<Box<Shortage>>,
}

/// An output that did not pass.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refused {
    /// What is wrong with it.
    pub(super) findings: Vec<String>,
    pub(super) output: Value,
}

impl Fault {
    /// A fault of a kind.
    pub(super) fn new(kind: FaultKind, failure: Failure) -> Fault {
        Fault { kind, failure, told: None, refused: None, short: None }
    }

    /// An output that does not pass: it can be a slip of a model. What it does not pass is told to everybody, and what is
    /// wrong with it to people and to whoever is to mend it.
    pub(super) fn output(what: &str, findings: Vec<String>, output: Value) -> Fault {
        Fault {
            told: Some(what.to_owned()),
            failure: Failure::Transient(format!("{what}: {}", findings.join("; "))),
            refused: Some(Box::new(Refused { findings, output })),
            kind: FaultKind::Output,
            short: None,
        }
    }

    /// Nothing is left of a budget.
    pub(super) fn of_budget(short: Shortage) -> Fault {
        let failure = Failure::Permanent(short.text().to_owned());
        Fault { short: Some(Box::new(short)), ..Fault::new(FaultKind::Exhausted, failure) }
    }

    /// Something that the run itself can't do.
    pub(super) fn permanent(text: impl Into<String>) -> Fault {
        Failure::Permanent(text.into()).into()
    }

    /// It was stopped.
    pub(super) fn cancelled(text: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Cancelled, Failure::Permanent(text.into()))
    }

    /// The same, with this told to expressions.
    pub(super) fn telling(self, told: Option<String>) -> Fault {
        Fault { told, ..self }
    }

    /// The same with another text made of this one.
    pub(super) fn map(self, change: impl Fn(&str) -> String) -> Fault {
        let text = change(self.failure.text());
        let failure = match self.failure {
            Failure::Invalid(_) => Failure::Invalid(text),
            Failure::Transient(_) => Failure::Transient(text),
            Failure::Declined(_) => Failure::Declined(text),
            Failure::Permanent(_) => Failure::Permanent(text),
        };
        Fault { failure, told: self.told.as_deref().map(change), ..self }
    }

    /// The same of one item.
    pub(super) fn of_item(&self, item: usize) -> Fault {
        self.clone().map(|text| format!("item {item}: {text}"))
    }

    /// The same without what only another attempt needs: none is made.
    pub(super) fn for_good(self) -> Fault {
        Fault { refused: None, short: None, ..self }
    }

    /// As an expression sees it.
    pub(super) fn to_value(&self) -> Value {
        let text = self.told.as_deref().unwrap_or(self.failure.text());
        json!({ "kind": self.kind.as_str(), "case": self.failure.case(), "text": text })
    }
}

/// A plugin's own word.
impl From<Failure> for Fault {
    fn from(failure: Failure) -> Fault {
        let kind = match failure {
            Failure::Invalid(_) => FaultKind::Invalid,
            Failure::Transient(_) => FaultKind::Transient,
            Failure::Declined(_) => FaultKind::Declined,
            Failure::Permanent(_) => FaultKind::Permanent,
        };
        Fault::new(kind, failure)
    }
}
