//! `[store]` in `baton.toml`: how much the journal of one run may take up. It does not know the defaults, nor who counts.

use baton_policy::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;

/// `[store]`. What is not written is left to the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StoreEntry {
    /// The bytes of one run's journal, each large payload once.
    pub run_bytes: Option<Bytes>,
    /// The entries of one run's journal.
    pub run_entries: Option<u64>,
}

impl StoreEntry {
    /// The first key that is zero: nothing could begin.
    pub(crate) fn zero(self) -> Option<&'static str> {
        let zeros = [("run_bytes", self.run_bytes == Some(Bytes(0))), ("run_entries", self.run_entries == Some(0))];
        zeros.into_iter().find(|(_, is_zero)| *is_zero).map(|(key, _)| key)
    }
}
