//! How far the steps of a run have come. It does not know why they go on.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use baton_journal::{Failure, Usage};
use baton_policy::Amounts;
use serde_json::Value;

use super::fault::Fault;
use super::item::Items;
use super::repair::Feedback;
use super::{Progress, StepStatus};
use crate::expression::StepOutputs;
use crate::plan::{Graph, Plan};

/// How far a step has come.
#[derive(Clone, Debug)]
pub(super) struct StepState {
    pub(super) phase: Phase,
    /// How many of the steps are not settled that it waits for.
    pub(super) waits_for: usize,
    /// Whether another step sends the run to this one.
    pub(super) sent: bool,
    /// Whether the run has taken another way than over a step that it depends on.
    pub(super) cut: bool,
    /// Attempts begun, of all items.
    pub(super) attempts: u32,
    /// How many of its outputs did not pass.
    pub(super) quarantined: u32,
    /// What was tried at its items that have begun and not ended.
    pub(super) trials: BTreeMap<usize, Trial>,
    /// What its invocations used.
    pub(super) usage: Usage,
    /// What people have allowed besides its own budget.
    pub(super) raised: Amounts,
    /// What its items have added to the context, in their order: the variable's name, and the value.
    pub(super) added: BTreeMap<usize, Vec<(String, Value)>>,
}

/// What was tried at an item.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// The number of the last attempt.
    pub(super) attempt: u32,
    /// How many attempts were made because the one before failed.
    pub(super) retries: u32,
    /// How many were made because an output did not pass, to have it mended.
    pub(super) repairs: u32,
    /// How often another input was given.
    pub(super) changes: u32,
    /// How often a person was asked.
    pub(super) escalations: u32,
    /// Whether a person has refused more of a budget.
    pub(super) refused_more: bool,
    /// What the attempt is told of the output before it.
    pub(super) feedback: Option<Box<Feedback>>,
    /// The output that is being verified, and the attempt that gave it.
    pub(super) verifying: Option<Box<(u32, Value)>>,
    /// Whether it could not judge an output, of a verifier.
    pub(super) broke: bool,
    /// Why it failed, as long as a person is asked about it.
    pub(super) escalated: Option<Box<Fault>>,
}

impl Trial {
    /// From now on attempts are told this: they are asked for something else than those before.
    pub(super) fn tell(&mut self, feedback: Option<Feedback>) {
        self.changes += u32::from(feedback.is_some() || self.feedback.is_some());
        self.feedback = feedback.map(Box::new);
    }
}

/// The phases of a step.
#[derive(Clone, Debug, Default)]
pub(super) enum Phase {
    /// It has not begun.
    #[default]
    Waiting,
    /// It works.
    Working(Items),
    /// It asks.
    Asking,
    /// It waits for a time or an event.
    Sleeping,
    /// It emits.
    Emitting,
    /// Nothing more happens to it.
    Settled(Settled),
}

/// What became of a step.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    pub(super) status: StepStatus,
    pub(super) output: Value,
    pub(super) failure: Option<Failure>,
    pub(super) items: Option<Progress>,
}

impl Settled {
    /// What becomes of a step.
    pub(super) fn new(status: StepStatus, output: Value, failure: Option<Failure>) -> Settled {
        Settled { status, output, failure, items: None }
    }

    /// The status as expressions see it.
    fn outcome(&self) -> &'static Value {
        static COMPLETED: LazyLock<Value> = LazyLock::new(|| StepStatus::Completed.as_str().into());
        static SKIPPED: LazyLock<Value> = LazyLock::new(|| StepStatus::Skipped.as_str().into());
        static CANCELLED: LazyLock<Value> = LazyLock::new(|| StepStatus::Cancelled.as_str().into());
        static FAILED: LazyLock<Value> = LazyLock::new(|| StepStatus::Failed.as_str().into());
        match self.status {
            StepStatus::Completed => &COMPLETED,
            StepStatus::Skipped => &SKIPPED,
            StepStatus::Cancelled => &CANCELLED,
            _ => &FAILED,
        }
    }
}

impl StepState {
    /// A step that has not begun.
    pub(super) fn new(graph: &Graph, step: usize) -> StepState {
        StepState {
            phase: Phase::Waiting,
            waits_for: graph.before(step).len(),
            sent: false,
            cut: false,
            attempts: 0,
            quarantined: 0,
            trials: BTreeMap::new(),
            usage: Usage::default(),
            raised: Amounts::default(),
            added: BTreeMap::new(),
        }
    }

    /// Whether a person is asked about an item that failed.
    pub(super) fn is_escalated(&self) -> bool {
        self.trials.values().any(|trial| trial.escalated.is_some())
    }

    /// What became of the step, if it is settled.
    pub(super) fn settled(&self) -> Option<&Settled> {
        match &self.phase {
            Phase::Settled(settled) => Some(settled),
            _ => None,
        }
    }
}

/// Settled steps, as expressions see them.
pub(super) struct Outputs<'a> {
    pub(super) plan: &'a Plan,
    pub(super) steps: &'a [StepState],
}

impl Outputs<'_> {
    fn settled(&self, step: &str) -> Option<&Settled> {
        let index = self.plan.definition().index(step)?;
        self.steps.get(index)?.settled()
    }
}

impl StepOutputs for Outputs<'_> {
    fn output(&self, step: &str) -> Option<&Value> {
        self.settled(step).map(|settled| &settled.output)
    }

    fn outcome(&self, step: &str) -> Option<&Value> {
        self.settled(step).map(Settled::outcome)
    }
}
