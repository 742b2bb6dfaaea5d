//! `baton delegate`: a person hands their vote to another one.

use baton_runtime::Said;
use clap::Args;

use crate::args::{PersonArgs, WhichRun, name};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{decide, paint};

/// Let another person answer in your place
///
/// Where the step allows it. The other one answers in the role that you have; the vote is still one. Who handed it to whom is
/// recorded in the run's journal.
#[derive(Debug, Args)]
pub struct DelegateArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// The step that asks
    pub step: String,

    /// Who shall answer
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub to: String,

    /// Who hands the vote on.
    #[command(flatten)]
    pub person: PersonArgs,
}

/// Carries it out.
///
/// # Errors
/// The run is not found, the step does not ask or does not allow it, the person has no vote, or the other one has one.
pub async fn run(context: &Context, args: &DelegateArgs) -> Result<Exit, Error> {
    let by = decide::person(context, args.person.by.as_deref())?;
    let (role, comment) = (args.person.role.clone(), args.person.comment.clone());
    let said = Said::Delegation { by, role, to: args.to.clone(), comment };
    decide::say(context, &args.which, &args.step, &args.person, said).await?;
    let word = paint::outcome("completed", "delegated");
    context.terminal.tell(&format!("{word} {} to {}", args.step, crate::escape::escape_line(&args.to)));
    Ok(Exit::Completed)
}
