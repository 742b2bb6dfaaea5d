//! Chains events into entries, so that a changed, moved, missing or repeated entry shows. It does not know where
//! entries are kept, and it can't see that the end of a chain was cut off: whoever keeps a chain keeps its head too.

mod body;

use crate::event::Event;
use crate::id::{Digest, RunId, Timestamp};

/// Begins the digested bytes of an entry; a new format gets a new text.
const ENTRY_DOMAIN: &[u8] = b"baton journal entry 1";
/// Begins the digested bytes of what entry 0 follows.
const RUN_DOMAIN: &[u8] = b"baton journal run 1";

/// One record of a run's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the run, from 0.
    pub sequence: u64,
    /// When it was appended; never before its predecessor.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
    /// The digest of the entry before it; of entry 0, a digest that only its run has.
    pub previous: Digest,
    /// Binds all of the above, large payloads by their own digests.
    pub digest: Digest,
}

impl Entry {
    /// The text of the event as it is stored and digested, large payloads by digest; its form is that of `body`.
    #[must_use]
    pub fn body(&self) -> String {
        body_of(&self.event)
    }

    /// What a body says, whatever the entry that it is of: for those who look at a damaged journal.
    #[must_use]
    pub fn event_of(body: &str) -> Option<Event> {
        body::read(body).ok()
    }

    /// Rebuilds an entry from what a store keeps: a sequence number, a time, a body and a digest. The predecessor's
    /// digest comes from the chain that the entry must continue, and the chain moves on.
    ///
    /// # Errors
    /// The entry does not continue the chain, its digest is not that of its parts, or the body is no event.
    pub fn from_body(
        chain: &mut Chain,
        sequence: u64,
        at: Timestamp,
        body: &str,
        digest: Digest,
    ) -> Result<Entry, ChainError> {
        let previous = chain.head;
        chain.verify(sequence, at, previous, digest, body)?;
        let event = body::read(body).map_err(|e| chain.error(ChainFault::Body(e.to_string())))?;
        chain.accepts(&event)?;
        chain.advance(at, digest, &event);
        Ok(Entry { sequence, at, event, previous, digest })
    }
}

/// The head of one run's journal: what the next entry follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    next: u64,
    last_at: Timestamp,
    head: Digest,
    ended: bool,
}

/// An entry that does not continue its chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence}: {fault}")]
pub struct ChainError {
    /// The position, from 0, at which the chain breaks.
    pub sequence: u64,
    /// What differs there.
    pub fault: ChainFault,
}

/// What differs from the entry that would continue the chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// An entry is missing, repeated or out of order.
    #[error("its number is {found}: an entry is missing, repeated or out of order")]
    Sequence {
        /// The number found.
        found: u64,
    },
    /// The entry follows another one.
    #[error("it follows {found}, but the entry before it is {expected}")]
    Previous {
        /// The digest of the entry before it.
        expected: Digest,
        /// The digest that it names.
        found: Digest,
    },
    /// The time goes back.
    #[error("its time is {found} ms, before that of the entry before it, {last} ms")]
    Time {
        /// The time of the entry before it, in milliseconds since the Unix epoch.
        last: u64,
        /// The time found.
        found: u64,
    },
    /// The content is not what was digested.
    #[error("its digest is {found}, but its content has {expected}")]
    Digest {
        /// The digest of the content.
        expected: Digest,
        /// The digest found.
        found: Digest,
    },
    /// The body is not an event that this version knows.
    #[error("its body is not an event: {0}")]
    Body(String),
    /// The run does not begin with its header, or a header is in the middle.
    #[error("a run begins with `run-started`, and only there")]
    Start,
    /// The run had ended before.
    #[error("the run had ended before")]
    Ended,
}

