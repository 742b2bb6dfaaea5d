//! A run is driven for a command: watched, interrupted by Ctrl-C or SIGTERM, and told when it ends or waits. It does not
//! know which command it is.

use std::future::Future;
use std::path::Path;

use baton_runtime::journal::RunId;
use baton_runtime::{Ending, Error as HostError, Host};
use tokio::signal::unix::{SignalKind, signal};

use crate::args::Format;
use crate::context::Context;
use crate::ending;
use crate::error::{Error, Exit};
use crate::progress::Screen;
use crate::{escape, paint, project};

/// Drives a run with a screen until it ends, waits, fails or is interrupted, and tells how it stands.
///
/// # Errors
/// The host failed, or it was interrupted; the hint says how to go on.
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
        exit = interrupt() => Err(Error::interrupted(exit)),
    };
    screen.end();
    let again = context.again(project);
    let ending = driven.map_err(|error| match screen.run() {
        Some(run) => {
            error.hint(format!("the run is kept; to go on with it: {}", again.command(&["resume", run.as_str()])))
        }
        None => error,
    })?;
    let story = host.story(&ending.run).await;
    ending::result(context, &ending, story.as_ref().ok(), format)?; // also if the journal cannot be read again
    ending::tell(context, &again, &story?, &ending);
    Ok(Exit::of_outcome(ending.outcome))
}

/// Goes on with a run of a project.
///
/// # Errors
/// As [`to_its_end`].
pub async fn resume(context: &Context, file: &Path, run: &RunId, format: Format) -> Result<Exit, Error> {
    let today = project::today(context, file)?;
    let host = project::open_store(file, today.bounds())?;
    let story = host.story(run).await?;
    if let Some(engine) = story.other_engine() {
        let line = format!("the run was begun with another engine ({engine}): an agent that was at work may diverge");
        context.terminal.tell(&format!("{} {}", paint::warn("warning:"), escape::escape_line(&line)));
    }
    let screen = Screen::for_story(context, &story);
    if story.version().is_some() {
        let host = project::with_secrets_of(host.clone(), &host.frozen_of(&story).await?, &today)?;
        drop(story); // the host reads it again, under its claim
        let driving = host.resume_version(run, &today, screen.clone());
        return to_its_end(context, file, &host, &screen, format, driving).await;
    }
    drop((story, host));
    let project = project::load(context, file)?;
    let host = project::open_to_run(&project)?;
    let driving = host.resume(run, &project, screen.clone());
    to_its_end(context, project.file(), &host, &screen, format, driving).await
}

/// Waits for Ctrl-C or SIGTERM. What cannot be heard ends the process as ever.
async fn interrupt() -> Exit {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    let pressed = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = pressed => Exit::Interrupted,
        () = terminated => Exit::Terminated,
    }
}
