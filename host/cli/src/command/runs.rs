//! `baton runs`: the runs of a project, or of all that are known.

mod prune;

use std::path::PathBuf;

use baton_runtime::journal::{RunStatus, RunSummary};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::args::{Format, OutputArgs};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::lookup::{self, Known};
use crate::{ending, escape, format, paint, project, terminal};

pub use prune::{Choice, Ended, PruneArgs, chosen};

/// List runs
///
/// The newest first. Without PROJECT, those of all projects that were used before.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RunsArgs {
    /// The project: a folder with baton.toml, or the file
    pub project: Option<PathBuf>,

    /// The most runs that are listed
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 50)]
    pub limit: usize,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,

    /// What else to do.
    #[command(subcommand)]
    pub act: Option<Act>,
}

/// What can be done about runs.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "each is documented at its arguments, and clap would prefer what stands here")]
pub enum Act {
    Prune(PruneArgs),
}

/// Carries it out.
///
/// # Errors
/// The project's store cannot be read, or a run not be removed.
pub async fn run(context: &Context, args: &RunsArgs) -> Result<Exit, Error> {
    if let Some(Act::Prune(args)) = &args.act {
        return prune::run(context, args).await;
    }
    let runs = match &args.project {
        Some(path) => lookup::runs_of(&project::file_meant(context, Some(path))?, u32::MAX).await?,
        None => lookup::runs_of_known(context, u32::MAX).await,
    };
    let shown = &runs[..runs.len().min(args.limit)];
    match args.output.format {
        Format::Json => terminal::result(&ending::pretty(&shown.iter().map(for_programs).collect::<Vec<_>>())?)?,
        Format::Text if runs.is_empty() => context.terminal.tell("there is no run yet"),
        Format::Text => {
            terminal::result(&table(shown, &context.zone))?;
            tell_how_to_go_on(context, shown);
        }
    }
    if shown.len() < runs.len() {
        context.terminal.tell(&format!("… {} more: --limit {}", runs.len() - shown.len(), runs.len()));
    }
    Ok(Exit::Completed)
}

/// The commands that go on with the newest of the runs that were interrupted.
fn tell_how_to_go_on(context: &Context, runs: &[Known]) {
    const SHOWN: usize = 3;
    for known in runs.iter().filter(|known| known.summary.status == RunStatus::Interrupted).take(SHOWN) {
        let command = context.again(&known.project).command(&["resume", known.summary.run.as_str()]);
        context.terminal.tell(&format!("go on with what was interrupted: {command}"));
    }
}

fn for_programs(known: &Known) -> serde_json::Value {
    let run = &known.summary;
    json!({
        "run": run.run, "workflow": run.workflow, "version": run.version, "status": run.status, "started": run.started, "updated": run.updated,
        "entries": run.entries, "bytes": run.bytes, "project": known.project.display().to_string(),
    })
}

/// The runs as lines; with a heading for each project if there are several.
#[must_use]
pub fn table(runs: &[Known], zone: &TimeZone) -> String {
    const USUAL: usize = "completed".len();
    let several = runs.windows(2).any(|pair| pair[0].project != pair[1].project);
    let width = runs.iter().map(|known| workflow(&known.summary).chars().count()).max().unwrap_or_default();
    let statuses = runs.iter().map(|known| paint::run_status(known.summary.status).len()).fold(USUAL, usize::max);
    let lines: Vec<String> = runs.iter().map(|known| line(known, several, (statuses, width), zone)).collect();
    lines.join("\n")
}

/// The workflow, with the number of its version if it is deployed: `client-onboarding@2`.
fn workflow(run: &RunSummary) -> String {
    match run.version {
        Some(version) => format!("{}@{version}", run.workflow),
        None => run.workflow.clone(),
    }
}

fn line(known: &Known, with_project: bool, (statuses, width): (usize, usize), zone: &TimeZone) -> String {
    let run = &known.summary;
    let word = paint::run_status(run.status);
    let status = paint::outcome(word, &format!("{word:<statuses$}"));
    let workflow = format!("{:<width$}", escape::escape_line(&workflow(run)));
    let took = format::duration(format::between(run.started, run.updated));
    let mut line = format!("{}  {status}  {workflow}  {}  {took:>9}", run.run, format::moment(run.started, zone));
    if with_project && let Some(folder) = known.project.parent() {
        line.push_str(&paint::faint(&format!("  {}", escape::escape_line(&folder.display().to_string()))));
    }
    line
}
