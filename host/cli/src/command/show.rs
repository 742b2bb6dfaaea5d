//! `baton show`: what happened in a run.

use baton_runtime::journal::{RunStatus, Store as _};
use baton_runtime::{ReadOnlyStore, Story};
use clap::Args;

use crate::args::{Format, OutputArgs, WhichRun};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::story::{Telling, for_people, for_programs};
use crate::{ask, ending, lookup, paint, project, terminal};

/// Show what happened in a run
///
/// Step by step in the order in which they began: inputs, outputs, findings, host calls with their replies, lines that
/// plugins wrote, denials, failures, questions with their answers, and what everything used.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// Show long values to their end
    #[arg(long)]
    pub full: bool,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// There is no such run, or its journal is damaged.
pub async fn run(context: &Context, args: &ShowArgs) -> Result<Exit, Error> {
    let found = lookup::find(context, &args.which).await?;
    let store = ReadOnlyStore::open(project::store_of(&found.project))?;
    let story = Story::of(found.run.clone(), store.entries(found.run).await?)?;
    let mut ending = story.ending();
    if ending.outcome == "running" && matches!(found.status, RunStatus::Interrupted | RunStatus::Queued) {
        ending.outcome = paint::run_status(found.status); // the journal alone does not tell
    }
    let spending = story.spending();
    match args.output.format {
        Format::Json => terminal::result(&ending::pretty(&for_programs(&ending, &spending, story.entries()))?)?,
        Format::Text => {
            let (spending, entries) = (&spending, story.entries());
            let telling = Telling { ending: &ending, spending, entries, zone: &context.zone, full: args.full };
            terminal::result(&for_people(&telling))?;
            if ending.outcome == "interrupted" {
                let command = context.again(&found.project).command(&["resume", story.id().as_str()]);
                terminal::result(&format!("\nno process drives it; go on with it: {command}"))?;
            }
            waiting(context, &found.project, &story)?;
        }
    }
    Ok(Exit::Completed)
}

/// The commands that answer what the run waits for.
fn waiting(context: &Context, project: &std::path::Path, story: &Story) -> Result<(), Error> {
    let again = context.again(project);
    for question in story.questions() {
        terminal::result(&ask::question(&question, &context.zone))?;
        for command in ending::commands(&again, story.id().as_str(), &question) {
            terminal::result(&format!("  {command}"))?;
        }
    }
    Ok(())
}
