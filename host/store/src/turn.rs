//! Whose turn it is among the runs of a workflow that have the same key. It does not know what a key is made of.

use baton_journal::{Claim, OnConflict, Priority, RunHeader, RunId, Signal, StoreError, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use crate::fault::Fault;
use crate::mail;
use crate::run;
use crate::writer::Writing;

/// Refuses a run that may not begin beside another one.
pub(crate) fn admit(sql: &Connection, header: &RunHeader) -> Result<(), Fault> {
    let Some(wanted) = header.admission.concurrency.as_ref().filter(|key| key.on_conflict == OnConflict::Reject) else {
        return Ok(());
    };
    match others(sql, &header.workflow, &wanted.key)?.into_iter().next() {
        Some((_, run)) => Err(StoreError::Busy { run, key: wanted.key.clone() }.into()),
        None => Ok(()),
    }
}

/// Puts a run that begins into the queue of its key, and cancels those before it, if that is wanted.
pub(crate) fn enter(
    sql: &Connection,
    number: i64,
    run: &RunId,
    at: Timestamp,
    header: &RunHeader,
) -> Result<(), Fault> {
    let Some(wanted) = &header.admission.concurrency else { return Ok(()) };
    if wanted.on_conflict == OnConflict::Replace {
        let reason = Some(format!("run {run} with the key `{}` replaces it", wanted.key));
        let cancel = Signal::Cancel { by: format!("run {run}"), reason };
        for (number, other) in others(sql, &header.workflow, &wanted.key)? {
            mail::insert(sql, number, &other, at, &cancel)?;
        }
    }
    let insert = "INSERT INTO turns (run, workflow, key, priority, taken) VALUES (?1, ?2, ?3, ?4, 0)";
    let values = params![number, header.workflow, wanted.key, rank(header.admission.priority)];
    Ok(sql.prepare_cached(insert)?.execute(values).map(drop)?)
}

/// Whether others go before a run of `runs`, as a condition.
pub(crate) const WAITS: &str = "EXISTS (SELECT 1 FROM turns AS own JOIN turns AS other \
     ON other.workflow = own.workflow AND other.key = own.key AND other.run <> own.run \
     WHERE own.run = runs.number AND NOT own.taken AND (other.taken OR other.priority > own.priority \
     OR (other.priority = own.priority AND other.run < own.run)))";

/// The runs that go before a run; none, and it has the turn.
pub(crate) fn take(writing: &Writing<'_>, claim: &Claim) -> Result<Vec<RunId>, Fault> {
    let (sql, row) = (writing.sql, run::held(writing, claim)?);
    let query = "SELECT workflow, key, priority, taken FROM turns WHERE run = ?1";
    let own = sql.prepare_cached(query)?.query_row([row.number], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, bool>(3)?))
    });
    let Some((workflow, key, priority, false)) = own.optional()? else { return Ok(Vec::new()) };
    let query = "SELECT runs.run FROM turns JOIN runs ON runs.number = turns.run \
                 WHERE turns.workflow = ?1 AND turns.key = ?2 AND turns.run <> ?3 \
                 AND (taken OR priority > ?4 OR (priority = ?4 AND turns.run < ?3)) \
                 ORDER BY taken DESC, priority DESC, turns.run";
    let mut statement = sql.prepare_cached(query)?;
    let before = statement.query_map(params![workflow, key, row.number, priority], |row| row.get::<_, String>(0))?;
    let before = read(before.collect::<rusqlite::Result<Vec<_>>>()?);
    if before.is_empty() {
        sql.prepare_cached("UPDATE turns SET taken = 1 WHERE run = ?1")?.execute([row.number])?;
    }
    Ok(before)
}

/// Takes a run out of the queue.
pub(crate) fn leave(sql: &Connection, number: i64) -> rusqlite::Result<()> {
    sql.prepare_cached("DELETE FROM turns WHERE run = ?1")?.execute([number]).map(drop)
}

/// The runs with a key, the oldest first.
fn others(sql: &Connection, workflow: &str, key: &str) -> Result<Vec<(i64, RunId)>, Fault> {
    let query = "SELECT runs.number, runs.run FROM turns JOIN runs ON runs.number = turns.run \
                 WHERE turns.workflow = ?1 AND turns.key = ?2 ORDER BY turns.run";
    let mut statement = sql.prepare_cached(query)?;
    let rows = statement.query_map([workflow, key], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let rows: Vec<(i64, String)> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().filter_map(|(number, run)| Some((number, run.parse().ok()?))).collect())
}

fn read(runs: Vec<String>) -> Vec<RunId> {
    runs.iter().filter_map(|run| run.parse().ok()).collect()
}

fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Low => 0,
        Priority::Normal => 1,
        Priority::High => 2,
    }
}
