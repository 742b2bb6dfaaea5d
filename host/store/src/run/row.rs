//! The row of a run: what a list shows, and what the next entry follows. It does not know entries.

use baton_journal::progress::Ended;
use baton_journal::{Digest, Progress, RunId, RunStatus, StoreError, Taken, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::fault::Fault;

/// The status of a run that is being removed: nobody sees it any more, and what it took up is freed bit by bit.
pub(crate) const GOING: &str = "removed";

/// The row of a run.
#[derive(Clone, Debug)]
pub(crate) struct RunRow {
    pub(crate) number: i64,
    pub(crate) workflow: String,
    pub(crate) epoch: u64,
    pub(crate) status: String,
    pub(crate) started: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) taken: Taken,
    pub(crate) head: Digest,
    pub(crate) invocations: u32,
    pub(crate) waits: u32,
    pub(crate) version: Option<u32>,
}

/// The columns that [`RunRow::from_row`] reads, from the first.
pub(crate) const COLUMNS: &str =
    "number, workflow, epoch, status, started, updated, entries, bytes, head, invocations, waits, version";

impl RunRow {
    /// The row of a run, if there is one.
    pub(crate) fn find(sql: &Connection, run: &RunId) -> rusqlite::Result<Option<RunRow>> {
        let query = format!("SELECT {COLUMNS} FROM runs WHERE run = ?1 AND status <> '{GOING}'");
        sql.prepare_cached(&query)?.query_row([run.as_str()], RunRow::from_row).optional()
    }

    /// The row of a run that must be there.
    pub(crate) fn of(sql: &Connection, run: &RunId) -> Result<RunRow, Fault> {
        if let Some(row) = RunRow::find(sql, run)? {
            return Ok(row);
        }
        // Looked for without the index, which may be what is damaged.
        let query = format!("SELECT 1 FROM runs NOT INDEXED WHERE run = ?1 AND status <> '{GOING}'");
        let damaged = sql.prepare_cached(&query)?.exists([run.as_str()])?;
        let what = || format!("run {run}, its place in the index of runs");
        Err(if damaged { StoreError::Corrupt { what: what() } } else { StoreError::NoSuchRun(run.to_string()) }.into())
    }

    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
        Ok(RunRow {
            number: row.get(0)?,
            workflow: row.get(1)?,
            epoch: row.get::<_, i64>(2)?.cast_unsigned(),
            status: row.get(3)?,
            started: Timestamp(row.get::<_, i64>(4)?.cast_unsigned()),
            updated: Timestamp(row.get::<_, i64>(5)?.cast_unsigned()),
            taken: Taken {
                entries: row.get::<_, i64>(6)?.cast_unsigned(),
                bytes: row.get::<_, i64>(7)?.cast_unsigned(),
            },
            head: Digest::from_bytes(row.get(8)?),
            invocations: row.get(9)?,
            waits: row.get(10)?,
            version: row.get(11)?,
        })
    }

    /// What is open in the run, as its entries left it.
    pub(crate) fn progress(&self) -> Progress {
        let ended = match parse_status(&self.status) {
            Some(RunStatus::Completed) => Some(Ended::Completed),
            Some(RunStatus::Failed) => Some(Ended::Failed),
            Some(RunStatus::Cancelled) => Some(Ended::Cancelled),
            _ => None,
        };
        let paused = parse_status(&self.status) == Some(RunStatus::Paused);
        Progress { invocations: self.invocations, waits: self.waits, paused, ended }
    }
}

/// A status as a row has it.
pub(crate) fn status_text(status: RunStatus) -> &'static str {
    match status {
        // That a host is gone, or that others go before, is seen when it is asked for, and never written.
        RunStatus::Running | RunStatus::Interrupted | RunStatus::Queued => "running",
        RunStatus::Parked => "parked",
        RunStatus::Completed => "completed",
        RunStatus::Failed => "failed",
        RunStatus::Paused => "paused",
        RunStatus::Cancelled => "cancelled",
        RunStatus::Damaged => "damaged", // as no row has it
    }
}

/// The status of a row.
pub(crate) fn parse_status(text: &str) -> Option<RunStatus> {
    let all = [
        RunStatus::Running,
        RunStatus::Parked,
        RunStatus::Paused,
        RunStatus::Completed,
        RunStatus::Failed,
        RunStatus::Cancelled,
    ];
    all.into_iter().find(|status| status_text(*status) == text)
}