impl Chain {
    /// The empty chain of a run: its head is a digest that only this run has, so that entries can't be moved between
    /// runs.
    #[must_use]
    pub fn of(run: &RunId) -> Self {
        let head = Digest::of_parts([RUN_DOMAIN, run.as_str().as_bytes()]);
        Chain { next: 0, last_at: Timestamp(0), head, ended: false }
    }

    /// A chain that goes on after `entries` entries, of which the last has this time and digest. The caller vouches
    /// that the run has not ended.
    #[must_use]
    pub fn after(entries: u64, last_at: Timestamp, head: Digest) -> Self {
        Chain { next: entries, last_at, head, ended: false }
    }

    /// How many entries the chain has: the sequence number of the next one.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.next
    }

    /// The time of the last entry; 0 if there is none.
    #[must_use]
    pub fn last_at(&self) -> Timestamp {
        self.last_at
    }

    /// The digest of the last entry.
    #[must_use]
    pub fn head(&self) -> Digest {
        self.head
    }

    /// Whether the last entry ended the run. A chain made by [`Chain::after`] has not.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Checks that a run may go on with this event: its header is its first entry and only that, and nothing follows
    /// its end.
    ///
    /// # Errors
    /// It may not.
    pub fn accepts(&self, event: &Event) -> Result<(), ChainError> {
        if self.ended {
            return Err(self.error(ChainFault::Ended));
        }
        if matches!(event, Event::RunStarted(_)) != (self.next == 0) {
            return Err(self.error(ChainFault::Start));
        }
        Ok(())
    }

    /// Makes the next entry. Its time is `at`, or the predecessor's where the clock went back. Ask
    /// [`Chain::accepts`] first: an entry that it refuses makes the journal unreadable.
    pub fn seal(&mut self, at: Timestamp, event: Event) -> Entry {
        let at = at.max(self.last_at);
        let (sequence, previous) = (self.next, self.head);
        let digest = digest_of(previous, sequence, at, &body_of(&event));
        self.advance(at, digest, &event);
        Entry { sequence, at, event, previous, digest }
    }

    /// Checks that an entry continues the chain, and moves on. Payloads may be loaded or not.
    ///
    /// # Errors
    /// It does not; the error names the position and what differs.
    pub fn check(&mut self, entry: &Entry) -> Result<(), ChainError> {
        self.verify(entry.sequence, entry.at, entry.previous, entry.digest, &entry.body())?;
        self.accepts(&entry.event)?;
        self.advance(entry.at, entry.digest, &entry.event);
        Ok(())
    }

    fn verify(
        &self,
        sequence: u64,
        at: Timestamp,
        previous: Digest,
        digest: Digest,
        body: &str,
    ) -> Result<(), ChainError> {
        let expected = digest_of(previous, sequence, at, body);
        if sequence != self.next {
            return Err(self.error(ChainFault::Sequence { found: sequence }));
        }
        if previous != self.head {
            return Err(self.error(ChainFault::Previous { expected: self.head, found: previous }));
        }
        if digest != expected {
            return Err(self.error(ChainFault::Digest { expected, found: digest }));
        }
        if at < self.last_at {
            return Err(self.error(ChainFault::Time { last: self.last_at.0, found: at.0 }));
        }
        Ok(())
    }

    fn advance(&mut self, at: Timestamp, digest: Digest, event: &Event) {
        self.next += 1;
        self.last_at = at;
        self.head = digest;
        self.ended = matches!(event, Event::RunEnded(_));
    }

    fn error(&self, fault: ChainFault) -> ChainError {
        ChainError { sequence: self.next, fault }
    }
}

fn digest_of(previous: Digest, sequence: u64, at: Timestamp, body: &str) -> Digest {
    let (sequence, at) = (sequence.to_le_bytes(), at.0.to_le_bytes());
    Digest::of_parts([ENTRY_DOMAIN, previous.as_bytes(), &sequence, &at, body.as_bytes()])
}

fn body_of(event: &Event) -> String {
    body::write(&event.by_reference().0)
}

#[cfg(test)]
mod tests;
