//! `baton store`: looks after the file in which a project keeps its runs.

mod check;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::error::{Error, Exit};

pub use check::{CheckArgs, for_programs, line, summary};

/// Look after the file of runs and state
#[derive(Debug, Args)]
pub struct StoreArgs {
    /// What to do.
    #[command(subcommand)]
    pub act: Act,
}

/// What can be done with a store.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "each is documented at its arguments, and clap would prefer what stands here")]
pub enum Act {
    Check(CheckArgs),
}

/// Carries it out.
///
/// # Errors
/// There is no such project, or its store cannot be read.
pub fn run(context: &Context, args: &StoreArgs) -> Result<Exit, Error> {
    match &args.act {
        Act::Check(args) => check::run(context, args),
    }
}
