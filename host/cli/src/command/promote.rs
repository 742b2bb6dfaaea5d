//! `baton promote`: the version that is being tried becomes current.

use clap::Args;

use crate::args::{ByArgs, OutputArgs, WhichWorkflow};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{decide, deployed, project};

use super::rollback::tell;

/// Make the version that is being tried current
///
/// All new runs take it, as it was stored, whatever became of the project since.
#[derive(Debug, Args)]
pub struct PromoteArgs {
    /// The workflow.
    #[command(flatten)]
    pub which: WhichWorkflow,

    /// Who promotes.
    #[command(flatten)]
    pub by: ByArgs,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// No version is being tried, something of it is gone, or the store fails.
pub async fn run(context: &Context, args: &PromoteArgs) -> Result<Exit, Error> {
    let by = decide::who(context, args.by.by.as_ref())?;
    let file = deployed::require(context, &args.which).await?;
    let host = project::open_store(&file, project::today(context, &file)?.bounds())?;
    let line = host.promote(&args.which.workflow, &by).await?;
    tell(context, line, args.output.format)
}
