//! `baton versions`: the versions of deployed workflows, who takes them, and what was done about them.

use std::path::{Path, PathBuf};

use baton_runtime::journal::{Deployment, Version};
use clap::Args;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::args::{Format, OutputArgs};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::escape::escape_line;
use crate::{deployed, ending, format, lookup, paint, terminal};

/// List the versions of deployed workflows
///
/// With how many of a hundred new runs take each, and how many runs are still on it.
#[derive(Debug, Args)]
pub struct VersionsArgs {
    /// The workflow; by default all that are deployed
    pub workflow: Option<String>,

    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it, or else all that
    /// were used before
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,

    /// List what was done about them instead: when, by whom, and which version took new runs from then on
    #[arg(long)]
    pub history: bool,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// A version in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Which it is.
    #[serde(flatten)]
    pub version: Version,
    /// How many of a hundred new runs take it.
    pub weight: u8,
    /// How many runs that have not ended are of it.
    pub runs: u64,
    /// The file of the project that it was deployed from.
    pub project: String,
}

/// What is known of deployed workflows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Known {
    /// The versions, by workflow and number.
    pub versions: Vec<Listed>,
    /// What was done about them, in order.
    pub history: Vec<Deployment>,
}

/// Carries it out.
///
/// # Errors
/// The workflow is deployed nowhere, or a store cannot be read.
pub async fn run(context: &Context, args: &VersionsArgs) -> Result<Exit, Error> {
    let files = match (lookup::near(context, args.project.as_deref()), &args.workflow) {
        (_, Some(workflow)) => Vec::from_iter(deployed::find(context, workflow, args.project.as_deref()).await?),
        (Some(near), None) => vec![near],
        (None, None) => context.projects.list(),
    };
    let mut known = Known::default();
    for file in &files {
        known.read(file, args.workflow.as_deref()).await?;
    }
    if let Some(workflow) = args.workflow.as_ref().filter(|_| known.versions.is_empty()) {
        return Err(deployed::nowhere(workflow));
    }
    match args.output.format {
        Format::Json => terminal::result(&ending::pretty(&known)?)?,
        Format::Text if known.versions.is_empty() => context.terminal.tell("no workflow is deployed yet"),
        Format::Text if args.history => terminal::result(&history(&known.history, &context.zone))?,
        Format::Text => terminal::result(&table(&known.versions, &context.zone))?,
    }
    Ok(Exit::Completed)
}

impl Known {
    /// Adds what the store of a project has.
    async fn read(&mut self, file: &Path, workflow: Option<&str>) -> Result<(), Error> {
        let mut versions = deployed::versions_of(file).await?;
        versions.retain(|version| workflow.is_none_or(|workflow| version.workflow == workflow));
        let mut runs = lookup::runs_of(file, u32::MAX).await?;
        runs.retain(|run| !run.summary.status.has_ended());
        let mut last: Option<Deployment> = None;
        for version in versions {
            if last.as_ref().is_none_or(|line| line.workflow != version.workflow) {
                let history = deployed::history_of(file, &version.workflow).await?;
                last = history.last().cloned();
                self.history.extend(history);
            }
            let on_it = |run: &&lookup::Known| {
                run.summary.workflow == version.workflow && run.summary.version == Some(version.number)
            };
            let runs = runs.iter().filter(on_it).count() as u64;
            let weight = last.as_ref().map_or(0, |line| line.traffic.share(version.number));
            self.versions.push(Listed { version, weight, runs, project: file.display().to_string() });
        }
        Ok(())
    }
}

/// The versions as lines under the names of their workflows, the newest first.
#[must_use]
pub fn table(versions: &[Listed], zone: &TimeZone) -> String {
    let mut lines = Vec::new();
    for workflow in versions.chunk_by(|a, b| a.version.workflow == b.version.workflow && a.project == b.project) {
        lines.extend(workflow.first().map(|first| escape_line(&first.version.workflow)));
        lines.extend(workflow.iter().rev().map(|listed| line(listed, zone)));
    }
    lines.join("\n")
}

fn line(listed: &Listed, zone: &TimeZone) -> String {
    let Listed { version, weight, runs, .. } = listed;
    let takes = if *weight == 0 { String::new() } else { format!("{weight}% of new runs") };
    let open = if *runs == 0 { String::new() } else { format!("{} on it", format::count(*runs, "run")) };
    let (number, digest, at) = (version.number, version.digest.short(), format::moment(version.at, zone));
    let takes = paint::good(&format!("{takes:<16}"));
    let line = format!("  {number:>3}  {digest}  {at}  {takes}  {open:<13}  {}", escape_line(&version.by));
    line.trim_end().to_owned()
}

/// The history as lines under the names of the workflows, the newest first.
#[must_use]
pub fn history(lines: &[Deployment], zone: &TimeZone) -> String {
    let mut told = Vec::new();
    for workflow in lines.chunk_by(|a, b| a.workflow == b.workflow && a.sequence < b.sequence) {
        told.extend(workflow.first().map(|first| escape_line(&first.workflow)));
        told.extend(workflow.iter().rev().map(|line| {
            let (at, deed, by) = (format::moment(line.at, zone), line.deed.as_str(), escape_line(&line.by));
            format!("  {at}  {deed:<11}  {}  {}", deployed::told(&line.traffic), paint::faint(&format!("by {by}")))
        }));
    }
    told.join("\n")
}
