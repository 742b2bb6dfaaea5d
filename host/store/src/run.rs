//! Begins, claims and appends to runs, inside the writer's transaction. It does not know when the transaction ends or
//! what survives.

mod growth;
mod remove;
mod row;
mod stored;

use baton_journal::{Chain, Claim, Entry, Event, Progress, Quota, RunId, StoreError, Taken, Timestamp};
use rusqlite::{Connection, params};

use crate::fault::Fault;
use crate::spending;
use crate::turn;
use crate::writer::Writing;

use growth::Next;
pub(crate) use remove::{Step, begin_removal, go_on_with_removals};
pub(crate) use row::{COLUMNS, GOING, RunRow, parse_status, status_text};
pub(crate) use stored::Stored;

/// The number of a run that has no row yet: no row has it.
const NONE: i64 = 0;

/// Begins a run with its first entry, and claims it.
pub(crate) fn create(
    writing: &mut Writing<'_>,
    run: &RunId,
    at: Timestamp,
    started: &Stored,
    quota: Quota,
) -> Result<(Claim, Entry), Fault> {
    let Event::RunStarted(header) = &started.event else {
        return Err(StoreError::Refused("a run begins with `run-started`".to_owned()).into());
    };
    if exists(writing.sql, run)? {
        return Err(StoreError::RunExists(run.clone()).into());
    }
    turn::admit(writing.sql, header)?;
    spending::admit(writing.sql, header)?;
    started.require(writing.sql)?;
    let mut chain = Chain::of(run);
    let mut next = Next::after(writing.sql, NONE, &mut chain, at, started)?;
    next.admit(run, Taken::default(), quota)?;
    let claim = Claim { run: run.clone(), epoch: 1 };
    writing.locks.take(run, claim.epoch)?;
    let insert = "INSERT INTO runs (run, workflow, epoch, status, started, updated, entries, bytes, head, \
                  invocations, waits) VALUES (?1, ?2, ?3, 'running', ?4, ?4, 0, 0, ?5, 0, 0)";
    let (epoch, head) = (claim.epoch.cast_signed(), next.entry.previous);
    let values = params![run.as_str(), header.workflow, epoch, at.0.cast_signed(), head.as_bytes()];
    writing.sql.prepare_cached(insert)?.execute(values)?;
    next.run = writing.sql.last_insert_rowid();
    turn::enter(writing.sql, next.run, run, at, header)?;
    spending::enter(writing.sql, run.as_str(), at, header)?;
    Ok((claim, next.write(writing.sql, Taken::default(), Progress::default(), started)?))
}

fn exists(sql: &Connection, run: &RunId) -> rusqlite::Result<bool> {
    sql.prepare_cached("SELECT 1 FROM runs WHERE run = ?1")?.exists([run.as_str()])
}

/// Claims a run that no living process drives.
pub(crate) fn claim(writing: &mut Writing<'_>, run: &RunId) -> Result<Claim, Fault> {
    let row = RunRow::of(writing.sql, run)?;
    if row.progress().ended.is_some() {
        return Err(StoreError::Ended(run.clone()).into());
    }
    let claim = Claim { run: run.clone(), epoch: row.epoch + 1 };
    writing.locks.take(run, claim.epoch)?;
    let update = "UPDATE runs SET epoch = ?2 WHERE number = ?1";
    writing.sql.prepare_cached(update)?.execute(params![row.number, claim.epoch.cast_signed()])?;
    Ok(claim)
}

/// Gives a claim back; one that is void already is given back silently.
pub(crate) fn release(writing: &mut Writing<'_>, claim: &Claim) -> Result<(), Fault> {
    let held = writing.locks.holds(claim);
    writing.locks.release(claim);
    let ended = RunRow::find(writing.sql, &claim.run)?.is_some_and(|row| row.progress().ended.is_some());
    if held && ended {
        writing.locks.forget(&claim.run);
    }
    Ok(())
}

/// The row of a run that may be changed: it is open, and the claim is the newest.
pub(crate) fn held(writing: &Writing<'_>, claim: &Claim) -> Result<RunRow, Fault> {
    let run = &claim.run;
    let row = RunRow::of(writing.sql, run)?;
    if row.progress().ended.is_some() {
        return Err(StoreError::Ended(run.clone()).into());
    }
    if row.epoch != claim.epoch || !writing.locks.holds(claim) {
        return Err(StoreError::Fenced(run.clone()).into());
    }
    Ok(row)
}

/// Appends an event to a run, if the claim is the newest.
pub(crate) fn append(
    writing: &mut Writing<'_>,
    claim: &Claim,
    at: Timestamp,
    event: &Stored,
    quota: Quota,
) -> Result<Entry, Fault> {
    let row = held(writing, claim)?;
    let mut chain = Chain::after(row.taken.entries, row.updated, row.head);
    chain.accepts(&event.event).map_err(|error| StoreError::Refused(error.to_string()))?;
    event.require(writing.sql)?;
    let next = Next::after(writing.sql, row.number, &mut chain, at, event)?;
    if let Err(full) = next.admit(&claim.run, row.taken, quota)
        && growth::needs_room(writing.sql, row.number, &event.event)?
    {
        return Err(full);
    }
    spending::charge(writing.sql, claim.run.as_str(), &event.event)?;
    next.write(writing.sql, row.taken, row.progress(), event)
}
