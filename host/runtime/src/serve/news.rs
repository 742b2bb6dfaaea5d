//! What a server tells of its work, a line for each thing. It does not know how it is written.

use baton_journal::{Canary, Cause, RunId, Timestamp};
use serde::Serialize;

/// Something that happened in a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "news")]
#[non_exhaustive]
pub enum News {
    /// A trigger began a run.
    Began(Began),
    /// A trigger began none, though its filter said yes or had no value.
    NotBegun {
        /// The workflow.
        workflow: String,
        /// What would have begun it.
        cause: Cause,
        /// Why.
        message: String,
    },
    /// From now on triggers begin runs of these versions of a workflow.
    Versions {
        /// The workflow.
        workflow: String,
        /// The current version.
        current: u32,
        /// The version that is tried beside it, with its weight in percent.
        canary: Option<Canary>,
    },
    /// A run waits, or rests.
    Rests {
        /// The run.
        run: RunId,
        /// Its workflow.
        workflow: String,
        /// `parked` or `paused`.
        outcome: &'static str,
        /// The first moment at which it has something to do: milliseconds since the Unix epoch.
        until: Option<Timestamp>,
    },
    /// It was time to remind those who may answer a question, or it was escalated to others.
    Due {
        /// The run.
        run: RunId,
        /// The step that asks.
        step: String,
        /// `reminder` or `escalation`.
        what: &'static str,
        /// Who may answer.
        who: String,
        /// When time is over, unless it is escalated: milliseconds since the Unix epoch.
        until: Timestamp,
    },
    /// A run ended.
    Ended {
        /// The run.
        run: RunId,
        /// Its workflow.
        workflow: String,
        /// `completed`, `failed` or `cancelled`.
        outcome: &'static str,
        /// What went wrong.
        message: Option<String>,
    },
    /// Something could not be done: a person has to see to it.
    Trouble {
        /// The run, if it is about one.
        run: Option<RunId>,
        /// What.
        message: String,
        /// What would help.
        hint: Option<String>,
    },
    /// The server stops.
    Stops {
        /// How many runs are at work.
        at_work: usize,
    },
    /// A run was left when the server stopped, or came to its end.
    Left {
        /// The run.
        run: RunId,
        /// How it stands.
        outcome: &'static str,
    },
}

/// A run that a trigger began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Began {
    /// The run.
    pub run: RunId,
    /// Its workflow.
    pub workflow: String,
    /// What began it.
    pub cause: Cause,
}

/// Hears what a server does.
pub trait Reporter: Send + Sync {
    /// Something happened.
    fn news(&self, news: &News);
}
