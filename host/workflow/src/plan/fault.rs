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
    /// The output did not pass: its schema, a check, or its verifier.
    Output,
    /// A limit was reached.
    Exhausted,
    /// A grant is missing.
    Denied,
    /// It was stopped, because the run is, or what it was for. No policy speaks of it.
    Cancelled,
}

impl FaultKind {
    /// The kinds that a policy may name.
    pub(crate) const ALL: [FaultKind; 9] = [
        FaultKind::Transient,
        FaultKind::Trapped,
        FaultKind::Timeout,
        FaultKind::Output,
        FaultKind::Invalid,
        FaultKind::Exhausted,
        FaultKind::Declined,
        FaultKind::Permanent,
        FaultKind::Denied,
    ];

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
            FaultKind::Cancelled => "cancelled",
        }
    }

    /// The words of the kinds after which another attempt may be made.
    pub(crate) fn retried() -> Vec<&'static str> {
        FaultKind::ALL.into_iter().filter(|kind| kind.never_again().is_none()).map(FaultKind::as_str).collect()
    }

    /// The kind of that word.
    pub(crate) fn read(word: &str) -> Option<FaultKind> {
        FaultKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it may not happen again, so that another attempt is made where nothing is said.
    pub(crate) fn is_passing(self) -> bool {
        matches!(self, FaultKind::Transient | FaultKind::Trapped | FaultKind::Timeout | FaultKind::Output)
    }

    /// Why another attempt is never made after it; nothing if one may be.
    pub(crate) fn never_again(self) -> Option<&'static str> {
        match self {
            FaultKind::Permanent => Some("the plugin says that it is broken, and it would say so again"),
            FaultKind::Declined => Some("it was decided not to do it, and asking again does not change that"),
            FaultKind::Denied => Some("a grant is missing, which only the operator can give"),
            _ => None,
        }
    }

    /// Whether the work may have taken effect all the same.
    pub(crate) fn may_have_happened(self) -> bool {
        matches!(self, FaultKind::Trapped | FaultKind::Timeout | FaultKind::Exhausted | FaultKind::Output)
    }
}
