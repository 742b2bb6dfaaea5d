//! The grant of agents: to which other agents a plugin may hand work, with how much of its own budget, and whether they
//! then act for it or as themselves. It does not know what they do.

mod entry;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Capability, toml_array};
use crate::name::{Name, shown};
use crate::share::Share;

use entry::Entry;

/// Agents; written `["researcher", "writer up to 25%", "auditor as itself"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentsGrant {
    /// None of them is within another.
    entries: BTreeSet<Entry>,
}

/// A call that hands work to an agent, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentCall<'a> {
    /// The agent's name in the project. It comes from a guest: it may be anything.
    pub name: &'a str,
    /// How much of what the caller has left the agent may spend.
    pub share: Share,
}

impl Capability for AgentsGrant {
    type Wanted<'a> = AgentCall<'a>;

    const FORM: &'static str = "an agent is the name of a plugin; after it may stand `up to` and the most that it may be \
        given of what its caller has left, such as `up to 25%`, and in a grant last `as itself`: it then acts with its own \
        grants alone";

    const CALL: &'static str = "work for an agent: delegate researcher, delegate researcher 25%";

    fn read_call(text: &str) -> Option<AgentCall<'_>> {
        let call = text.strip_prefix("delegate ")?;
        let Some((name, share)) = call.split_once(' ') else {
            return Some(AgentCall { name: call, share: Share::LEAST }); // whether it may be called at all
        };
        Some(AgentCall { name, share: share.parse().ok()? })
    }

    fn allows(&self, wanted: AgentCall<'_>) -> bool {
        self.entries.iter().any(|entry| entry.covers(wanted))
    }

    fn needed(wanted: AgentCall<'_>) -> Option<Self> {
        Some(AgentsGrant::from_iter([Entry::of(wanted)?]))
    }

    fn describe(wanted: AgentCall<'_>) -> String {
        format!("the agent `{}` with {} of what it has left", shown(wanted.name), wanted.share)
    }

    fn intersect(&self, other: &Self) -> Self {
        self.entries.iter().flat_map(|entry| other.entries.iter().filter_map(|other| entry.meet(other))).collect()
    }

    fn union(&self, other: &Self) -> Self {
        self.entries.union(&other.entries).cloned().collect()
    }

    /// For whom an agent acts is no matter here.
    fn except(&self, other: &Self) -> Self {
        let left = self.entries.iter().filter(|entry| !other.entries.iter().any(|wider| wider.is_as_wide_as(entry)));
        left.cloned().collect()
    }

    fn written(&self) -> String {
        toml_array(&self.entries)
    }

    /// For whom an agent acts is the operator's to say.
    fn as_ask(&self) -> Self {
        self.entries.iter().map(Entry::as_ask).collect()
    }
}

impl AgentsGrant {
    /// Whether the agent then acts with its own grants alone, not with what it has in common with its caller.
    #[must_use]
    pub fn delegates(&self, call: AgentCall<'_>) -> bool {
        self.entries.iter().any(|entry| entry.is_itself() && entry.covers(call))
    }

    /// The agents that may be called, in the order of their names, each with the most that it may be given.
    pub fn agents(&self) -> impl Iterator<Item = (&Name, Share)> {
        let widest = |entry: &&Entry| {
            !self.entries.iter().any(|other| other.name() == entry.name() && other.up_to() > entry.up_to())
        };
        let mut last = None;
        let agents = self.entries.iter().filter(widest).map(|entry| (entry.name(), entry.up_to()));
        agents.filter(move |(name, _)| last.replace(*name) != Some(*name))
    }
}

/// Leaves out what lies within another entry.
impl FromIterator<Entry> for AgentsGrant {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let entries: BTreeSet<Entry> = entries.into_iter().collect();
        let within = |entry: &Entry| entries.iter().any(|wider| wider != entry && wider.includes(entry));
        AgentsGrant { entries: entries.iter().filter(|entry| !within(entry)).cloned().collect() }
    }
}

impl<'de> Deserialize<'de> for AgentsGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Entry>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Serialize for AgentsGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.entries)
    }
}
