//! How much one run's journal may take up, and which events are refused when it is full. It does not know what a store
//! holds, nor who may raise the quota.
//!
//! A full journal refuses what would begin something new, and stops the run there; what began before still comes to its
//! end in the journal, so that no finished effect is forgotten and a run can always end.

use crate::event::Event;
use crate::id::InvocationId;

/// The most that one run's journal may take up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes: the bodies of its entries, and each large payload once. Components are not counted.
    pub bytes: u64,
    /// Entries.
    pub entries: u64,
}

impl Quota {
    /// 1 GiB. A run is read back as a whole when it goes on, so this is also what that may take of the host's memory; a
    /// thousand of today's largest payloads have less than half of it.
    pub const BYTES: u64 = 1 << 30;

    /// A million. A run that goes on reads them all: two seconds at half a million entries a second.
    pub const ENTRIES: u64 = 1_000_000;

    /// Checks that a journal that takes up so much may grow by one entry of this many bytes.
    ///
    /// # Errors
    /// It would be larger than this.
    pub fn admit(&self, taken: Taken, bytes: u64) -> Result<(), Excess> {
        if taken.entries >= self.entries {
            return Err(Excess::Entries { allowed: self.entries });
        }
        let needed = taken.bytes.saturating_add(bytes);
        if needed > self.bytes {
            return Err(Excess::Bytes { used: taken.bytes, needed, allowed: self.bytes });
        }
        Ok(())
    }
}

impl Default for Quota {
    fn default() -> Self {
        Quota { bytes: Quota::BYTES, entries: Quota::ENTRIES }
    }
}

/// What a journal takes up, as a [`Quota`] counts it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Bytes.
    pub bytes: u64,
    /// Entries.
    pub entries: u64,
}

/// Of what a run's journal has no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// Bytes.
    #[error("it has {used} bytes and would have {needed}, of {allowed} that are allowed")]
    Bytes {
        /// What it takes up.
        used: u64,
        /// What it would take up.
        needed: u64,
        /// What it may take up.
        allowed: u64,
    },
    /// Entries.
    #[error("it has the {allowed} entries that are allowed")]
    Entries {
        /// How many it may have.
        allowed: u64,
    },
}

/// Whether an event needs room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need<'a> {
    /// It begins something, or only tells something: it is refused when the journal is full.
    Room,
    /// It is the end or the answer of what began before, of which there is only so much: it always fits.
    Nothing,
    /// The answer to a host call. It always fits if the call's intent is in the journal: then something was done outside
    /// that must not be forgotten. Else it needs room.
    RoomUnlessIntended {
        /// The invocation that called.
        invocation: &'a InvocationId,
        /// The number of the call.
        sequence: u32,
    },
}

impl<'a> Need<'a> {
    /// What this event needs.
    #[must_use]
    pub fn of(event: &'a Event) -> Self {
        match event {
            Event::RunStarted(_)
            | Event::InvocationStarted { .. }
            | Event::Forked
            | Event::Migrated(_)
            | Event::HostCallStarted { .. }
            | Event::Logged { .. }
            | Event::ApprovalRequested { .. }
            | Event::Waiting { .. }
            | Event::EventEmitted { .. } => Need::Room,
            Event::HostCall { invocation, sequence, .. } => {
                Need::RoomUnlessIntended { invocation, sequence: *sequence }
            }
            Event::InvocationEnded { .. }
            | Event::ApprovalTurn { .. }
            | Event::ApprovalDecided { .. }
            | Event::TimerFired { .. }
            | Event::EventReceived { .. }
            | Event::CancelRequested { .. }
            | Event::Paused { .. }
            | Event::Continued { .. }
            | Event::RunEnded(_) => Need::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::every_event;

    const QUOTA: Quota = Quota { bytes: 100, entries: 3 };

    fn taken(bytes: u64, entries: u64) -> Taken {
        Taken { bytes, entries }
    }

    #[test]
    fn a_journal_grows_to_its_quota_and_not_beyond() {
        assert_eq!(QUOTA.admit(taken(40, 2), 60), Ok(()));
        assert_eq!(QUOTA.admit(taken(40, 2), 61), Err(Excess::Bytes { used: 40, needed: 101, allowed: 100 }));
        assert_eq!(QUOTA.admit(taken(0, 3), 0), Err(Excess::Entries { allowed: 3 }));
        assert_eq!(QUOTA.admit(taken(u64::MAX, 0), u64::MAX).map_err(|excess| excess.to_string().len() > 9), Err(true));
    }

    #[test]
    fn what_ends_always_fits_and_what_begins_needs_room() {
        for event in every_event() {
            let begins = matches!(
                event,
                Event::RunStarted(_)
                    | Event::InvocationStarted { .. }
                    | Event::HostCallStarted { .. }
                    | Event::ApprovalRequested { .. }
            );
            let ends = matches!(event, Event::RunEnded(_) | Event::InvocationEnded { .. });
            assert!(!begins || Need::of(&event) == Need::Room, "{event:?}");
            assert!(!ends || Need::of(&event) == Need::Nothing, "{event:?}");
        }
    }
}
