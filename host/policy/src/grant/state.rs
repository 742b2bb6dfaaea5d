//! The grant of state: which keys of which scopes a plugin may read and write, and how far it may fill them. It does
//! not know what is kept there.

mod entry;
mod wanted;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Capability, toml_array};
use crate::quantity::Bytes;

pub use wanted::{StateAccess, StateKeys, StateScope, StateWanted};

use entry::Entry;

/// The bytes, keys and values together, to which a plugin may fill a room if its grant says nothing else: ample for
/// notes and indexes, and little of an operator's disk even if each of a dozen plugins takes it.
pub const DEFAULT_QUOTA: Bytes = Bytes(64 << 20);

/// Keys of scopes; written `["run", "agent", "read shared:clients/eu-*", "shared:counts up to 1MiB"]`.
///
/// No entry is covered by another one, so two sets that cover the same are equal. A quota that is left open covers
/// every quota; once it is [settled](Capability::settled) it is [`DEFAULT_QUOTA`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateGrant {
    entries: BTreeSet<Entry>,
}

impl Capability for StateGrant {
    type Wanted<'a> = StateWanted<'a>;

    const FORM: &'static str = "state is written `[read] SCOPE[/PREFIX*] [up to BYTES]`; a scope is `run`, `agent`, or \
        `shared:` and the name of a room, such as `shared:clients`";

    const CALL: &'static str = "state: run, agent/KEY, read shared:ROOM/KEY, shared:ROOM/PREFIX*";

    fn read_call(text: &str) -> Option<StateWanted<'_>> {
        StateWanted::parse(text)
    }

    fn allows(&self, wanted: StateWanted<'_>) -> bool {
        self.entries.iter().any(|entry| entry.allows(&wanted))
    }

    fn needed(wanted: StateWanted<'_>) -> Option<Self> {
        Some(StateGrant::of([Entry::needed(&wanted)?]))
    }

    fn describe(wanted: StateWanted<'_>) -> String {
        wanted.to_string()
    }

    fn intersect(&self, other: &Self) -> Self {
        let pairs = self.entries.iter().flat_map(|mine| other.entries.iter().map(move |theirs| (mine, theirs)));
        StateGrant::of(pairs.filter_map(|(mine, theirs)| mine.meet(theirs)))
    }

    fn union(&self, other: &Self) -> Self {
        StateGrant::of(self.entries.iter().chain(&other.entries).cloned())
    }

    fn except(&self, other: &Self) -> Self {
        self.filtered(|entry| !other.entries.iter().any(|theirs| theirs.covers(entry)))
    }

    fn settled(&self) -> Self {
        StateGrant::of(self.entries.iter().cloned().map(Entry::settled))
    }

    fn written(&self) -> String {
        toml_array(&self.entries)
    }

    /// The room of the scope `agent` is the plugin's identity, whoever calls it.
    fn own(&self) -> Self {
        self.filtered(|entry| entry.is_own())
    }
}

impl StateGrant {
    /// The bytes, keys and values together, to which a write may fill its room; none if it is not allowed.
    #[must_use]
    pub fn quota(&self, wanted: StateWanted<'_>) -> Bytes {
        let covering = self.entries.iter().filter(|entry| entry.allows(&wanted));
        covering.map(Entry::quota).max().unwrap_or_default()
    }

    /// The entry that allows a write, as it must be for the write to fill its room to so many bytes; the empty set if
    /// none allows it.
    #[must_use]
    pub fn to_fill(&self, wanted: StateWanted<'_>, bytes: Bytes) -> Self {
        let covering = self.entries.iter().filter(|entry| entry.allows(&wanted));
        StateGrant::of(covering.max_by_key(|entry| entry.quota()).map(|entry| entry.clone().up_to(bytes)))
    }

    fn filtered(&self, keep: impl Fn(&&Entry) -> bool) -> Self {
        StateGrant { entries: self.entries.iter().filter(keep).cloned().collect() }
    }

    /// The set of these entries, without those that others make superfluous.
    fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let all: BTreeSet<Entry> = entries.into_iter().collect();
        let superfluous = |entry: &Entry| all.iter().any(|other| other != entry && other.absorbs(entry));
        StateGrant { entries: all.iter().filter(|entry| !superfluous(entry)).cloned().collect() }
    }
}

impl<'de> Deserialize<'de> for StateGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<Entry>::deserialize(deserializer).map(StateGrant::of)
    }
}

impl Serialize for StateGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.entries.iter().map(Entry::to_string))
    }
}
