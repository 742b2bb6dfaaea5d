//! What became of a run that was made once more, for people: a line for each agent, and what all of them came to. It does
//! not know how a run is replayed.

use baton_runtime::replay::{Replayed, Verdict};
use baton_runtime::{Replay, Story};

use crate::escape::escape_line;
use crate::{format, paint};

/// The longest part of a call or a result that is shown, in characters.
const LONGEST: usize = 400;

/// How wide the columns of a run's agents are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Columns {
    invocation: usize,
    plugin: usize,
}

impl Columns {
    /// Those that hold every agent of a run.
    #[must_use]
    pub fn of(story: &Story) -> Self {
        use baton_runtime::journal::Event;
        let mut columns = Columns::default();
        for entry in story.entries() {
            if let Event::InvocationStarted { invocation, plugin, function: None, .. } = &entry.event {
                columns.invocation = columns.invocation.max(invocation.as_str().chars().count());
                columns.plugin = columns.plugin.max(plugin.chars().count());
            }
        }
        columns
    }
}

/// One invocation, and if it is not the same what it was and what it is.
#[must_use]
pub fn line(replayed: &Replayed, columns: Columns) -> String {
    let Columns { invocation, plugin } = columns;
    let id = escape_line(replayed.invocation.as_str());
    let name = escape_line(&replayed.plugin);
    format!("{id:<invocation$}  {name:<plugin$}  {}", told(replayed))
}

fn told(replayed: &Replayed) -> String {
    match &replayed.verdict {
        Verdict::Same => same(replayed),
        Verdict::Stopped => "stopped from outside; the same as far as it came".to_owned(),
        Verdict::Unfinished => "not over: there is nothing to compare".to_owned(),
        Verdict::Unavailable => paint::warn("not replayed: its component is not at hand"),
        Verdict::Diverged { sequence, recorded, replayed } => {
            format!("{}{}", paint::bad(&format!("diverged at call {sequence}")), both(recorded, replayed))
        }
        Verdict::Differs { recorded, replayed } => {
            format!("{}{}", paint::bad("came to something else"), both(recorded, replayed))
        }
    }
}

fn same(replayed: &Replayed) -> String {
    let calls = format::count(replayed.usage.host_calls, "call");
    let fuel = format::fuel(replayed.usage.fuel);
    match replayed.usage_now {
        None => format!("{}: {calls}, {fuel} fuel", paint::good("the same")),
        Some(now) => format!(
            "{}: {calls}, the same result; {} fuel in place of {fuel}",
            paint::good("the same calls"),
            format::fuel(now.fuel)
        ),
    }
}

fn both(recorded: &str, replayed: &str) -> String {
    let shown = |text: &str| escape_line(&text.chars().take(LONGEST).collect::<String>());
    format!("\n  recorded  {}\n  replayed  {}", shown(recorded), shown(replayed))
}

/// What all of them came to.
#[must_use]
pub fn summary(replay: &Replay) -> String {
    let other = replay.count(Verdict::is_other);
    let none = replay.count(|verdict| matches!(verdict, Verdict::Unfinished | Verdict::Unavailable));
    let made = replay.invocations.len() - none;
    let agents = format::count(made as u64, "invocation");
    let mut text = format!("replayed {agents} of agents: {} the same, {other} not", made - other);
    if let Some(engine) = &replay.other_engine {
        text.push_str(&format!(
            "\nthe run was made with another engine ({}): fuel and traps need not be the same",
            escape_line(engine)
        ));
    }
    text
}
