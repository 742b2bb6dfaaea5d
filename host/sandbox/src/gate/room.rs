//! What the policy says of the room that a call writes to. It does not know what the room holds.

use baton_policy::{Bytes, StateWanted};

use super::CallSite;

impl CallSite {
    /// The bytes to which the caller's grants let a write fill its room.
    pub(crate) fn quota(&self, wanted: StateWanted<'_>) -> u64 {
        self.invocation.policy.effective().state.quota(wanted).0
    }

    /// The line that lets a write fill its room to so many bytes, and to some more: to the next power of two, so that
    /// it need not be changed again for the next write.
    pub(crate) fn hint_to_fill(&self, wanted: StateWanted<'_>, bytes: u64) -> String {
        let enough = Bytes(bytes.checked_next_power_of_two().unwrap_or(bytes));
        let policy = &self.invocation.policy;
        policy.hint_to_fill(&policy.effective().state.to_fill(wanted, enough))
    }
}
