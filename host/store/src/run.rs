//! Begins, claims and appends to runs, inside the writer's transaction. It does not know when the transaction ends or
//! what survives.

use baton_journal::progress::Ended;
use baton_journal::{Chain, Claim, Digest, Entry, Event, Payload, Progress, RunId, RunStatus, StoreError, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::blob;
use crate::fault::Fault;
use crate::writer::Writing;

/// The row of a run.
pub(crate) struct RunRow {
    pub(crate) number: i64,
    pub(crate) workflow: String,
    pub(crate) epoch: u64,
    pub(crate) status: String,
    pub(crate) started: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) entries: u64,
    pub(crate) head: Digest,
    pub(crate) invocations: u32,
    pub(crate) questions: u32,
}

impl RunRow {
    /// The row of a run, if there is one.
    pub(crate) fn find(sql: &Connection, run: &RunId) -> rusqlite::Result<Option<RunRow>> {
        let query = "SELECT number, workflow, epoch, status, started, updated, entries, head, invocations, questions \
                     FROM runs WHERE run = ?1";
        sql.prepare_cached(query)?.query_row([run.as_str()], RunRow::from_row).optional()
    }

    /// The row of a run that must be there.
    pub(crate) fn of(sql: &Connection, run: &RunId) -> Result<RunRow, Fault> {
        if let Some(row) = RunRow::find(sql, run)? {
            return Ok(row);
        }
        // Looked for without the index, which may be what is damaged.
        let damaged = sql.prepare_cached("SELECT 1 FROM runs NOT INDEXED WHERE run = ?1")?.exists([run.as_str()])?;
        let what = || format!("run {run}, its place in the index of runs");
        Err(if damaged { StoreError::Corrupt { what: what() } } else { StoreError::NoSuchRun(run.to_string()) }.into())
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
        Ok(RunRow {
            number: row.get(0)?,
            workflow: row.get(1)?,
            epoch: row.get::<_, i64>(2)?.cast_unsigned(),
            status: row.get(3)?,
            started: Timestamp(row.get::<_, i64>(4)?.cast_unsigned()),
            updated: Timestamp(row.get::<_, i64>(5)?.cast_unsigned()),
            entries: row.get::<_, i64>(6)?.cast_unsigned(),
            head: Digest::from_bytes(row.get(7)?),
            invocations: row.get(8)?,
            questions: row.get(9)?,
        })
    }

    /// What is open in the run, as its entries left it.
    pub(crate) fn progress(&self) -> Progress {
        let ended = match parse_status(&self.status) {
            Some(RunStatus::Completed) => Some(Ended::Completed),
            Some(RunStatus::Failed) => Some(Ended::Failed),
            _ => None,
        };
        Progress { invocations: self.invocations, questions: self.questions, ended }
    }
}

