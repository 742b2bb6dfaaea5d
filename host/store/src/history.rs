//! Reads runs back, and checks that what is read is what was written. It does not repair anything.

use std::path::Path;

use baton_journal::{Chain, Digest, Entry, Progress, RunId, RunStatus, RunSummary, StoreError, Timestamp};
use rusqlite::{Connection, Row};

use crate::blob::Loader;
use crate::fault::Fault;
use crate::lock;
use crate::run::{GOING, RunRow, parse_status, status_text};
use crate::{schema, turn};

/// The entries of a run, checked against its chain, its row and its blobs, with their payloads loaded.
pub(crate) fn entries(sql: &Connection, run: &RunId) -> Result<Vec<Entry>, Fault> {
    let row = RunRow::of(sql, run)?;
    let (mut chain, mut progress) = (Chain::of(run), Progress::default());
    let (mut loader, mut entries) = (Loader::new(sql), Vec::new());
    let query = "SELECT sequence, at, body, digest FROM entries WHERE run = ?1 ORDER BY sequence";
    let mut statement = sql.prepare_cached(query)?;
    let mut rows = statement.query([row.number])?;
    while let Some(stored) = rows.next()? {
        let mut entry = next_entry(stored, &mut chain).map_err(|what| corrupt(run, &what))?;
        progress.apply(&entry.event);
        loader.load(&mut entry.event).map_err(|fault| in_entry(run, entry.sequence, fault))?;
        entries.push(entry);
    }
    compare_row(&row, &chain, progress, &entries).map_err(|what| corrupt(run, &what))?;
    Ok(entries)
}

/// The newest runs of the store at this path, from their rows alone, and whether somebody drives them.
pub(crate) fn runs(sql: &Connection, store: &Path, limit: u32) -> Result<Vec<RunSummary>, Fault> {
    listed(sql, store, &format!("status <> '{GOING}' ORDER BY run DESC LIMIT {limit}"))
}

/// Those that have not ended, by the index of them.
pub(crate) fn open_runs(sql: &Connection, store: &Path) -> Result<Vec<RunSummary>, Fault> {
    listed(sql, store, &format!("{} ORDER BY run DESC", schema::IS_OPEN))
}

fn listed(sql: &Connection, store: &Path, which: &str) -> Result<Vec<RunSummary>, Fault> {
    let columns = "run, workflow, started, updated, status, entries, bytes, version";
    let query = format!("SELECT {columns}, {} FROM runs WHERE {which}", turn::WAITS);
    let mut statement = sql.prepare_cached(&query)?;
    let mut rows = statement.query([])?;
    let mut runs = Vec::new();
    while let Some(row) = rows.next()? {
        runs.extend(summary(row, store));
    }
    Ok(runs)
}

/// A row of the list. Damage in it is shown there, so that the other runs can be listed; without its id a run is left out.
fn summary(row: &Row<'_>, store: &Path) -> Option<RunSummary> {
    let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    let run = row.get::<_, String>(0).ok()?.parse().ok()?;
    let status = match row.get::<_, String>(4).ok().and_then(|status| parse_status(&status)) {
        Some(RunStatus::Running) if row.get(8).unwrap_or_default() => Some(RunStatus::Queued),
        Some(RunStatus::Running) if !lock::is_driven(store, &run) => Some(RunStatus::Interrupted),
        status => status,
    };
    Some(RunSummary {
        run,
        workflow: row.get(1).unwrap_or_default(),
        version: row.get(7).unwrap_or_default(),
        started: Timestamp(number(2).unwrap_or_default()),
        updated: Timestamp(number(3).unwrap_or_default()),
        status: status.unwrap_or(RunStatus::Damaged),
        entries: number(5).unwrap_or_default(),
        bytes: number(6).unwrap_or_default(),
    })
}

fn next_entry(row: &Row<'_>, chain: &mut Chain) -> Result<Entry, String> {
    let place = chain.entries();
    let unreadable = |error: &dyn std::fmt::Display| format!("entry {place}: {error}");
    let sequence = row.get::<_, i64>(0).map_err(|e| unreadable(&e))?.cast_unsigned();
    let at = row.get::<_, i64>(1).map_err(|e| unreadable(&e))?.cast_unsigned();
    let body = row.get_ref(2).map_err(|e| unreadable(&e))?;
    let body = body.as_str().map_err(|e| unreadable(&e))?;
    let digest = Digest::from_bytes(row.get(3).map_err(|e| unreadable(&e))?);
    Entry::from_body(chain, sequence, Timestamp(at), body, digest).map_err(|error| error.to_string())
}

/// The chain can't show that its end was cut off; the run's row can.
fn compare_row(row: &RunRow, chain: &Chain, progress: Progress, entries: &[Entry]) -> Result<(), String> {
    if row.taken.entries != chain.entries() {
        return Err(format!(
            "entry {}: the journal ends, but {} entries were written",
            chain.entries(),
            row.taken.entries
        ));
    }
    if row.head != chain.head() {
        return Err(format!("entry {}: the digest of the last entry is not the one noted", chain.entries()));
    }
    let started = entries.first().map_or(Timestamp(0), |entry| entry.at);
    let status = status_text(progress.status());
    let open = (row.invocations, row.waits) == (progress.invocations, progress.waits);
    if row.status != status || row.updated != chain.last_at() || row.started != started || !open {
        return Err("its row in the list of runs is not what its entries say".to_owned());
    }
    if row.version != version_of(entries) {
        return Err("its row in the list of runs names another version than its entries".to_owned());
    }
    compare_workflow(row, entries)
}

/// The number of the version that a run goes on with.
fn version_of(entries: &[Entry]) -> Option<u32> {
    entries.iter().filter_map(|entry| entry.event.version()).next_back().map(|version| version.number)
}

fn compare_workflow(row: &RunRow, entries: &[Entry]) -> Result<(), String> {
    match entries.first().map(|entry| &entry.event) {
        Some(baton_journal::Event::RunStarted(header)) if header.workflow == row.workflow => Ok(()),
        _ => Err("its row in the list of runs names another workflow than its first entry".to_owned()),
    }
}

fn corrupt(run: &RunId, what: &str) -> Fault {
    StoreError::Corrupt { what: format!("run {run}, {what}") }.into()
}

fn in_entry(run: &RunId, sequence: u64, fault: Fault) -> Fault {
    match fault {
        Fault::Refused(StoreError::Corrupt { what }) => corrupt(run, &format!("entry {sequence}: {what}")),
        other => other,
    }
}
