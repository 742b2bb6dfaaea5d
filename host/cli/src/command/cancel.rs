//! `baton cancel`: a run shall end.

use baton_runtime::journal::{RunStatus, Signal, StoreError};
use baton_runtime::plan::Status;
use clap::Args;

use crate::args::{OutputArgs, WhichRun};
use crate::context::Context;
use crate::decide::person;
use crate::error::{Error, Exit};
use crate::{drive, lookup, paint, project, terminal};

/// End a run that somebody does not want any more
///
/// What is at work is stopped, nothing else begins, what was done is undone as the workflow says (`compensate`), and `finally`
/// has the last word. Who wanted it and why is in the run's journal. A run that another process drives ends there; one that
/// waits or was interrupted is driven to its end here.
#[derive(Debug, Args)]
pub struct CancelArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,

    /// Who wants it; by default the name of the user
    #[arg(long, visible_alias = "as", value_name = "NAME")]
    pub by: Option<String>,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// There is no such run, it has ended, or the host fails.
pub async fn run(context: &Context, args: &CancelArgs) -> Result<Exit, Error> {
    let by = person(context, args.by.as_deref())?;
    let found = lookup::find(context, &args.which).await?;
    let project = project::load(context, &found.project)?;
    let host = project::open(&project)?;
    let number = host.send(&found.run, Signal::Cancel { by, reason: args.reason.clone() }).await?;
    if matches!(found.status, RunStatus::Running | RunStatus::Queued) && host.is_taken(&found.run, number).await? {
        context.terminal.tell(&format!(
            "{} {}: it ends where it is driven",
            paint::outcome("cancelled", "cancelled"),
            found.run
        ));
        return Ok(Exit::Completed);
    }
    drop(host);
    let driven = drive::resume(context, &found.project, &found.run, args.output.format).await;
    let host = project::open(&project)?;
    match driven {
        // Another process drives it after all, and takes the signal there.
        Err(_)
            if matches!(
                host.deliver(&found.run).await,
                Ok(false) | Err(baton_runtime::Error::Store(StoreError::Ended(_)))
            ) =>
        {
            terminal::result(&format!("{} ends where it is driven", found.run))?;
            Ok(Exit::Completed)
        }
        Ok(exit) if exit != Exit::Failed => Ok(exit),
        Ok(exit) => {
            let story = host.story(&found.run).await?;
            let is_done = story.machine().status() == Status::Ended && story.ending().outcome == "cancelled";
            Ok(if is_done { Exit::Completed } else { exit })
        }
        Err(error) => Err(error),
    }
}