/// Begins a run with its first entry, and claims it.
pub(crate) fn create(
    writing: &mut Writing<'_>,
    run: &RunId,
    at: Timestamp,
    started: &Stored,
) -> Result<(Claim, Entry), Fault> {
    let Event::RunStarted(header) = &started.event else {
        return Err(StoreError::Refused("a run begins with `run-started`".to_owned()).into());
    };
    if RunRow::find(writing.sql, run)?.is_some() {
        return Err(StoreError::RunExists(run.clone()).into());
    }
    blob::require(writing.sql, &started.given)?;
    let claim = Claim { run: run.clone(), epoch: 1 };
    writing.locks.take(run, claim.epoch)?;
    let insert = "INSERT INTO runs (run, workflow, epoch, status, started, updated, entries, head, invocations, \
                  questions) VALUES (?1, ?2, ?3, 'running', ?4, ?4, 0, ?5, 0, 0)";
    let mut chain = Chain::of(run);
    let (epoch, head) = (claim.epoch.cast_signed(), chain.head());
    let values = params![run.as_str(), header.workflow, epoch, at.0.cast_signed(), head.as_bytes()];
    writing.sql.prepare_cached(insert)?.execute(values)?;
    let number = writing.sql.last_insert_rowid();
    let entry = write(writing.sql, number, &mut chain, Progress::default(), at, started)?;
    Ok((claim, entry))
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
pub(crate) fn append(writing: &mut Writing<'_>, claim: &Claim, at: Timestamp, event: &Stored) -> Result<Entry, Fault> {
    let row = held(writing, claim)?;
    let progress = row.progress();
    let mut chain = Chain::after(row.entries, row.updated, row.head);
    chain.accepts(&event.event).map_err(|error| StoreError::Refused(error.to_string()))?;
    blob::require(writing.sql, &event.given)?;
    write(writing.sql, row.number, &mut chain, progress, at, event)
}

/// An event as it is stored, and what is stored beside it.
pub(crate) struct Stored {
    event: Event,
    reference: Event,
    large: Vec<(Digest, Payload)>,
    given: Vec<Digest>, // references in the event as it came: their texts must be there already
}

impl From<Event> for Stored {
    fn from(mut event: Event) -> Self {
        let mut given = Vec::new();
        event.for_each_payload(|payload| {
            if let Payload::Stored { sha256, .. } = payload {
                given.push(*sha256);
            }
        });
        let (reference, large) = event.by_reference();
        let large = large.into_iter().map(|payload| (payload.digest(), payload)).collect();
        Stored { event, reference, large, given }
    }
}

fn write(
    sql: &Connection,
    number: i64,
    chain: &mut Chain,
    mut progress: Progress,
    at: Timestamp,
    event: &Stored,
) -> Result<Entry, Fault> {
    let entry = chain.seal(at, event.reference.clone());
    progress.apply(&entry.event);
    for (digest, payload) in &event.large {
        blob::put(sql, digest, payload.as_str().unwrap_or_default().as_bytes())?;
        blob::note_use(sql, number, digest)?;
    }
    event.given.iter().try_for_each(|digest| blob::note_use(sql, number, digest))?;
    insert(sql, number, &entry)?;
    move_head(sql, number, &entry, progress)?;
    if progress.ended.is_some() {
        sql.prepare_cached("DELETE FROM state_applied WHERE run = ?1")?.execute([number])?;
    }
    Ok(Entry { event: event.event.clone(), ..entry })
}

fn insert(sql: &Connection, number: i64, entry: &Entry) -> rusqlite::Result<()> {
    let insert = "INSERT INTO entries (run, sequence, at, body, digest) VALUES (?1, ?2, ?3, ?4, ?5)";
    let (sequence, at) = (entry.sequence.cast_signed(), entry.at.0.cast_signed());
    let values = params![number, sequence, at, entry.body(), entry.digest.as_bytes()];
    sql.prepare_cached(insert)?.execute(values).map(drop)
}

fn move_head(sql: &Connection, number: i64, entry: &Entry, progress: Progress) -> rusqlite::Result<()> {
    let update = "UPDATE runs SET status = ?2, updated = ?3, entries = ?4, head = ?5, invocations = ?6, \
                  questions = ?7 WHERE number = ?1";
    let (at, entries) = (entry.at.0.cast_signed(), entry.sequence.cast_signed() + 1);
    let status = status_text(progress.status());
    let head = entry.digest.as_bytes();
    let values = params![number, status, at, entries, head, progress.invocations, progress.questions];
    sql.prepare_cached(update)?.execute(values).map(drop)
}

/// A status as a row has it.
pub(crate) fn status_text(status: RunStatus) -> &'static str {
    match status {
        // That a host is gone is seen when it is asked for, and never written.
        RunStatus::Running | RunStatus::Interrupted => "running",
        RunStatus::Parked => "parked",
        RunStatus::Completed => "completed",
        RunStatus::Failed => "failed",
    }
}

/// The status of a row.
pub(crate) fn parse_status(text: &str) -> Option<RunStatus> {
    let all = [RunStatus::Running, RunStatus::Parked, RunStatus::Completed, RunStatus::Failed];
    all.into_iter().find(|status| status_text(*status) == text)
}
