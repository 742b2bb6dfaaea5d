//! `baton build`: the project's plugins, from source.

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::error::{Error, Exit};
use crate::project;

/// Build a project's plugins from source
///
/// Runs the command that each plugin.toml names under `[build]`, where the component is missing or older than its sources.
/// The Rust target for components is installed with rustup if it is missing.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    pub project: Option<PathBuf>,

    /// Build also what is up to date
    #[arg(long)]
    pub all: bool,
}

/// Carries it out.
///
/// # Errors
/// The project is not one, or a build fails.
pub fn run(context: &Context, args: &BuildArgs) -> Result<Exit, Error> {
    let project = project::load_meant(context, args.project.as_deref(), "build examples/client-onboarding")?;
    if args.all {
        project::build_all(context, &project)?;
    } else if project.plugins().any(|plugin| plugin.is_stale()) {
        project::build_stale(context, &project)?;
    } else {
        context.terminal.tell("everything is up to date");
    }
    Ok(Exit::Completed)
}
