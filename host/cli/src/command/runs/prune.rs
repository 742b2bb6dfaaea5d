//! `baton runs prune`: removes runs that nobody needs any more.

use std::path::{Path, PathBuf};

use baton_runtime::journal::{Event, Removed, RunOutcome, RunStatus, RunSummary, Store as _, StoreError, Timestamp};
use baton_runtime::policy::Wall;
use baton_runtime::{Clock as _, SqliteStore, SystemClock};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::table;
use crate::args::{Format, OutputArgs};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::lookup::{self, Known};
use crate::progress::Counting;
use crate::{ending, format, project, terminal};

/// Remove runs that nobody needs any more
///
/// Those that ended, by age and number; with --run also one that waits or was interrupted: it is given up. A run goes with
/// its journal, the payloads and components that no other run uses, and its own state. What a process drives is never
/// touched. Others may work with the store meanwhile; the room goes back to the file system.
#[derive(Debug, Args)]
pub struct PruneArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    pub project: Option<PathBuf>,

    /// Which runs.
    #[command(flatten)]
    pub choice: Choice,

    /// Remove these runs, whatever their age: their ids, at least four characters of their beginnings or ends
    #[arg(long = "run", value_name = "RUN", conflicts_with_all = ["older_than", "keep", "status"])]
    pub runs: Vec<String>,

    /// Tell what would be removed, and remove nothing
    #[arg(long)]
    pub dry_run: bool,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Which of the runs that ended are removed: those that fit all of it.
#[derive(Clone, Debug, Default, Args)]
pub struct Choice {
    /// Only runs that ended so long ago: `30d`, `12h`
    #[arg(long, value_name = "TIME", value_parser = age)]
    pub older_than: Option<Wall>,

    /// Only runs that came to this
    #[arg(long)]
    pub status: Option<Ended>,

    /// Keep the newest of them
    #[arg(long, value_name = "NUMBER")]
    pub keep: Option<usize>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ended {
    /// Well.
    Completed,
    /// Badly.
    Failed,
    /// As somebody wanted.
    Cancelled,
}

/// `30d`.
fn age(text: &str) -> Result<Wall, &'static str> {
    text.parse().map_err(|_| "write a whole number with s, m, h or d, as in 30d")
}

/// Carries it out.
///
/// # Errors
/// It is not said which runs, there is no such project or run, or the store fails.
pub(super) async fn run(context: &Context, args: &PruneArgs) -> Result<Exit, Error> {
    let choice = &args.choice;
    if args.runs.is_empty() && choice.older_than.is_none() && choice.keep.is_none() {
        return Err(Error::usage("which runs shall be removed?")
            .hint("those older than some time: --older-than 30d; all but some: --keep 100; or one: --run RUN"));
    }
    let file = project::file_meant(context, args.project.as_deref())?;
    let all = lookup::runs_of(&file, u32::MAX).await?;
    let runs = match args.runs.as_slice() {
        [] => chosen(&all, choice, SystemClock.now()),
        named => named.iter().map(|text| meant(text, &all)).collect::<Result<_, _>>()?,
    };
    let size = size_of(&file);
    let named = !args.runs.is_empty();
    let removed = if args.dry_run { runs } else { remove(context, &file, runs, named).await? };
    report(context, args, &removed, size.saturating_sub(size_of(&file)))
}

/// How a run ended, if it did.
fn ended(status: RunStatus) -> Option<Ended> {
    match status {
        RunStatus::Completed => Some(Ended::Completed),
        RunStatus::Failed => Some(Ended::Failed),
        RunStatus::Cancelled => Some(Ended::Cancelled),
        RunStatus::Running
        | RunStatus::Interrupted
        | RunStatus::Queued
        | RunStatus::Parked
        | RunStatus::Paused
        | RunStatus::Damaged => None,
    }
}

