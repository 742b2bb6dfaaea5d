//! Watches a run for the server: it is let go of as soon as it only waits. It does not know what else the server does.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baton_journal::{RunId, Timestamp, Turn};
use baton_workflow::Ask;

use super::{News, Reporter};
use crate::observer::{Observer, Queued};

/// Watches a run.
pub(super) struct Watch {
    run: RunId,
    reporter: Arc<dyn Reporter>,
    behind: Mutex<Option<RunId>>,
}

impl Watch {
    pub(super) fn new(run: RunId, reporter: Arc<dyn Reporter>) -> Self {
        Watch { run, reporter, behind: Mutex::default() }
    }

    /// The run behind which it waits for its turn.
    pub(super) fn behind(&self) -> Option<RunId> {
        self.behind.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Observer for Watch {
    /// All that go before it must end: it is its turn when the last one has.
    fn queued(&self, _: &RunId, before: &[RunId]) -> Queued {
        *self.behind.lock().unwrap_or_else(PoisonError::into_inner) = before.last().cloned();
        Queued::Leave
    }

    fn patience(&self) -> Duration {
        Duration::ZERO
    }

    fn due(&self, _: Timestamp, ask: &Ask, turn: &Turn) {
        let what = if matches!(turn, Turn::Escalated { .. }) { "escalation" } else { "reminder" };
        let (run, step, who, until) = (self.run.clone(), ask.step.clone(), ask.audience(), ask.deadline);
        self.reporter.news(&News::Due { run, step, what, who, until });
    }
}
