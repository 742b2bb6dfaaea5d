//! `baton resume`: goes on with a run.

use baton_runtime::journal::{RunStatus, Signal};
use clap::Args;

use crate::args::{EXIT_CODES, OutputArgs, WhichRun};
use crate::context::Context;
use crate::decide::person;
use crate::error::{Error, Exit};
use crate::{drive, lookup, project};

/// Go on with a run that waits or was paused, or whose host died
///
/// What was finished is not done again: every answer that the run got is in its journal. The plan and the components are
/// those that the run began with; grants and limits are the project's of today. A run of a deployed version has those of its
/// version, without what baton.toml does not grant today.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ResumeArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// Who lets a paused run go on; by default the name of the user
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// There is no such run, another process drives it, or the host fails.
pub async fn run(context: &Context, args: &ResumeArgs) -> Result<Exit, Error> {
    let found = lookup::find(context, &args.which).await?;
    if found.status == RunStatus::Paused {
        let by = person(context, args.by.as_deref())?;
        let project = project::load(context, &found.project)?;
        project::open(&project)?.send(&found.run, Signal::Continue { by }).await?;
    }
    drive::resume(context, &found.project, &found.run, args.output.format).await
}
