//! `baton migrate`: a run goes on as one of another version, if all that happened fits that version.

use baton_runtime::{Difference, Trial};
use clap::Args;
use serde_json::json;

use crate::again::Again;
use crate::args::{ByArgs, Format, OutputArgs, WhichRun};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::escape::escape_line;
use crate::replayed::{self, Columns};
use crate::{decide, ending, format, lookup, paint, project, terminal};

/// Have a run go on as one of another version, if what happened fits that
///
/// It is tried first: every entry of the run's journal must be what the version's plan leads to, and every agent of which the
/// version has another component must make the same calls and come to the same result with it. Nothing outside is reached. If
/// all fits, the journal notes it, and `baton resume` goes on under the version. Else the run stays as it is, and what differs
/// first is told.
///
/// Exit codes: 0 it fits, 1 it does not, 2 it cannot be tried.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// The number of the version that the run goes on as
    #[arg(long, value_name = "VERSION")]
    pub to: u32,

    /// Try it only: the run stays on its version
    #[arg(long)]
    pub dry_run: bool,

    /// Who migrates.
    #[command(flatten)]
    pub by: ByArgs,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// There is no such run or version, another process drives the run, or the host fails.
pub async fn run(context: &Context, args: &MigrateArgs) -> Result<Exit, Error> {
    let by = decide::who(context, args.by.by.as_ref())?;
    let found = lookup::find(context, &args.which).await?;
    let today = project::today(context, &found.project)?;
    let host = project::open_store(&found.project, today.bounds())?;
    let story = host.story(&found.run).await?;
    let version = host.version_for(&story.header().workflow, Some(args.to), &found.run).await?;
    let release = host.release(version, &today, |_| {}).await?;
    let columns = Columns::of(&story);
    let each = |one: &_| context.terminal.tell(&replayed::line(one, columns));
    let trial = if args.dry_run {
        host.try_version(&story, &release, each).await?
    } else {
        host.migrate(&found.run, &release, &by, each).await?
    };
    match args.output.format {
        Format::Text => terminal::result(&statement(&trial, args.dry_run))?,
        Format::Json => terminal::result(&ending::pretty(&for_programs(&trial, args.dry_run))?)?,
    }
    tell_what_next(context, &context.again(&found.project), &trial, args.dry_run);
    Ok(if trial.fits() { Exit::Completed } else { Exit::Failed })
}

/// The commands with which it goes on from there.
fn tell_what_next(context: &Context, again: &Again, trial: &Trial, dry_run: bool) {
    let (run, to) = (trial.run.as_str(), trial.to.number.to_string());
    match (trial.fits(), dry_run) {
        (true, true) => context.terminal.tell(&format!("  {}", again.command(&["migrate", run, "--to", &to]))),
        (true, false) => context.terminal.tell(&format!("  {}", again.command(&["resume", run]))),
        (false, _) => {
            let resume = again.command(&["resume", run]);
            context.terminal.tell(&format!("  let it end on its own version: {resume}"));
            let fork = again.command(&["fork", run, "--at", "STEP"]);
            context
                .terminal
                .tell(&format!("  or begin a new run where this one was, with a step done once more: {fork}"));
        }
    }
}

/// What came of it, in words.
#[must_use]
pub fn statement(trial: &Trial, dry_run: bool) -> String {
    let Trial { from, to, entries, invocations, difference, .. } = trial;
    let Some(difference) = difference else {
        let agents = match invocations.len() {
            0 => String::new(),
            number => format!(", and {} with another component", format::count(number as u64, "invocation")),
        };
        let goes_on = if dry_run { "it can go on" } else { "it goes on" };
        return format!("{} {entries} entries{agents} fit: {goes_on} as version {}", paint::good("ok:"), to.number);
    };
    let from = from.map_or_else(|| "as it is".to_owned(), |from| format!("version {}", from.number));
    format!(
        "{} the run does not fit version {}\n{}",
        paint::bad("not migrated:"),
        to.number,
        both(difference, &from, to.number)
    )
}

fn both(difference: &Difference, from: &str, to: u32) -> String {
    let place = difference.entry.map(|entry| format!("entry {entry}: ")).unwrap_or_default();
    let to = format!("version {to}");
    let width = from.chars().count().max(to.chars().count());
    format!(
        "  {place}{}\n  {from:<width$}  {}\n  {to:<width$}  {}",
        escape_line(&difference.what),
        escape_line(&difference.was),
        escape_line(&difference.would_be)
    )
}

/// The trial with whether anything was done about it.
fn for_programs(trial: &Trial, dry_run: bool) -> serde_json::Value {
    let mut told = json!(trial);
    told["fits"] = json!(trial.fits());
    told["migrated"] = json!(trial.fits() && !dry_run);
    told
}
