//! Follows the chain of one run over its faults: behind a damaged entry it goes on with what that entry's successor can
//! have followed. It does not know where entries are kept.

use baton_journal::{Chain, ChainFault, Digest, Entry, Event, RunId, Timestamp};

/// An entry as it is stored.
pub(super) struct Stored<'a> {
    pub(super) sequence: u64,
    pub(super) at: Timestamp,
    pub(super) body: &'a str,
    pub(super) digest: Digest,
}

/// The chain of a run, as far as it was followed.
pub(super) struct Followed {
    run: RunId,
    next: u64,
    last_at: Timestamp,
    /// What the next entry may follow: nothing if that is not known, two digests behind an entry that was changed.
    heads: Vec<Digest>,
    ended: bool,
}

impl Followed {
    pub(super) fn of(run: &RunId) -> Self {
        let head = Chain::of(run).head();
        Followed { run: run.clone(), next: 0, last_at: Timestamp(0), heads: vec![head], ended: false }
    }

    /// The number that the next entry has.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// The digest of the last entry, as it is stored.
    pub(super) fn head(&self) -> Option<Digest> {
        self.heads.first().copied()
    }

    /// The time of the last entry.
    pub(super) fn last_at(&self) -> Timestamp {
        self.last_at
    }

    /// Goes over entries that are not there or cannot be read: nobody knows what the next one follows.
    pub(super) fn skip_to(&mut self, sequence: u64) {
        self.next = sequence;
        self.heads.clear();
    }

    /// Takes the next entry: what it says, as far as that can be read, and what is wrong with it.
    pub(super) fn take(&mut self, stored: &Stored<'_>) -> (Option<Event>, Option<ChainFault>) {
        let (event, fault, heads) = self.try_heads(stored);
        let event = event.or_else(|| Entry::event_of(stored.body));
        let after_end = std::mem::replace(&mut self.ended, matches!(event, Some(Event::RunEnded(_))));
        self.next = stored.sequence.saturating_add(1);
        self.last_at = self.last_at.max(stored.at);
        self.heads = heads;
        (event, fault.or(after_end.then_some(ChainFault::Ended)))
    }

    /// What the entry says, what is wrong, and what the one after it may follow.
    fn try_heads(&self, stored: &Stored<'_>) -> (Option<Event>, Option<ChainFault>, Vec<Digest>) {
        let mut changed = None;
        let mut heads = vec![stored.digest];
        for head in &self.heads {
            match self.continued(*head, stored) {
                Ok(entry) => return (Some(entry.event), None, heads),
                Err(ChainFault::Digest { expected, found }) => {
                    // Either the content was changed, or the digest: the successor tells.
                    heads.push(expected);
                    changed.get_or_insert(ChainFault::Digest { expected, found });
                }
                Err(fault) => return (None, Some(fault), vec![stored.digest]),
            }
        }
        (None, changed, heads)
    }

    fn continued(&self, head: Digest, stored: &Stored<'_>) -> Result<Entry, ChainFault> {
        let mut chain = match self.next {
            0 => Chain::of(&self.run),
            next => Chain::after(next, self.last_at, head),
        };
        let Stored { sequence, at, body, digest } = *stored;
        Entry::from_body(&mut chain, sequence, at, body, digest).map_err(|error| error.fault)
    }
}
