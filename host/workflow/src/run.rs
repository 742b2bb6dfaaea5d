//! The machine that runs a plan: it takes the journal's events, one after the other, and answers each with what is to be
//! done next. It does no I/O, reads no clock and rolls no dice: the same events always lead to the same actions.

use std::sync::Arc;

use baton_journal::{Digest, Event, RunId, RunOutcome, Timestamp};
use serde_json::Value;

use crate::plan::Plan;

pub mod action;
pub mod view;

pub use action::{Action, Allowance, Ask, Invoke, Wait};
pub use view::{Progress, Status, StepKind, StepStatus, StepView};

/// An event that cannot follow on what the run has seen. The run is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Another event must come first, or none may follow.
    #[error("{0}")]
    OutOfOrder(String),
    /// The event is of another run, plan or question.
    #[error("{0}")]
    Foreign(String),
    /// A payload was not loaded from the store.
    #[error("the {0} is not loaded")]
    NotLoaded(&'static str),
    /// An answer that the step does not take.
    #[error("{0}")]
    BadAnswer(String),
}

/// One run of a plan.
#[derive(Clone, Debug)]
pub struct Run {
    plan: Arc<Plan>,
}

impl Run {
    /// A run that has seen nothing yet.
    #[must_use]
    pub fn new(plan: Arc<Plan>, _run: RunId, _seed: Digest) -> Run {
        Run { plan }
    }

    /// Applies the next event of the journal, which happened at that time, and returns what is to be done now.
    ///
    /// # Errors
    ///
    /// If the event cannot follow on what the run has seen; then nothing has changed.
    pub fn apply(&mut self, _at: Timestamp, _event: &Event) -> Result<Vec<Action>, RunError> {
        Ok(Vec::new())
    }

    /// What was asked for and is not done, in the order in which it was asked for.
    #[must_use]
    pub fn outstanding(&self) -> Vec<Action> {
        Vec::new()
    }

    /// Checks a person's answer before it is appended to the journal.
    ///
    /// # Errors
    ///
    /// If the step does not wait for an answer, the role may not give it, or the answer does not fit the step's schema.
    pub fn validate_answer(&self, _step: &str, _role: Option<&str>, _answer: Option<&Value>) -> Result<(), RunError> {
        Ok(())
    }

    /// The steps in the plan's order.
    pub fn steps(&self) -> impl Iterator<Item = StepView<'_>> {
        std::iter::empty()
    }

    /// What the run is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::New
    }

    /// How the run ended, or must end as soon as the journal has its `RunEnded`.
    #[must_use]
    pub fn outcome(&self) -> Option<&RunOutcome> {
        None
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
}
