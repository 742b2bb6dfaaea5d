//! Derives from a run's events what the run is doing, one event at a time. It does not know the plan: whether a step
//! that has not begun could begin is not seen here.

use crate::event::Event;
use crate::outcome::RunOutcome;
use crate::store::RunStatus;

/// What is open in a run. It is a sum over its events, so that a store can keep it beside the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Invocations that have started and not ended.
    pub invocations: u32,
    /// Questions asked and not decided, and steps that wait for a time or an event.
    pub waits: u32,
    /// Whether somebody wants it to rest.
    pub paused: bool,
    /// How the run ended, if it did.
    pub ended: Option<Ended>,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Well.
    Completed,
    /// Badly.
    Failed,
    /// As somebody wanted.
    Cancelled,
}

impl Progress {
    /// Takes the next event of the run.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::InvocationStarted { .. } => self.invocations = self.invocations.saturating_add(1),
            Event::InvocationEnded { .. } => self.invocations = self.invocations.saturating_sub(1),
            Event::ApprovalRequested { .. } | Event::Waiting { .. } => self.waits = self.waits.saturating_add(1),
            Event::ApprovalDecided { .. } | Event::EventReceived { .. } | Event::TimerFired { attempt: 0, .. } => {
                self.waits = self.waits.saturating_sub(1);
            }
            Event::Paused { .. } => self.paused = true,
            Event::Continued { .. } | Event::CancelRequested { .. } => self.paused = false,
            Event::RunEnded(RunOutcome::Completed { .. }) => self.ended = Some(Ended::Completed),
            Event::RunEnded(RunOutcome::Failed { .. }) => self.ended = Some(Ended::Failed),
            Event::RunEnded(RunOutcome::Cancelled { .. }) => self.ended = Some(Ended::Cancelled),
            Event::RunStarted(_)
            | Event::HostCallStarted { .. }
            | Event::HostCall { .. }
            | Event::Logged { .. }
            | Event::ApprovalTurn { .. }
            | Event::TimerFired { .. }
            | Event::EventEmitted { .. }
            | Event::Forked
            | Event::Migrated(_) => {}
        }
    }

    /// What the run is doing: parked if it waits for people, events or a time, and nothing runs.
    #[must_use]
    pub fn status(&self) -> RunStatus {
        match self.ended {
            Some(Ended::Completed) => RunStatus::Completed,
            Some(Ended::Failed) => RunStatus::Failed,
            Some(Ended::Cancelled) => RunStatus::Cancelled,
            None if self.paused => RunStatus::Paused,
            None if self.waits > 0 && self.invocations == 0 => RunStatus::Parked,
            None => RunStatus::Running,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Decision;
    use crate::outcome::Outcome;
    use crate::sample::{asked, decided, ended, every_event, header, invocation_started};

    #[test]
    fn a_run_is_parked_while_a_person_is_asked_and_nothing_runs() {
        let steps = [
            (header(), RunStatus::Running),
            (invocation_started(), RunStatus::Running),
            (asked(), RunStatus::Running),
            (ended(Outcome::Suspended), RunStatus::Parked),
            (invocation_started(), RunStatus::Running),
            (ended(Outcome::Suspended), RunStatus::Parked),
            (decided(Decision::Expired), RunStatus::Running),
        ];
        let mut progress = Progress::default();
        for (event, status) in steps {
            progress.apply(&event);
            assert_eq!(progress.status(), status, "after {event:?}");
        }
    }

    #[test]
    fn a_run_that_waits_is_parked_and_one_that_rests_is_paused() {
        let site = crate::sample::site;
        let steps = [
            (header(), RunStatus::Running),
            (Event::Waiting { site: site(), name: None, until: crate::Timestamp(1) }, RunStatus::Parked),
            (Event::Paused { by: "Ada".to_owned(), reason: None }, RunStatus::Paused),
            (Event::Continued { by: "Ada".to_owned() }, RunStatus::Parked),
            (Event::TimerFired { site: site(), attempt: 2 }, RunStatus::Parked),
            (Event::TimerFired { site: site(), attempt: 0 }, RunStatus::Running),
        ];
        let mut progress = Progress::default();
        for (event, status) in steps {
            progress.apply(&event);
            assert_eq!(progress.status(), status, "after {event:?}");
        }
    }

    #[test]
    fn the_end_is_the_end() {
        let mut progress = Progress::default();
        every_event().iter().for_each(|event| progress.apply(event));
        assert_eq!(progress.status(), RunStatus::Failed);
    }
}
