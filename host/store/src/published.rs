//! The log of events that go from run to run, and how far its readers have come. It does not know who waits for an event.

use baton_journal::publication::{KEPT_MS, MAX_EVENT_BYTES, MOST_EVENTS};
use baton_journal::{Digest, Publication, Published, StoreError, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::fault::Fault;

/// Begins the digested bytes of an event.
const DOMAIN: &[u8] = b"baton event 1";

/// Events that may go with each that comes: so the log shrinks to its bounds without a long transaction.
const GO_AT_ONCE: u32 = 16;

/// Publishes an event, once for its key.
pub(crate) fn publish(sql: &Connection, at: Timestamp, publication: &Publication) -> Result<Published, Fault> {
    let query = "SELECT number, at, body, sum FROM events WHERE key = ?1";
    let found = sql.prepare_cached(query)?.query_row([&publication.key], columns).optional()?;
    if let Some(first) = found {
        return Ok(first.read()?);
    }
    check(publication)?;
    let body = serde_json::to_string(publication).map_err(|error| StoreError::Refused(error.to_string()))?;
    let insert = "INSERT INTO events (key, at, body, sum) VALUES (?1, ?2, ?3, ?4)";
    let sum = sum(at, &body);
    sql.prepare_cached(insert)?.execute(params![publication.key, at.0.cast_signed(), body, sum.as_bytes()])?;
    let number = sql.last_insert_rowid().cast_unsigned();
    prune(sql, number, at)?;
    Ok(Published { number, at, publication: publication.clone() })
}

/// Refuses what the log does not keep.
pub(crate) fn check(publication: &Publication) -> Result<(), StoreError> {
    let Some(data) = publication.data.as_str() else {
        return Err(StoreError::Refused("the data of an event is not loaded".to_owned()));
    };
    if data.len() > MAX_EVENT_BYTES {
        let (name, bytes) = (&publication.name, data.len());
        let message = format!("event `{name}` has {bytes} bytes of data, of {MAX_EVENT_BYTES} that are allowed");
        return Err(StoreError::Refused(message));
    }
    Ok(())
}

fn prune(sql: &Connection, last: u64, now: Timestamp) -> rusqlite::Result<()> {
    let delete = "DELETE FROM events WHERE number IN (SELECT number FROM events ORDER BY number LIMIT ?1) \
                  AND (number <= ?2 OR at < ?3)";
    let oldest = last.saturating_sub(MOST_EVENTS).cast_signed();
    let since = now.0.saturating_sub(KEPT_MS).cast_signed();
    sql.prepare_cached(delete)?.execute(params![GO_AT_ONCE, oldest, since]).map(drop)
}

/// The events behind a number.
pub(crate) fn after(sql: &Connection, number: u64, limit: u32) -> Result<Vec<Published>, Fault> {
    let query = "SELECT number, at, body, sum FROM events WHERE number > ?1 ORDER BY number LIMIT ?2";
    let mut statement = sql.prepare_cached(query)?;
    let rows = statement.query_map(params![number.min(i64::MAX.cast_unsigned()).cast_signed(), limit], columns)?;
    let rows: Vec<Stored> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().map(Stored::read).collect::<Result<_, _>>()?)
}

/// The number of the last event there was, be it gone or not.
pub(crate) fn last(sql: &Connection) -> Result<u64, Fault> {
    let query = "SELECT seq FROM sqlite_sequence WHERE name = 'events'";
    let last = sql.prepare_cached(query)?.query_row([], |row| row.get::<_, i64>(0)).optional()?;
    Ok(last.unwrap_or_default().cast_unsigned())
}

/// How far a reader has come.
pub(crate) fn cursor(sql: &Connection, name: &str) -> Result<Option<u64>, Fault> {
    let query = "SELECT number FROM cursors WHERE name = ?1";
    let found = sql.prepare_cached(query)?.query_row([name], |row| row.get::<_, i64>(0)).optional()?;
    Ok(found.map(i64::cast_unsigned))
}

/// Moves a reader on.
pub(crate) fn move_cursor(sql: &Connection, name: &str, to: u64) -> Result<(), Fault> {
    let upsert = "INSERT INTO cursors (name, number) VALUES (?1, ?2) \
                  ON CONFLICT (name) DO UPDATE SET number = max(number, excluded.number)";
    Ok(sql.prepare_cached(upsert)?.execute(params![name, to.cast_signed()]).map(drop)?)
}

/// A row of the log.
struct Stored {
    number: u64,
    at: Timestamp,
    body: String,
    sum: Digest,
}

fn columns(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        number: row.get::<_, i64>(0)?.cast_unsigned(),
        at: Timestamp(row.get::<_, i64>(1)?.cast_unsigned()),
        body: row.get(2)?,
        sum: Digest::from_bytes(row.get(3)?),
    })
}

impl Stored {
    fn read(self) -> Result<Published, StoreError> {
        let Stored { number, at, body, .. } = &self;
        let publication = serde_json::from_str(body).ok().filter(|_| sum(*at, body) == self.sum);
        let damaged = || StoreError::Corrupt { what: format!("event {number}") };
        Ok(Published { number: *number, at: *at, publication: publication.ok_or_else(damaged)? })
    }
}

fn sum(at: Timestamp, body: &str) -> Digest {
    Digest::of_parts([DOMAIN, &at.0.to_le_bytes(), body.as_bytes()])
}
