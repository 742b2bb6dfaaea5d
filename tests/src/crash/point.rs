//! The places at which a process can be killed, and their names. It does not know how it is killed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Something that a host does to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Deed {
    /// Begins a run: its first entry, and the lease on it.
    RunCreate,
    /// Takes the lease on a run.
    LeaseClaim,
    /// Gives it back.
    LeaseRelease,
    /// Appends an entry.
    JournalAppend,
    /// Waits until all entries are durable.
    JournalFlush,
    /// Changes state.
    StateChange,
    /// Publishes an event.
    EventPublish,
    /// Stores bytes under their digest.
    BlobPut,
    /// Makes a request.
    Effect,
    /// Tells somebody: an entry to who watches, a question to a person, the end to who waits.
    Notify,
}

impl Deed {
    /// All of them, with their names.
    pub const ALL: [(Deed, &str); 10] = [
        (Deed::RunCreate, "run.create"),
        (Deed::LeaseClaim, "lease.claim"),
        (Deed::LeaseRelease, "lease.release"),
        (Deed::JournalAppend, "journal.append"),
        (Deed::JournalFlush, "journal.flush"),
        (Deed::StateChange, "state.change"),
        (Deed::EventPublish, "event.publish"),
        (Deed::BlobPut, "blob.put"),
        (Deed::Effect, "effect"),
        (Deed::Notify, "notify"),
    ];
}

/// When, seen from the deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Side {
    /// Nothing of it has happened.
    Before,
    /// It has happened, and its host has not gone on.
    After,
}

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point {
    /// What is done there.
    pub deed: Deed,
    /// When.
    pub side: Side,
}

impl Point {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Point> {
        Deed::ALL.into_iter().flat_map(|(deed, _)| [Side::Before, Side::After].map(|side| Point { deed, side }))
    }
}

/// One passing of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// The place.
    pub point: Point,
    /// Which time that a process passes it, from 1.
    pub occurrence: u32,
}

/// One passing of a place in one workload: `ledger/journal.append/before/12`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim {
    /// The workload's name.
    pub workload: String,
    /// The passing.
    pub mark: Mark,
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Deed::ALL.iter().find(|(deed, _)| deed == self).map_or("?", |(_, name)| name);
        f.write_str(name)
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Side::Before { "before" } else { "after" })
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.deed, self.side)
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.workload, self.mark.point, self.mark.occurrence)
    }
}

impl FromStr for Aim {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not like `ledger/journal.append/before/12`");
        let [workload, deed, side, occurrence] = text.split('/').collect::<Vec<_>>()[..] else { return Err(wrong()) };
        let point = format!("{deed}/{side}");
        let point = Point::all().find(|known| known.to_string() == point).ok_or_else(wrong)?;
        let occurrence = occurrence.parse().map_err(|_| wrong())?;
        Ok(Aim { workload: workload.to_owned(), mark: Mark { point, occurrence } })
    }
}
