//! Those who watch a run, and the people who may answer it. It does not know terminals.

use std::fmt;
use std::time::Duration;

use baton_journal::{BoxFuture, Decision, Entry, RunId, Timestamp, Turn};
use baton_policy::Wall;
use baton_workflow::{Ask, Run};

/// How long a host stays with a run that only waits, unless its observer says otherwise: who looks at it does not look
/// longer, and a parked run costs no memory.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What a host does with a run that waits for its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queued {
    /// It waits with it.
    Wait,
    /// It lets go of it: somebody drives it later.
    Leave,
}

/// Watches a run while the host drives it. The defaults do nothing, so that adding a method breaks nobody.
pub trait Observer: Send + Sync {
    /// The host begins to drive a run, a new one or one that it goes on with.
    fn begins(&self, run: &RunId) {
        let _ = run;
    }

    /// The run waits for its turn behind these, which have its concurrency key; asked again until they have ended.
    fn queued(&self, run: &RunId, before: &[RunId]) -> Queued {
        let _ = (run, before);
        Queued::Wait
    }

    /// How long the host stays with a run that only waits. What is further away parks the run.
    fn patience(&self) -> Duration {
        PATIENCE
    }

    /// An entry was appended and applied. Host calls of guests are not among them.
    fn entry(&self, entry: &Entry, run: &Run) {
        let _ = (entry, run);
    }

    /// The circuit of a tool, which all runs of the host share, opened or closed by a call of the run.
    fn circuit(&self, at: Timestamp, change: &CircuitChange) {
        let _ = (at, change);
    }

    /// It was time to remind those who may answer a question, or it was escalated to others: whoever can tell them does. It is
    /// told once, also if the host was away when it was due.
    fn due(&self, at: Timestamp, ask: &Ask, turn: &Turn) {
        let _ = (at, ask, turn);
    }

    /// A person is asked. Who has one at hand answers with the decision; nothing parks the run.
    fn ask<'a>(&'a self, ask: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        let _ = ask;
        Box::pin(std::future::ready(None))
    }
}

/// What became of the circuit of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CircuitChange {
    /// The tool failed again and again: its calls are refused.
    Opened {
        /// The tool, `crm/contacts.upsert`.
        tool: String,
        /// For so long.
        wait: Wall,
        /// How it failed last, in a plugin's words: escape it before showing it to a person.
        failure: String,
    },
    /// It came back: its calls are made.
    Closed {
        /// The tool.
        tool: String,
    },
}

impl fmt::Display for CircuitChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CircuitChange::Opened { tool, wait, failure } => {
                write!(f, "{tool} is left alone for {wait}, it failed again and again: {failure}")
            }
            CircuitChange::Closed { tool } => write!(f, "{tool} is back"),
        }
    }
}

/// Watches nothing and answers nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
