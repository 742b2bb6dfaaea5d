//! A run is driven for a command: watched, interrupted by Ctrl-C, and told when it ends or waits. It does not know which
//! command it is.

use std::future::Future;
use std::path::Path;

use baton_runtime::bundle::Project;
use baton_runtime::journal::RunId;
use baton_runtime::{Ending, Error as HostError, Host};

use crate::args::Format;
use crate::context::Context;
use crate::ending;
use crate::error::{Error, Exit};
use crate::progress::Screen;
use crate::project;

/// Drives a run with a screen until it ends, waits, fails or is interrupted, and tells how it stands.
///
/// # Errors
/// The host failed, or somebody pressed Ctrl-C; the hint says how to go on.
pub async fn to_its_end(
    context: &Context,
    project: &Path,
    host: &Host,
    screen: &Screen,
    format: Format,
    driving: impl Future<Output = Result<Ending, HostError>>,
) -> Result<Exit, Error> {
    let driven = tokio::select! {
        ending = driving => ending.map_err(Error::from),
        () = interrupt() => Err(Error::interrupted()),
    };
    screen.end();
    let again = context.again(project);
    let ending = driven.map_err(|error| match screen.run() {
        Some(run) => {
            error.hint(format!("the run is kept; to go on with it: {}", again.command(&["resume", run.as_str()])))
        }
        None => error,
    })?;
    ending::result(&ending, format)?;
    ending::tell(context, &again, &host.story(&ending.run).await?, &ending);
    Ok(Exit::of_outcome(ending.outcome))
}

/// Goes on with a run of a project.
///
/// # Errors
/// As [`to_its_end`].
pub async fn resume(context: &Context, file: &Path, run: &RunId, format: Format) -> Result<Exit, Error> {
    let project: Project = project::load(context, file)?;
    let host = project::open(&project)?;
    let story = host.story(run).await?;
    let screen = Screen::for_story(context, &story);
    drop(story); // the host reads it again, under its claim
    let driving = host.resume(run, &project, screen.clone());
    to_its_end(context, project.file(), &host, &screen, format, driving).await
}

/// Waits for Ctrl-C. Where it cannot be heard, the process ends by it as ever.
async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
