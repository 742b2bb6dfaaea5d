//! The kinds of failures that a step can have. It does not know what happens after them.

use serde::{Deserialize, Serialize};

/// A kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// The plugin says that its input can never work; or an expression has no value.
    Invalid,
    /// The plugin says that it may work later.
    Transient,
    /// The plugin, or a person, will not do it.
    Declined,
    /// The plugin says that it is broken.
    Permanent,
    /// The plugin broke.
    Trapped,
    /// Time was over.
    Timeout,
    /// The output did not pass: its schema, or a check.
    Output,
    /// A limit was reached.
    Exhausted,
    /// A grant is missing.
    Denied,
}

impl FaultKind {
    /// The kind in one word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            FaultKind::Invalid => "invalid",
            FaultKind::Transient => "transient",
            FaultKind::Declined => "declined",
            FaultKind::Permanent => "permanent",
            FaultKind::Trapped => "trapped",
            FaultKind::Timeout => "timeout",
            FaultKind::Output => "output",
            FaultKind::Exhausted => "exhausted",
            FaultKind::Denied => "denied",
        }
    }
}
