//! How the items and rounds of a step become its output. It does not know what an item is.

use serde::{Deserialize, Serialize};

use crate::expression::Expression;

/// What a step makes of its items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Join {
    /// All must complete: their outputs, in the order of the items.
    #[default]
    All,
    /// All are let end, well or badly: what became of each, in the order of the items.
    AllSettled,
    /// So many must complete, the others are stopped: those that did, in the order of the items.
    First(u32),
}

impl Join {
    /// Whether it is what holds if nothing is said.
    pub(crate) fn is_all(&self) -> bool {
        *self == Join::All
    }
}

/// A loop: the work is done again until its output is good. The output is that of the last round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rounds {
    /// When it is good.
    pub(crate) until: Expression,
    /// How many rounds there may be.
    pub(crate) max: u32,
}

/// The most rounds of a loop: a loop that is not over then does not come nearer.
pub(crate) const MAX_ROUNDS: u32 = 1_000;
