//! `baton rollback`: an older version becomes current again.

use baton_runtime::journal::Deployment;
use clap::Args;

use crate::args::{ByArgs, Format, OutputArgs, WhichWorkflow};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{decide, deployed, ending, paint, project, terminal};

/// Make an older version current again
///
/// New runs take it; what is running stays on its own. Without --to, a version that is being tried is taken back; if there is
/// none, the version that was current before becomes so again. Nothing is deleted: the history has one more line.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The workflow.
    #[command(flatten)]
    pub which: WhichWorkflow,

    /// The number of the version that becomes current
    #[arg(long, value_name = "NUMBER")]
    pub to: Option<u32>,

    /// Who rolls back.
    #[command(flatten)]
    pub by: ByArgs,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// There is no such version, something of it is gone, or the store fails.
pub async fn run(context: &Context, args: &RollbackArgs) -> Result<Exit, Error> {
    let by = decide::who(context, args.by.by.as_ref())?;
    let file = deployed::require(context, &args.which).await?;
    let host = project::open_store(&file, project::today(context, &file)?.bounds())?;
    let line = host.roll_back(&args.which.workflow, args.to, &by).await?;
    tell(context, line, args.output.format)
}

/// Tells the new line of a workflow's history; there is none if another process was faster.
pub(super) fn tell(context: &Context, line: Option<Deployment>, format: Format) -> Result<Exit, Error> {
    match (&line, format) {
        (Some(line), Format::Text) => {
            terminal::result(&format!("{} {}", paint::good("ok:"), deployed::told(&line.traffic)))?;
        }
        (None, Format::Text) => context.terminal.tell("it was so already"),
        (line, Format::Json) => terminal::result(&ending::pretty(line)?)?,
    }
    Ok(Exit::Completed)
}
