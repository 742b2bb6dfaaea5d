//! Finds the run that a person means: by a part of its id, in the project at hand or in all that are known. It does not
//! read what a run holds.

use std::path::{Path, PathBuf};

use baton_runtime::ReadOnlyStore;
use baton_runtime::bundle::project::FILE_NAME;
use baton_runtime::journal::{RunId, RunStatus, RunSummary, Store as _};

use crate::args::WhichRun;
use crate::context::Context;
use crate::error::Error;
use crate::{escape, project};

/// Means the newest run.
const LAST: &str = "last";

/// The fewest characters that name a run.
const SHORTEST: usize = 4;

/// A run in a list, with the file of its project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The project's file.
    pub project: PathBuf,
    /// The run.
    pub summary: RunSummary,
}

/// A run that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its project's file.
    pub project: PathBuf,
    /// The run.
    pub run: RunId,
    /// What it is doing.
    pub status: RunStatus,
}

/// Finds the run that a command is about.
///
/// # Errors
/// No run is meant, or several are, or a store cannot be read.
pub async fn find(context: &Context, which: &WhichRun) -> Result<Found, Error> {
    // Of many runs in a store the newest is found without a look at the others.
    let most = if which.run == LAST { 1 } else { u32::MAX };
    let near = near(context, which.project.as_deref());
    if let Some(file) = &near {
        let found = pick(&which.run, &runs_of(file, most).await?)?;
        if let Some(found) = found {
            return Ok(found);
        }
    }
    let far = if which.project.is_none() { runs_of_known(context, most).await } else { Vec::new() };
    pick(&which.run, &far)?.ok_or_else(|| nothing_found(&which.run))
}

pub(crate) fn near(context: &Context, named: Option<&Path>) -> Option<PathBuf> {
    match named {
        Some(path) => Some(if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() }),
        None => project::around(&context.folder),
    }
}

fn nothing_found(text: &str) -> Error {
    let message = if text == LAST { "there is no run yet".to_owned() } else { format!("there is no run {text}") };
    Error::usage(message)
        .hint("`baton runs` lists the runs there are; --project names a project that was not used before")
}

/// The runs of a project, the newest first, so many at most. A project without a store has none.
///
/// # Errors
/// The store cannot be read.
pub async fn runs_of(file: &Path, most: u32) -> Result<Vec<Known>, Error> {
    let store = project::store_of(file);
    if !store.exists() {
        return Ok(Vec::new());
    }
    let runs = ReadOnlyStore::open(&store)?.runs(most).await?;
    Ok(runs.into_iter().map(|summary| Known { project: file.to_owned(), summary }).collect())
}

/// The runs of all known projects, the newest first, so many of each at most. A store that cannot be read is told and passed over: the others
/// can.
pub async fn runs_of_known(context: &Context, most: u32) -> Vec<Known> {
    let mut all = Vec::new();
    for file in context.projects.list() {
        match runs_of(&file, most).await {
            Ok(runs) => all.extend(runs),
            Err(error) => context.terminal.tell(&format!("warning: {}", escape::escape_line(error.message()))),
        }
    }
    all.sort_by(|a: &Known, b| b.summary.run.cmp(&a.summary.run));
    all
}

/// The one run of a list that a text means: `last` is the newest, everything else the beginning or the end of an id.
///
/// # Errors
/// The text is too short, or means several.
pub fn pick(text: &str, runs: &[Known]) -> Result<Option<Found>, Error> {
    let found = |known: &Known| {
        let RunSummary { run, status, .. } = &known.summary;
        Found { project: known.project.clone(), run: run.clone(), status: *status }
    };
    if text == LAST {
        return Ok(runs.iter().max_by(|a, b| a.summary.run.cmp(&b.summary.run)).map(found));
    }
    let text = text.to_ascii_lowercase();
    if text.len() < SHORTEST {
        return Err(Error::usage(format!("`{text}` is too short to name a run"))
            .hint("at least four characters of the beginning or the end of its id, or `last`"));
    }
    let means = |known: &&Known| {
        let id = known.summary.run.as_str();
        id.starts_with(&text) || id.ends_with(&text)
    };
    let mut meant: Vec<&Known> = runs.iter().filter(means).collect();
    meant.dedup_by(|a, b| a.summary.run == b.summary.run);
    match meant.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(found(one))),
        several => Err(ambiguous(&text, several)),
    }
}

fn ambiguous(text: &str, runs: &[&Known]) -> Error {
    const SHOWN: usize = 5;
    let ids: Vec<&str> = runs.iter().take(SHOWN).map(|known| known.summary.run.as_str()).collect();
    let more = if runs.len() > SHOWN { ", …" } else { "" };
    Error::usage(format!("`{text}` means {} runs: {}{more}", runs.len(), ids.join(", "))).hint("type more of the id")
}
