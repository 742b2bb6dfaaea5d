//! `baton replay`: makes a run's agents work once more from the journal alone.

use baton_runtime::Replay;
use baton_runtime::replay::{Replayed, Verdict};
use clap::Args;

use crate::args::{Format, OutputArgs, WhichRun};
use crate::context::Context;
use crate::error::{Error, Exit};
use crate::escape::escape_line;
use crate::{ending, format, lookup, project, terminal};

/// Make a run's agents work once more, offline, and compare
///
/// Each invocation of an agent is made again with the component, the input, the limits and the replies that the journal has.
/// What it calls, what it comes to, and the fuel and memory it takes must be the same to the last bit. Nothing outside is
/// reached and nothing is written. Tools are not made again: what they answered is part of their callers' record.
///
/// Exit codes: 0 everything is the same, 1 something is not, 2 the run cannot be replayed.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The run.
    #[command(flatten)]
    pub which: WhichRun,

    /// The form of the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Carries it out.
///
/// # Errors
/// There is no such run, its journal is damaged, or a component of it cannot be loaded.
pub async fn run(context: &Context, args: &ReplayArgs) -> Result<Exit, Error> {
    let found = lookup::find(context, &args.which).await?;
    let host = project::open_store(&found.project)?;
    let story = host.story(&found.run).await?;
    let for_people = args.output.format == Format::Text;
    let mut written = Ok(());
    let replay = host
        .replay(&story, |replayed| {
            if for_people && written.is_ok() {
                written = terminal::result(&line(replayed));
            }
        })
        .await?;
    written?;
    match args.output.format {
        Format::Json => terminal::result(&ending::pretty(&replay)?)?,
        Format::Text => terminal::result(&summary(&replay))?,
    }
    Ok(if replay.is_same() { Exit::Completed } else { Exit::Failed })
}

/// One invocation, and if it is not the same what it was and what it is.
#[must_use]
pub fn line(replayed: &Replayed) -> String {
    let Replayed { invocation, plugin, usage, verdict } = replayed;
    let what = match verdict {
        Verdict::Same => {
            let calls = format::count(usage.host_calls, "call");
            format!("the same: {calls}, {} fuel", format::fuel(usage.fuel))
        }
        Verdict::Stopped => "stopped from outside; the same as far as it came".to_owned(),
        Verdict::Unfinished => "not over: there is nothing to compare".to_owned(),
        Verdict::Diverged { sequence, recorded, replayed } => {
            format!("diverged at call {sequence}{}", both(recorded, replayed))
        }
        Verdict::Differs { recorded, replayed } => format!("came to something else{}", both(recorded, replayed)),
    };
    format!("{invocation}  {plugin}  {what}")
}

fn both(recorded: &str, replayed: &str) -> String {
    const LONGEST: usize = 400;
    let shown = |text: &str| escape_line(&text.chars().take(LONGEST).collect::<String>());
    format!("\n  recorded  {}\n  replayed  {}", shown(recorded), shown(replayed))
}

/// What all of them came to.
#[must_use]
pub fn summary(replay: &Replay) -> String {
    let all = replay.invocations.len();
    let count = |is: fn(&Verdict) -> bool| replay.invocations.iter().filter(|one| is(&one.verdict)).count();
    let other = count(|verdict| matches!(verdict, Verdict::Diverged { .. } | Verdict::Differs { .. }));
    let open = count(|verdict| *verdict == Verdict::Unfinished);
    let agents = format::count((all - open) as u64, "invocation");
    let mut text = format!("replayed {agents} of agents: {} the same, {other} not", all - open - other);
    if let Some(engine) = &replay.other_engine {
        text.push_str(&format!(
            "\nthe run was made with another engine ({}): fuel and traps need not be the same",
            escape_line(engine)
        ));
    }
    text
}
