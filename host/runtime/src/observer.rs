//! Those who watch a run, and the people who may answer it. It does not know terminals.

use std::fmt;

use baton_journal::{BoxFuture, Decision, Entry, RunId, Timestamp};
use baton_policy::Wall;
use baton_workflow::{Ask, Run};

/// Watches a run while the host drives it. The defaults do nothing, so that adding a method breaks nobody.
pub trait Observer: Send + Sync {
    /// The host begins to drive a run, a new one or one that it goes on with.
    fn begins(&self, run: &RunId) {
        let _ = run;
    }

    /// An entry was appended and applied. Host calls of guests are not among them.
    fn entry(&self, entry: &Entry, run: &Run) {
        let _ = (entry, run);
    }

    /// The circuit of a tool, which all runs of the host share, opened or closed by a call of the run.
    fn circuit(&self, at: Timestamp, change: &CircuitChange) {
        let _ = (at, change);
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
