//! Why something failed: in the plugin's words, and of which kind. It does not know what follows.

use baton_journal::Failure;
use serde_json::{Value, json};

use crate::plan::FaultKind;

/// A failure and its kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    pub(super) failure: Failure,
}

impl Fault {
    /// A fault of a kind.
    pub(super) fn new(kind: FaultKind, failure: Failure) -> Fault {
        Fault { kind, failure }
    }

    /// An output that does not pass: it can be a slip of a model.
    pub(super) fn output(text: String) -> Fault {
        Fault::new(FaultKind::Output, Failure::Transient(text))
    }

    /// Something that the run itself can't do.
    pub(super) fn permanent(text: impl Into<String>) -> Fault {
        Failure::Permanent(text.into()).into()
    }

    /// The same of one item.
    pub(super) fn of_item(&self, item: usize) -> Fault {
        let text = format!("item {item}: {}", self.failure.text());
        let failure = match self.failure {
            Failure::Invalid(_) => Failure::Invalid(text),
            Failure::Transient(_) => Failure::Transient(text),
            Failure::Declined(_) => Failure::Declined(text),
            Failure::Permanent(_) => Failure::Permanent(text),
        };
        Fault { kind: self.kind, failure }
    }

    /// As an expression sees it.
    pub(super) fn to_value(&self) -> Value {
        json!({ "kind": self.kind.as_str(), "case": self.failure.case(), "text": self.failure.text() })
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
        Fault { kind, failure }
    }
}
