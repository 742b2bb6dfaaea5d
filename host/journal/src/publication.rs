//! Events that go from run to run: the store's log of what was emitted. It does not know who waits for one.

use serde::{Deserialize, Serialize};

use crate::id::{RunId, Timestamp};
use crate::payload::Payload;

/// The most bytes of what one event says: enough for a record with a document's findings. What is larger belongs where both
/// sides can read it, and the event says where.
pub const MAX_EVENT_BYTES: usize = 1 << 20;

/// Events that the log keeps at most: with a hundred in a minute those of almost a day.
pub const MOST_EVENTS: u64 = 100_000;

/// Milliseconds that an event stays in the log: 30 days, so that a host that was away for a long holiday misses none. A run
/// that waits longer hears what is published while a host is at work.
pub const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Who emitted an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// A step of a run.
    Run(RunId),
    /// A person, by name.
    Person(String),
}

/// An event that is to be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Published once, however often it is tried under the same key.
    pub key: String,
    /// The event's name.
    pub name: String,
    /// What it says, JSON; at most [`MAX_EVENT_BYTES`].
    pub data: Payload,
    /// Who emitted it.
    pub source: Source,
}

/// An event in the store's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its number: those of later events are greater.
    pub number: u64,
    /// When it was published.
    pub at: Timestamp,
    /// What was published.
    pub publication: Publication,
}

/// Whether an event is old enough to go, when the log's last number is `last`.
#[must_use]
pub fn is_outdated(number: u64, at: Timestamp, last: u64, now: Timestamp) -> bool {
    number.saturating_add(MOST_EVENTS) <= last || at.0.saturating_add(KEPT_MS) < now.0
}
