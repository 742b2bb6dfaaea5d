//! A run as people look at it: each step with what became of it. It does not know how it is drawn.

use baton_journal::{Failure, Usage};
use serde_json::Value;

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Its first event was not applied yet.
    New,
    /// Something is to be done, or being done.
    Running,
    /// It waits for people, and for nothing else.
    Parked,
    /// It ended: [`Run::outcome`](super::Run::outcome) says how.
    Ended,
}

/// One step, as far as the run has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepView<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it does.
    pub kind: StepKind,
    /// What became of it so far.
    pub status: StepStatus,
    /// Attempts begun, of all items together.
    pub attempts: u32,
    /// How many items are done, for a step that runs for each item.
    pub items: Option<Progress>,
    /// Its output, once it is settled; null if it was skipped, or failed and another step took over.
    pub output: Option<&'a Value>,
    /// Why it failed, even if the failure was handled.
    pub failure: Option<&'a Failure>,
    /// What its invocations used, those they made themselves included.
    pub usage: Usage,
}

/// Items of a step that runs for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many completed.
    pub done: u32,
    /// How many there are.
    pub total: u32,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// It runs an agent.
    Agent,
    /// It calls a tool.
    Tool,
    /// It asks a person.
    Approve,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepStatus {
    /// It has not begun.
    Waiting,
    /// It is at work, or between two attempts.
    Running,
    /// A person is asked.
    Asking,
    /// It did its work.
    Completed,
    /// It did not, and will not try again.
    Failed,
    /// It was not needed.
    Skipped,
}

impl StepStatus {
    /// The status in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            StepStatus::Waiting => "waiting",
            StepStatus::Running => "running",
            StepStatus::Asking => "asking",
            StepStatus::Completed => "completed",
            StepStatus::Failed => "failed",
            StepStatus::Skipped => "skipped",
        }
    }
}

impl StepKind {
    /// The kind in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            StepKind::Agent => "agent",
            StepKind::Tool => "tool",
            StepKind::Approve => "approve",
        }
    }
}
