//! An event as it is stored: the body of its entry, and what is kept beside it under digests. It does not know the run
//! that it belongs to.

use std::collections::BTreeMap;

use baton_journal::{Digest, Event, Payload};
use rusqlite::Connection;

use crate::blob;
use crate::fault::Fault;

/// An event and what is stored beside it.
pub(crate) struct Stored {
    /// The event as it came.
    pub(crate) event: Event,
    /// The same with its large payloads by digest.
    pub(crate) reference: Event,
    /// The texts of those, and which came as references: their texts must be there already.
    large: Vec<(Digest, Payload)>,
    /// The components that it names: they must be there already.
    components: Vec<Digest>,
}

impl From<Event> for Stored {
    fn from(mut event: Event) -> Self {
        let components = event.components().into_iter().collect();
        let mut large = Vec::new();
        event.for_each_payload(|payload| {
            if let Payload::Stored { sha256, .. } = payload {
                large.push((*sha256, payload.clone()));
            }
        });
        let (reference, texts) = event.by_reference();
        large.extend(texts.into_iter().map(|payload| (payload.digest(), payload)));
        Stored { event, reference, large, components }
    }
}

impl Stored {
    /// Refuses references to what was never stored.
    pub(crate) fn require(&self, sql: &Connection) -> Result<(), Fault> {
        self.components.iter().try_for_each(|digest| blob::require(sql, "component", digest, None))?;
        let references = self.large.iter().filter(|(_, payload)| payload.as_str().is_none());
        references
            .into_iter()
            .try_for_each(|(digest, payload)| blob::require(sql, "payload", digest, Some(payload.bytes())))
    }

    /// How many bytes of payloads the run would have that it does not have yet.
    pub(crate) fn adds(&self, sql: &Connection, run: i64) -> rusqlite::Result<u64> {
        let distinct: BTreeMap<&Digest, u64> =
            self.large.iter().map(|(digest, payload)| (digest, payload.bytes())).collect();
        let mut bytes = 0_u64;
        for (digest, length) in distinct {
            if !self.components.contains(digest) && !blob::is_used(sql, run, digest)? {
                bytes = bytes.saturating_add(length);
            }
        }
        Ok(bytes)
    }

    /// Stores what belongs beside the entry, and notes that the run uses it.
    pub(crate) fn keep(&self, sql: &Connection, run: i64) -> Result<(), Fault> {
        self.components.iter().try_for_each(|digest| blob::note_use(sql, run, digest))?;
        for (digest, payload) in &self.large {
            if let Some(text) = payload.as_str() {
                blob::put(sql, digest, text.as_bytes())?;
            }
            blob::note_use(sql, run, digest)?;
        }
        Ok(())
    }
}
