//! What a call may do to the world. It does not know who calls what.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a call of a tool may change in the world. WIT cannot say it, so the author's manifest does.
/// Each kind is more than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing: the result follows from the arguments alone.
    None,
    /// It reads something that others can change.
    Read,
    /// It changes something that others can see: the careful reading of a tool that says nothing.
    #[default]
    Write,
}

impl Effect {
    /// The word for it, as manifests write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::None => "none",
            Effect::Read => "read",
            Effect::Write => "write",
        }
    }
}
