//! `baton approve`: a person says yes.

use std::path::PathBuf;

use baton_runtime::journal::{Decision, Payload};
use clap::Args;

use crate::args::{DecisionArgs, EXIT_CODES};
use crate::context::Context;
use crate::decide;
use crate::error::{Error, Exit};
use crate::input;

/// Approve what a step asks, and go on with the run
///
/// The answer is recorded in the run's journal with who gave it and in which role. If several people must say yes, it is
/// one vote, and nobody has two. Asked about a call that was in flight
/// when its host died, it means: make it again.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ApproveArgs {
    /// The answer.
    #[command(flatten)]
    pub decision: DecisionArgs,

    /// What the step asks for, if it asks for more than a yes: a file of JSON, or `-` for stdin
    #[arg(long, value_name = "FILE")]
    pub answer: Option<PathBuf>,
}

/// Carries it out.
///
/// # Errors
/// The run is not found, the step does not ask, the role may not answer, the answer does not fit, or the host fails.
pub async fn run(context: &Context, args: &ApproveArgs) -> Result<Exit, Error> {
    let answer = args.answer.as_deref().map(input::from_file).transpose()?;
    let given = &args.decision;
    let decision = Decision::Approved {
        by: decide::person(context, given.person.by.as_deref())?,
        role: given.person.role.clone(),
        comment: given.person.comment.clone(),
        answer: answer.as_ref().map(Payload::json),
    };
    decide::record(context, given, decision).await
}
