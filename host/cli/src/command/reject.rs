//! `baton reject`: a person says no.

use baton_runtime::journal::Decision;
use clap::Args;

use crate::args::{DecisionArgs, EXIT_CODES};
use crate::context::Context;
use crate::decide;
use crate::error::{Error, Exit};

/// Reject what a step asks, and go on with the run
///
/// The answer is recorded in the run's journal with who gave it and in which role. The workflow says what
/// follows. Asked about a call that was in flight when its host died, it means: do not make it again.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RejectArgs {
    /// The answer.
    #[command(flatten)]
    pub decision: DecisionArgs,
}

/// Carries it out.
///
/// # Errors
/// The run is not found, the step does not ask, the role may not answer, or the host fails.
pub async fn run(context: &Context, args: &RejectArgs) -> Result<Exit, Error> {
    let given = &args.decision;
    let decision = Decision::Rejected {
        by: decide::person(context, given.person.by.as_deref())?,
        role: given.person.role.clone(),
        comment: given.person.comment.clone(),
    };
    decide::record(context, given, decision).await
}
