//! The grant of events: which ones a plugin may emit to other runs, and which ones it may wait for. It does not know what
//! events say, nor who hears them.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Capability, toml_array};
use crate::error::Error;
use crate::name::shown;

mod entry;

use entry::Entry;

/// Events; written `["emit order.paid", "wait order.*"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventsGrant {
    /// None of them is within another.
    entries: BTreeSet<Entry>,
}

/// What is done with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventAct {
    /// It is emitted: other runs hear it, and workflows may begin by it.
    Emit,
    /// It is waited for.
    Wait,
}

/// Something that is done with an event, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventWanted<'a> {
    /// What is done.
    pub act: EventAct,
    /// The event's name. It comes from a guest: it may be anything.
    pub name: &'a str,
}

impl EventAct {
    const ALL: [EventAct; 2] = [EventAct::Emit, EventAct::Wait];

    /// The word in front of an entry.
    const fn word(self) -> &'static str {
        match self {
            EventAct::Emit => "emit",
            EventAct::Wait => "wait",
        }
    }

    /// Takes the word off a text.
    fn split_off(text: &str) -> Option<(Self, &str)> {
        EventAct::ALL.into_iter().find_map(|act| Some((act, text.strip_prefix(act.word())?.strip_prefix(' ')?)))
    }
}

impl Capability for EventsGrant {
    type Wanted<'a> = EventWanted<'a>;

    const FORM: &'static str = "an event is granted with `emit` or `wait` and its name, such as `emit order.paid`; \
        `order.*` stands for all whose names begin with `order.`, and `*` for all; a name is letters, digits, `.`, `-` and `_`, \
        at most 64 in all";

    const CALL: &'static str = "an event: emit order.paid, wait order.paid";

    fn read_call(text: &str) -> Option<EventWanted<'_>> {
        EventAct::split_off(text).map(|(act, name)| EventWanted { act, name })
    }

    fn allows(&self, wanted: EventWanted<'_>) -> bool {
        self.entries.iter().any(|entry| entry.is_of(wanted))
    }

    fn needed(wanted: EventWanted<'_>) -> Option<Self> {
        Some(EventsGrant::from_iter([Entry::of(wanted)?]))
    }

    fn describe(EventWanted { act, name }: EventWanted<'_>) -> String {
        match act {
            EventAct::Emit => format!("events to emit `{}`", shown(name)),
            EventAct::Wait => format!("events to wait for `{}`", shown(name)),
        }
    }

    fn intersect(&self, other: &Self) -> Self {
        let within = |mine: &Self, theirs: &Self| -> Vec<Entry> {
            mine.entries.iter().filter(|entry| theirs.covers(entry)).cloned().collect()
        };
        within(self, other).into_iter().chain(within(other, self)).collect()
    }

    fn union(&self, other: &Self) -> Self {
        self.entries.union(&other.entries).cloned().collect()
    }

    fn except(&self, other: &Self) -> Self {
        self.entries.iter().filter(|entry| !other.covers(entry)).cloned().collect()
    }

    fn written(&self) -> String {
        toml_array(&self.entries)
    }
}

impl EventsGrant {
    /// Whether something is there to be done of this kind.
    #[must_use]
    pub fn has(&self, act: EventAct) -> bool {
        self.entries.iter().any(|entry| entry.act() == act)
    }

    fn covers(&self, entry: &Entry) -> bool {
        self.entries.iter().any(|wider| wider.includes(entry))
    }
}

/// Leaves out what lies within another entry.
impl FromIterator<Entry> for EventsGrant {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let entries: BTreeSet<Entry> = entries.into_iter().collect();
        let within = |entry: &Entry| entries.iter().any(|wider| wider != entry && wider.includes(entry));
        EventsGrant { entries: entries.iter().filter(|entry| !within(entry)).cloned().collect() }
    }
}

impl<'de> Deserialize<'de> for EventsGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Vec::<String>::deserialize(deserializer)?;
        entries.iter().map(|entry| entry.parse::<Entry>().map_err(|error: Error| error.to_serde())).collect()
    }
}

impl Serialize for EventsGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.entries.iter().map(Entry::to_string))
    }
}

#[cfg(test)]
mod tests;
