//! The mailboxes of runs, inside the writer's transaction or for a reader. It does not know what a signal says.

use baton_journal::signal::MOST_SIGNALS;
use baton_journal::{Claim, Digest, Entry, Quota, RunId, Sent, Signal, StoreError, Timestamp};
use rusqlite::{Connection, params};

use crate::fault::Fault;
use crate::run::{self, RunRow, Stored};
use crate::writer::Writing;

/// Begins the digested bytes of a signal.
const DOMAIN: &[u8] = b"baton signal 1";

/// Puts a signal into the mailbox of a run that has not ended.
pub(crate) fn send(writing: &mut Writing<'_>, run: &RunId, at: Timestamp, signal: &Signal) -> Result<u64, Fault> {
    let row = RunRow::of(writing.sql, run)?;
    if row.progress().ended.is_some() {
        return Err(StoreError::Ended(run.clone()).into());
    }
    let query = "SELECT count(*) FROM signals WHERE run = ?1";
    let waiting: u32 = writing.sql.prepare_cached(query)?.query_row([row.number], |row| row.get(0))?;
    if waiting >= MOST_SIGNALS {
        return Err(StoreError::MailboxFull(run.clone()).into());
    }
    insert(writing.sql, row.number, run, at, signal)
}

/// Puts a signal into a mailbox, whatever is in it.
pub(crate) fn insert(sql: &Connection, number: i64, run: &RunId, at: Timestamp, signal: &Signal) -> Result<u64, Fault> {
    let body = serde_json::to_string(signal).map_err(|error| StoreError::Refused(error.to_string()))?;
    let insert = "INSERT INTO signals (run, at, body, sum) VALUES (?1, ?2, ?3, ?4)";
    let sum = sum(run, at, &body);
    sql.prepare_cached(insert)?.execute(params![number, at.0.cast_signed(), body, sum.as_bytes()])?;
    Ok(sql.last_insert_rowid().cast_unsigned())
}

/// What is in the mailbox of a run.
pub(crate) fn waiting(sql: &Connection, run: &RunId) -> Result<Vec<Sent>, Fault> {
    let row = RunRow::of(sql, run)?;
    let query = "SELECT number, at, body, sum FROM signals WHERE run = ?1 ORDER BY number";
    let mut statement = sql.prepare_cached(query)?;
    let mut rows = statement.query([row.number])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let (number, at) = (row.get::<_, i64>(0)?.cast_unsigned(), Timestamp(row.get::<_, i64>(1)?.cast_unsigned()));
        let (body, found): (String, _) = (row.get(2)?, row.get(3)?);
        let signal = serde_json::from_str(&body).ok().filter(|_| sum(run, at, &body) == Digest::from_bytes(found));
        let damaged = || StoreError::Corrupt { what: format!("signal {number} of run {run}") };
        waiting.push(Sent { number, at, signal: signal.ok_or_else(damaged)? });
    }
    Ok(waiting)
}

/// The runs whose mailboxes are not empty.
pub(crate) fn addressed(sql: &Connection) -> Result<Vec<RunId>, Fault> {
    let query = "SELECT DISTINCT runs.run FROM signals JOIN runs ON runs.number = signals.run ORDER BY runs.run";
    let mut statement = sql.prepare_cached(query)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.iter().filter_map(|run| run.parse().ok()).collect())
}

/// Takes a signal and appends what it becomes.
pub(crate) fn take(
    writing: &mut Writing<'_>,
    claim: &Claim,
    at: Timestamp,
    number: u64,
    event: Option<&Stored>,
    quota: Quota,
) -> Result<Option<Entry>, Fault> {
    let row = run::held(writing, claim)?;
    let values = params![row.number, number.cast_signed()];
    let query = "SELECT 1 FROM signals WHERE run = ?1 AND number = ?2";
    if !writing.sql.prepare_cached(query)?.exists(values)? {
        return Ok(None);
    }
    let entry = event.map(|event| run::append(writing, claim, at, event, quota)).transpose()?;
    writing.sql.prepare_cached("DELETE FROM signals WHERE run = ?1 AND number = ?2")?.execute(values)?;
    Ok(entry)
}

/// Throws away what nobody will take any more.
pub(crate) fn forget(sql: &Connection, number: i64) -> rusqlite::Result<()> {
    sql.prepare_cached("DELETE FROM signals WHERE run = ?1")?.execute([number]).map(drop)
}

fn sum(run: &RunId, at: Timestamp, body: &str) -> Digest {
    Digest::of_parts([DOMAIN, run.as_str().as_bytes(), &at.0.to_le_bytes(), body.as_bytes()])
}
