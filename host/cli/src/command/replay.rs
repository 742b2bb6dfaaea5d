//! `baton replay`: makes a run's agents work once more from the journal alone.

mod every;
mod through;

use std::path::PathBuf;

use baton_runtime::{Components, Replay, Story};
use clap::Args;

use crate::args::{Format, OutputArgs, WhichRun};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::replayed::{self, Columns};
use crate::{ending, input, lookup, project, terminal};

/// Make a run's agents work once more, offline, and compare
///
/// Each invocation of an agent is made again with the component, the input, the limits and the replies that the journal has.
/// What it calls, what it comes to, and the fuel and memory it takes must be the same to the last bit. Nothing outside is
/// reached and nothing is written. Tools are not made again: what they answered is part of their callers' record.
///
/// Exit codes: 0 everything is the same, 1 something is not, 2 the run cannot be replayed.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The run: its id, at least four characters of its beginning or end, or `last`
    #[arg(required_unless_present = "all")]
    pub run: Option<String>,

    /// The run's project: a folder with baton.toml, or the file. By default the run is looked for in the project of this
    /// folder or those above it, then in all projects that were used before
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,

    /// Replay every run of the project
    #[arg(long, conflicts_with_all = ["run", "with", "trace", "step", "until"])]
    pub all: bool,

    /// Use another version of a plugin, to see what it would have done: its calls and results are compared, not its fuel
    #[arg(long, value_name = "PLUGIN=FILE", value_parser = version)]
    pub with: Vec<(String, PathBuf)>,

    /// Tell the run entry by entry, with the fuel at each call
    #[arg(long)]
    pub trace: bool,

    /// The same, up to an entry, and what was known there: steps, and the values of state
    #[arg(long, value_name = "ENTRY")]
    pub until: Option<usize>,

    /// Go through the run entry by entry, forwards and backwards
    #[arg(long, conflicts_with_all = ["until", "trace"])]
    pub step: bool,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// `summariser=new.wasm`.
fn version(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((plugin, file)) if !plugin.is_empty() && !file.is_empty() => Ok((plugin.to_owned(), file.into())),
        _ => Err("write PLUGIN=FILE, as in summariser=new.wasm".to_owned()),
    }
}

/// Carries it out.
///
/// # Errors
/// There is no such run, its journal is damaged, or a component of it cannot be loaded.
pub async fn run(context: &Context, args: &ReplayArgs) -> Result<Exit, Error> {
    let Some(run) = args.run.clone() else {
        return every::run(context, args.project.as_deref(), args.output.format).await;
    };
    let found = lookup::find(context, &WhichRun { run, project: args.project.clone() }).await?;
    let host = project::open_to_read(&found.project)?;
    let story = host.story(&found.run).await?;
    let components = others(host.components(&story).await?, &args.with)?;
    let goes_through = args.trace || args.step || args.until.is_some();
    let as_lines = args.output.format == Format::Text && !goes_through;
    let columns = Columns::of(&story);
    let mut written = Ok(());
    let replay = host
        .replay(&story, &components, |replayed| {
            if as_lines && written.is_ok() {
                written = terminal::result(&replayed::line(replayed, columns));
            }
        })
        .await?;
    written?;
    tell(context, args, &story, replay)
}

fn others(components: Components, with: &[(String, PathBuf)]) -> Result<Components, Error> {
    with.iter()
        .try_fold(components, |components, (plugin, file)| Ok(components.with(plugin.clone(), input::component(file)?)))
}

fn tell(context: &Context, args: &ReplayArgs, story: &Story, mut replay: Replay) -> Result<Exit, Error> {
    match args.output.format {
        Format::Json => {
            if !args.trace {
                replay.invocations.iter_mut().for_each(|one| one.fuel.clear());
            }
            terminal::result(&ending::pretty(&replay)?)?;
        }
        Format::Text => {
            if args.step {
                through::step(context, story, &replay);
            } else if args.trace || args.until.is_some() {
                through::tell(context, story, &replay, args.until)?;
            }
            terminal::result(&replayed::summary(&replay))?;
        }
    }
    Ok(if replay.is_same() { Exit::Completed } else { Exit::Failed })
}
