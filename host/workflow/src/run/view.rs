//! A run as people look at it: each step with what became of it. It does not know how it is drawn.

use baton_journal::{Failure, Site, Usage};
use serde::Serialize;
use serde_json::Value;

use super::Run;
use super::past::PastStep;
use super::state::Phase;
use crate::plan::{Step, Target, Work};

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Its first event was not applied yet.
    New,
    /// Something is to be done, or being done.
    Running,
    /// It waits for people, events or a time, and for nothing else.
    Parked,
    /// Somebody wants it to rest.
    Paused,
    /// It ended: [`Run::outcome`](super::Run::outcome) says how.
    Ended,
}

/// One step, as far as the run has come.
#[derive(Clone, Debug, PartialEq)]
pub struct StepView<'a> {
    /// Its name; `onboard[2]/crm` for one of a workflow that a step runs.
    pub name: String,
    /// What it does.
    pub kind: StepKind,
    /// What became of it so far.
    pub status: StepStatus,
    /// Attempts begun, of all items together.
    pub attempts: u32,
    /// How many items are done, for a step that runs for each item.
    pub items: Option<Progress>,
    /// Its output, once it is settled; null if it was skipped, or failed and another step took over. None of a workflow that
    /// has ended: what is left of that is its own output.
    pub output: Option<&'a Value>,
    /// How many of its outputs did not pass, and were read by nobody.
    pub quarantined: u32,
    /// Why it failed, even if the failure was handled.
    pub failure: Option<&'a Failure>,
    /// What its invocations used, those they made themselves included.
    pub usage: Usage,
}

/// An output that did not pass: nothing reads it but who is to mend it, and people who are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quarantined {
    /// Where it came from.
    pub site: Site,
    /// The attempt that gave it.
    pub attempt: u32,
    /// What is wrong with it. The texts may quote it.
    pub findings: Vec<String>,
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
    /// It takes one of several ways.
    Switch,
    /// It waits for a time or an event.
    Wait,
    /// It emits an event.
    Emit,
    /// It runs a workflow.
    Workflow,
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
    /// It waits for a time or an event.
    Sleeping,
    /// It did its work.
    Completed,
    /// It did not, and will not try again.
    Failed,
    /// It was stopped, because the run was or ended.
    Cancelled,
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
            StepStatus::Sleeping => "sleeping",
            StepStatus::Completed => "completed",
            StepStatus::Failed => "failed",
            StepStatus::Cancelled => "cancelled",
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
            StepKind::Switch => "switch",
            StepKind::Wait => "wait",
            StepKind::Emit => "emit",
            StepKind::Workflow => "workflow",
        }
    }
}

impl Run {
    /// The steps in the plan's order, those of workflows that are at work included; what undoes or verifies a step only if
    /// it has begun.
    pub fn steps(&self) -> impl Iterator<Item = StepView<'_>> {
        let mut views = Vec::new();
        self.add_views(&mut views, Past::AsOne);
        views.into_iter()
    }

    /// [`Run::steps`], and those of workflows that have ended: for each item those of its last round or attempt.
    pub fn all_steps(&self) -> impl Iterator<Item = StepView<'_>> {
        let mut views = Vec::new();
        self.add_views(&mut views, Past::StepByStep);
        views.into_iter()
    }

    fn add_views<'r>(&'r self, views: &mut Vec<StepView<'r>>, told: Past) {
        for (index, step) in self.plan.definition().steps.iter().enumerate() {
            if step.role.is_own() || !matches!(self.steps[index].phase, Phase::Waiting) {
                views.push(self.view(index, step));
            }
            if told == Past::StepByStep {
                let past = self.past.range((index, 0)..=(index, usize::MAX));
                views.extend(past.flat_map(|(_, steps)| steps).map(PastStep::view));
            }
            for (_, inner) in self.inner.range((index, 0)..=(index, usize::MAX)) {
                inner.add_views(views, told);
            }
        }
    }

    /// Whether nothing more happens to its steps.
    fn has_end(&self) -> bool {
        self.ended || self.outstanding.end().is_some()
    }

    fn view(&self, index: usize, step: &Step) -> StepView<'_> {
        let (state, name) = (&self.steps[index], self.named(index));
        let (status, items) = match &state.phase {
            Phase::Waiting => (StepStatus::Waiting, None),
            Phase::Settled(settled) => (settled.status, settled.items),
            _ if self.has_end() => (StepStatus::Cancelled, None),
            _ if self.outstanding.has_doubts(&name) => (StepStatus::Asking, None),
            _ if self.outstanding.has_waits(&name) => (StepStatus::Sleeping, None),
            Phase::Working(_) if state.is_escalated() => (StepStatus::Asking, None),
            Phase::Working(items) => (StepStatus::Running, items.progress().filter(|_| step.role.is_own())),
            Phase::Asking => (StepStatus::Asking, None),
            Phase::Sleeping => (StepStatus::Sleeping, None),
            Phase::Emitting => (StepStatus::Running, None),
        };
        let settled = state.settled();
        StepView {
            name,
            kind: kind(step),
            status,
            attempts: state.attempts,
            quarantined: state.quarantined,
            items,
            output: settled.map(|settled| &settled.output),
            failure: settled.and_then(|settled| settled.failure.as_ref()),
            usage: state.usage,
        }
    }
}

/// How workflows that have ended are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Past {
    /// Each as the step that ran it.
    AsOne,
    /// With their steps.
    StepByStep,
}

fn kind(step: &Step) -> StepKind {
    match &step.work {
        Work::Approve(_) => StepKind::Approve,
        Work::Switch(_) => StepKind::Switch,
        Work::Sleep(_) | Work::Listen(_) => StepKind::Wait,
        Work::Emit(_) => StepKind::Emit,
        Work::Workflow(_) => StepKind::Workflow,
        Work::Invoke(invocation) => match invocation.target {
            Target::Agent { .. } => StepKind::Agent,
            Target::Tool { .. } => StepKind::Tool,
        },
    }
}
