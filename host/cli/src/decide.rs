//! A person's answer from the command line is recorded, and the run goes on. It does not know which answer it is.

use baton_runtime::journal::Decision;

use crate::args::DecisionArgs;
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::{drive, lookup, paint, project};

/// Who answers: as said, or the user.
#[must_use]
pub fn who(context: &Context, args: &DecisionArgs) -> String {
    args.by.clone().or_else(|| context.user.clone()).unwrap_or_else(|| "somebody".to_owned())
}

/// Records an answer and goes on with the run, unless that is not wanted.
///
/// # Errors
/// The run is not found, the step does not ask, the role may not answer, the answer does not fit, or the host fails.
pub async fn record(context: &Context, args: &DecisionArgs, decision: Decision) -> Result<Exit, Error> {
    let found = lookup::find(context, &args.which).await?;
    let project = project::load(context, &found.project)?;
    let host = project::open(&project)?;
    let word = if matches!(decision, Decision::Rejected { .. }) { "rejected" } else { "approved" };
    let again = context.again(project.file());
    host.decide(&found.run, &args.step, decision).await.map_err(|error| {
        let hint = format!("see the run: {}", again.command(&["show", found.run.as_str()]));
        Error::from(error).hint(hint)
    })?;
    context.terminal.tell(&format!("{} {}", paint::outcome(word, word), args.step));
    if args.no_resume {
        context.terminal.tell(&format!("  go on with it: {}", again.command(&["resume", found.run.as_str()])));
        return Ok(Exit::Completed);
    }
    drop(host);
    drive::resume(context, &found.project, &found.run, args.output.format).await
}
