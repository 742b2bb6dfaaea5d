//! `baton pause`: a run shall rest.

use baton_runtime::journal::Signal;
use clap::Args;

use crate::args::WhichRun;
use crate::context::Context;
use crate::decide::person;
use crate::error::{Error, Exit};
use crate::{lookup, paint, project};

/// Let a run rest
///
/// What is at work comes to its end; nothing else begins until `baton resume`. Questions can be answered meanwhile, and the
/// run's wall time stands still.
#[derive(Debug, Args)]
pub struct PauseArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,

    /// Who wants it; by default the name of the user
    #[arg(long, visible_alias = "as", value_name = "NAME")]
    pub by: Option<String>,
}

/// Carries it out.
///
/// # Errors
/// There is no such run, it has ended, or the store fails.
pub async fn run(context: &Context, args: &PauseArgs) -> Result<Exit, Error> {
    let by = person(context, args.by.as_deref())?;
    let found = lookup::find(context, &args.which).await?;
    let project = project::load(context, &found.project)?;
    let host = project::open(&project)?;
    let number = host.send(&found.run, Signal::Pause { by, reason: args.reason.clone() }).await?;
    let is_taken = host.deliver(&found.run).await? || host.is_taken(&found.run, number).await?;
    let when = if is_taken { "" } else { ": as soon as the process that drives it looks" };
    let again = context.again(project.file()).command(&["resume", found.run.as_str()]);
    context.terminal.tell(&format!("{} {}{when}", paint::outcome("paused", "paused"), found.run));
    context.terminal.tell(&format!("  go on with it: {again}"));
    Ok(Exit::Completed)
}
