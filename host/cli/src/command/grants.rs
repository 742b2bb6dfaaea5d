//! `baton grants`: who may do what, why, and what changed since it was accepted.

mod accept;
mod diff;
mod explain;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::OutputArgs;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::project;

use accept::AcceptArgs;
use explain::ExplainArgs;

/// The command with a project, for those who have none.
const EXAMPLE: &str = "grants examples/client-onboarding";

/// Show what each plugin asks for, is granted and may do
///
/// A plugin may do what its author asked for (plugin.toml) and the operator granted (baton.toml): both, by name. What it
/// was accepted with stands in baton.lock; how it changed since is shown, and whether it may run.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct GrantsArgs {
    /// The project: a folder with baton.toml, or the file; by default that of this folder or of one above it
    pub project: Option<PathBuf>,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,

    /// What else to do.
    #[command(subcommand)]
    pub act: Option<Act>,
}

/// What can be done about grants.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "each is documented at its arguments, and clap would prefer what stands here")]
pub enum Act {
    Explain(ExplainArgs),
    Accept(AcceptArgs),
}

/// Carries it out.
///
/// # Errors
/// The project or its lock cannot be read, it has no such plugin, or the lock cannot be written.
pub fn run(context: &Context, args: &GrantsArgs) -> Result<Exit, Error> {
    match &args.act {
        None => {
            show::run(context, &project::load_meant(context, args.project.as_deref(), EXAMPLE)?, args.output.format)
        }
        Some(Act::Explain(args)) => {
            explain::run(context, &project::load_meant(context, args.project.as_deref(), EXAMPLE)?, args)
        }
        Some(Act::Accept(args)) => {
            accept::run(context, &project::load_meant(context, args.project.as_deref(), EXAMPLE)?, args)
        }
    }
}
