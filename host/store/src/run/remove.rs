//! Removes a run in small steps, each in a transaction of its own, so that other writers wait for milliseconds only. The
//! first step takes the run out of every reader's sight; an interrupted removal is gone on with by the next.

use baton_journal::{Removed, RunId, StoreError};
use rusqlite::{Connection, OptionalExtension, params};

use super::row::{GOING, RunRow};
use crate::fault::Fault;
use crate::writer::Writing;

/// Entries, or values, that one step removes: a few milliseconds.
const ROWS: u32 = 1_000;

/// Payloads that one step removes: each may be some megabytes.
const BLOBS: u32 = 32;

/// Whether there is more to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    More,
    Done,
}

/// Takes a run that has ended out of sight.
pub(crate) fn begin_removal(writing: &mut Writing<'_>, run: &RunId) -> Result<Removed, Fault> {
    let row = RunRow::of(writing.sql, run)?;
    if writing.locks.is_driven(run) {
        return Err(StoreError::Claimed(run.clone()).into());
    }
    if row.progress().ended.is_none() {
        return Err(StoreError::NotEnded(run.clone()).into());
    }
    let update = "UPDATE runs SET status = ?2 WHERE number = ?1";
    writing.sql.prepare_cached(update)?.execute(params![row.number, GOING])?;
    Ok(Removed { entries: row.taken.entries, bytes: row.taken.bytes })
}

/// Frees some of what runs took up that are out of sight, the oldest first.
pub(crate) fn go_on_with_removals(writing: &mut Writing<'_>) -> Result<Step, Fault> {
    let sql = writing.sql;
    let query = format!("SELECT number, run FROM runs WHERE status = '{GOING}' ORDER BY number LIMIT 1");
    let found = sql.prepare_cached(&query)?.query_row([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    let Some((number, run)) = found.optional()? else { return Ok(Step::Done) };
    if some_entries(sql, number)? || some_payloads(sql, number)? || some_values(sql, &run)? {
        return Ok(Step::More);
    }
    sql.prepare_cached("DELETE FROM scopes WHERE kind = 'run' AND name = ?1")?.execute([&run])?;
    sql.prepare_cached("DELETE FROM state_applied WHERE run = ?1")?.execute([number])?;
    sql.prepare_cached("DELETE FROM runs WHERE number = ?1")?.execute([number])?;
    if let Ok(run) = run.parse() {
        writing.locks.forget(&run);
    }
    Ok(Step::More)
}

fn some_entries(sql: &Connection, number: i64) -> rusqlite::Result<bool> {
    let delete = "DELETE FROM entries WHERE run = ?1 AND sequence IN \
                  (SELECT sequence FROM entries WHERE run = ?1 ORDER BY sequence LIMIT ?2)";
    Ok(sql.prepare_cached(delete)?.execute(params![number, ROWS])? > 0)
}

/// Payloads and components that another run or a version uses too stay.
fn some_payloads(sql: &Connection, number: i64) -> rusqlite::Result<bool> {
    let query = "SELECT sha256 FROM uses WHERE run = ?1 LIMIT ?2";
    let mut statement = sql.prepare_cached(query)?;
    let used = statement.query_map(params![number, BLOBS], |row| row.get(0))?;
    let used: Vec<Vec<u8>> = used.collect::<rusqlite::Result<_>>()?;
    for digest in &used {
        sql.prepare_cached("DELETE FROM uses WHERE sha256 = ?1 AND run = ?2")?.execute(params![digest, number])?;
        let delete = "DELETE FROM blobs WHERE sha256 = ?1 AND NOT EXISTS (SELECT 1 FROM uses WHERE sha256 = ?1) \
                      AND NOT EXISTS (SELECT 1 FROM version_uses WHERE sha256 = ?1)";
        sql.prepare_cached(delete)?.execute([digest])?;
    }
    Ok(!used.is_empty())
}

fn some_values(sql: &Connection, run: &str) -> rusqlite::Result<bool> {
    let delete = "DELETE FROM state WHERE kind = 'run' AND name = ?1 AND key IN \
                  (SELECT key FROM state WHERE kind = 'run' AND name = ?1 LIMIT ?2)";
    Ok(sql.prepare_cached(delete)?.execute(params![run, ROWS])? > 0)
}