/// The runs that a choice means.
#[must_use]
pub fn chosen(all: &[Known], choice: &Choice, now: Timestamp) -> Vec<Known> {
    let fits = |known: &&Known| {
        ended(known.summary.status).is_some_and(|ended| choice.status.is_none_or(|wanted| wanted == ended))
    };
    let age = choice.older_than.map_or(0, Wall::get);
    let old = |known: &&Known| format::between(known.summary.updated, now) >= age;
    all.iter().filter(fits).skip(choice.keep.unwrap_or(0)).filter(old).cloned().collect()
}

/// The run of the project that a text means.
fn meant(text: &str, all: &[Known]) -> Result<Known, Error> {
    let found = lookup::pick(text, all)?;
    let known = found.and_then(|found| all.iter().find(|known| known.summary.run == found.run));
    known.cloned().ok_or_else(|| Error::usage(format!("there is no run {text}")).hint("`baton runs` lists the runs"))
}

/// Removes runs, and returns those that are gone by that. One that a process still holds is passed over unless it was named.
async fn remove(context: &Context, file: &Path, runs: Vec<Known>, named: bool) -> Result<Vec<Known>, Error> {
    let path = project::store_of(file);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let store = SqliteStore::open(path)?;
    let (mut counting, total, mut gone) = (Counting::new(context.terminal), runs.len(), Vec::new());
    for mut known in runs {
        counting.at("removing runs", &format!("{} of {total}", gone.len()));
        match remove_one(&store, &known.summary).await {
            Ok(Removed { entries, bytes }) => {
                (known.summary.entries, known.summary.bytes) = (entries, bytes);
                gone.push(known);
            }
            Err(StoreError::NoSuchRun(_)) => {} // somebody else removed it
            Err(error @ StoreError::Claimed(_)) if !named => {
                counting.aside(|| context.terminal.tell(&format!("{error}: passed over")));
            }
            Err(error) => {
                counting.end();
                return Err(error.into());
            }
        }
    }
    store.give_back_room(|left| counting.at("giving room back", &format!("{} left", format::bytes(left)))).await?;
    counting.end();
    Ok(gone)
}

/// Removes a run; one that has not ended ends first.
async fn remove_one(store: &SqliteStore, run: &RunSummary) -> Result<Removed, StoreError> {
    if matches!(run.status, RunStatus::Parked | RunStatus::Paused | RunStatus::Queued | RunStatus::Interrupted) {
        let claim = store.claim(run.run.clone()).await?;
        let message = "given up: it was removed before it ended".to_owned();
        let given_up = Event::RunEnded(RunOutcome::Failed { step: None, message });
        let ended = store.append(&claim, SystemClock.now(), given_up).await;
        store.release(claim).await?;
        ended?;
    }
    store.remove(run.run.clone()).await
}

fn size_of(file: &Path) -> u64 {
    std::fs::metadata(project::store_of(file)).map_or(0, |store| store.len())
}

fn report(context: &Context, args: &PruneArgs, runs: &[Known], freed: u64) -> Result<Exit, Error> {
    let entries: u64 = runs.iter().map(|known| known.summary.entries).sum();
    let bytes: u64 = runs.iter().map(|known| known.summary.bytes).sum();
    match args.output.format {
        Format::Json => terminal::result(&ending::pretty(&json!({
            "dry_run": args.dry_run, "runs": runs.iter().map(super::for_programs).collect::<Vec<_>>(),
            "entries": entries, "bytes": bytes, "file_shrank_by_bytes": freed,
        }))?)?,
        Format::Text => {
            if !runs.is_empty() {
                terminal::result(&table(runs, &context.zone))?;
            }
            let took = format!("{}, {}", format::counted(entries, "entry"), format::bytes(bytes));
            let verb = if args.dry_run { "would remove" } else { "removed" };
            let shrank =
                if freed > 0 { format!("; the file is {} smaller", format::bytes(freed)) } else { String::new() };
            terminal::result(&format!("{verb} {}: {took}{shrank}", format::counted(runs.len() as u64, "run")))?;
        }
    }
    Ok(Exit::Completed)
}
