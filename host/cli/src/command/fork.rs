//! `baton fork`: a new run that begins as another one did.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use baton_runtime::{Forked, Forking, Host, Plugins, Story};
use clap::Args;
use serde_json::json;

use crate::args::{EXIT_CODES, Format, OutputArgs, WhichRun};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::escape::escape_line;
use crate::{drive, ending, input, lookup, paint, project, terminal};

/// Begin a new run where another one was, and do a step of it once more
///
/// What the other run had done is taken over and not done again; the step, and all that follows from it, is done once more,
/// for the new run. With another input, what was taken over must be what would have been done with it. Plugins are those
/// that the run began with, grants and limits are the project's of today, or those of the version if it is deployed. Questions on which something depends that is
/// done once more are asked again: a yes is for one run. What the other run did outside stays done.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ForkArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// The step that is done once more
    #[arg(long, value_name = "STEP")]
    pub at: String,

    /// Another input of the run: a JSON file, or `-` for stdin
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,

    /// Take this plugin as it is in the project now, in place of the version that the run began with
    #[arg(long, value_name = "PLUGIN")]
    pub with: Vec<String>,

    /// Begin the new run only; `baton resume` goes on with it
    #[arg(long)]
    pub no_resume: bool,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// There is no such run or step, the run cannot be forked there, or the host fails.
pub async fn run(context: &Context, args: &ForkArgs) -> Result<Exit, Error> {
    let found = lookup::find(context, &args.which).await?;
    let today = project::today(context, &found.project)?;
    let host = project::open_store(&found.project, today.bounds())?;
    let input = args.input.as_deref().map(input::from_file).transpose()?;
    let forking = Forking { step: args.at.clone(), input, with: args.with.iter().cloned().collect::<BTreeSet<_>>() };
    let story = host.story(&found.run).await?;
    let plugins = plugins(context, &host, &found.project, &story, &forking)?;
    let forked = host.fork(&story, &forking, &plugins).await?;
    drop(host); // it has no secrets; the one that drives the run has
    context.terminal.tell(&paint::faint(&told(&forked)));
    if !args.no_resume {
        return drive::resume(context, &found.project, &forked.run, args.output.format).await;
    }
    match args.output.format {
        Format::Text => terminal::result(forked.run.as_str())?,
        Format::Json => {
            let Forked { run, redone, entries } = &forked;
            terminal::result(&ending::pretty(&json!({ "run": run, "redone": redone, "entries": entries }))?)?;
        }
    }
    Ok(Exit::Completed)
}

/// The plugins of the project as it is now. A run of a deployed version needs them only if one of them is to be another.
fn plugins(context: &Context, host: &Host, file: &Path, story: &Story, forking: &Forking) -> Result<Plugins, Error> {
    if story.version().is_some() && forking.with.is_empty() {
        return Ok(Plugins::default());
    }
    let project = project::load(context, file)?;
    project::settle(context, &project)?;
    project::build_stale(context, &project)?;
    project::load_plugins(context, &project, host)
}

fn told(forked: &Forked) -> String {
    let redone: Vec<String> = forked.redone.iter().map(|step| escape_line(step)).collect();
    format!("run {}: {} entries taken over; done once more: {}", forked.run, forked.entries, redone.join(", "))
}
