//! What people and other processes want of a run that somebody may be driving: it lies in the run's mailbox until its
//! driver takes it. It does not know what the run makes of it.

use serde::{Deserialize, Serialize};

use crate::event::{Decision, Event};
use crate::id::{Digest, Timestamp};

/// Signals of one run that may wait: more than people send before a driver looks, few enough that a run that nobody
/// drives takes up little.
pub const MOST_SIGNALS: u32 = 1_000;

/// What somebody wants of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "signal")]
pub enum Signal {
    /// It shall end.
    Cancel {
        /// Who wants it.
        by: String,
        /// In their words.
        reason: Option<String>,
    },
    /// It shall rest.
    Pause {
        /// Who wants it.
        by: String,
        /// In their words.
        reason: Option<String>,
    },
    /// It shall go on, if it rests.
    Continue {
        /// Who wants it.
        by: String,
    },
    /// A person's answer.
    Decide {
        /// The step that asks, or the site.
        step: String,
        /// The token of the question that is answered.
        token: Digest,
        /// The answer.
        decision: Decision,
    },
    /// A person hands their vote to another one.
    Delegate {
        /// The step that asks.
        step: String,
        /// The token of the question.
        token: Digest,
        /// Who.
        by: String,
        /// In which role.
        role: Option<String>,
        /// To whom.
        to: String,
        /// In their words.
        comment: Option<String>,
    },
}

impl Signal {
    /// The event that it becomes when it is taken; none for what is said to a question: what that makes of it, the run says.
    #[must_use]
    pub fn event(&self) -> Option<Event> {
        match self.clone() {
            Signal::Cancel { by, reason } => Some(Event::CancelRequested { by, reason }),
            Signal::Pause { by, reason } => Some(Event::Paused { by, reason }),
            Signal::Continue { by } => Some(Event::Continued { by }),
            Signal::Decide { .. } | Signal::Delegate { .. } => None,
        }
    }
}

/// A signal in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its number: those of later signals are greater.
    pub number: u64,
    /// When it was sent.
    pub at: Timestamp,
    /// What is wanted.
    pub signal: Signal,
}
