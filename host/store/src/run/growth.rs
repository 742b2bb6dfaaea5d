//! The next entry of a run: how much it adds, whether that fits, and how it is written. It does not know who may append.

use baton_journal::{Chain, Entry, Event, Need, Progress, Quota, RunId, StoreError, Taken, Timestamp};
use rusqlite::{Connection, params};

use super::row::status_text;
use super::stored::Stored;
use crate::fault::Fault;
use crate::{mail, turn};

/// An entry that is not written yet.
pub(crate) struct Next {
    pub(crate) run: i64,
    pub(crate) entry: Entry,
    body: String,
    bytes: u64,
}

impl Next {
    /// Makes the entry that follows.
    pub(crate) fn after(
        sql: &Connection,
        run: i64,
        chain: &mut Chain,
        at: Timestamp,
        event: &Stored,
    ) -> rusqlite::Result<Self> {
        let entry = chain.seal(at, event.reference.clone());
        let body = entry.body();
        let bytes = event.adds(sql, run)?.saturating_add(body.len() as u64);
        Ok(Next { run, entry, body, bytes })
    }

    /// Refuses what does not fit.
    pub(crate) fn admit(&self, run: &RunId, taken: Taken, quota: Quota) -> Result<(), Fault> {
        let admitted = quota.admit(taken, self.bytes);
        admitted.map_err(|excess| StoreError::OverQuota { run: run.clone(), excess }.into())
    }

    /// Writes it, and what belongs beside it, and moves the run's row on.
    pub(crate) fn write(
        self,
        sql: &Connection,
        taken: Taken,
        mut progress: Progress,
        event: &Stored,
    ) -> Result<Entry, Fault> {
        progress.apply(&self.entry.event);
        event.keep(sql, self.run)?;
        self.insert(sql)?;
        if let Some(version) = self.entry.event.version() {
            let update = "UPDATE runs SET version = ?2 WHERE number = ?1";
            sql.prepare_cached(update)?.execute(params![self.run, version.number])?;
        }
        let entries = self.entry.sequence.saturating_add(1);
        self.move_head(sql, Taken { bytes: taken.bytes.saturating_add(self.bytes), entries }, progress)?;
        if progress.ended.is_some() {
            sql.prepare_cached("DELETE FROM state_applied WHERE run = ?1")?.execute([self.run])?;
            mail::forget(sql, self.run)?;
            turn::leave(sql, self.run)?;
        }
        Ok(Entry { event: event.event.clone(), ..self.entry })
    }

    fn insert(&self, sql: &Connection) -> rusqlite::Result<()> {
        let insert = "INSERT INTO entries (run, sequence, at, body, digest) VALUES (?1, ?2, ?3, ?4, ?5)";
        let (sequence, at) = (self.entry.sequence.cast_signed(), self.entry.at.0.cast_signed());
        let values = params![self.run, sequence, at, self.body, self.entry.digest.as_bytes()];
        sql.prepare_cached(insert)?.execute(values).map(drop)
    }

    fn move_head(&self, sql: &Connection, taken: Taken, progress: Progress) -> rusqlite::Result<()> {
        let update = "UPDATE runs SET status = ?2, updated = ?3, entries = ?4, bytes = ?5, head = ?6, \
                      invocations = ?7, waits = ?8 WHERE number = ?1";
        let (at, status) = (self.entry.at.0.cast_signed(), status_text(progress.status()));
        let (entries, bytes) = (taken.entries.cast_signed(), taken.bytes.cast_signed());
        let head = self.entry.digest.as_bytes();
        let values = params![self.run, status, at, entries, bytes, head, progress.invocations, progress.waits];
        sql.prepare_cached(update)?.execute(values).map(drop)
    }
}

/// Whether an event is refused when the journal is full. To know it of a host call, its intent is looked for in the
/// run's entries: that takes a pass over them, and the run stops here anyway.
pub(crate) fn needs_room(sql: &Connection, run: i64, event: &Event) -> rusqlite::Result<bool> {
    match Need::of(event) {
        Need::Room => Ok(true),
        Need::Nothing => Ok(false),
        Need::RoomUnlessIntended { invocation, sequence } => {
            // A body begins with its event and its fields in the order of their declaration.
            let invocation = serde_json::Value::from(invocation.as_str());
            let begins = format!(r#"{{"event":"host-call-started","invocation":{invocation},"sequence":{sequence},"#);
            let query = "SELECT 1 FROM entries WHERE run = ?1 AND substr(body, 1, length(?2)) = ?2";
            Ok(!sql.prepare_cached(query)?.exists(params![run, begins])?)
        }
    }
}
