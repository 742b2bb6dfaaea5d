//! How far a run has come. It does not know why it goes on.

use baton_journal::{Failure, Site, Usage};
use serde_json::Value;

use super::item::Items;
use super::{Action, Ask, Invoke, Progress, StepKind, StepStatus, StepView, Wait};
use crate::expression::StepOutputs;
use crate::plan::{Plan, Step, Target, Work};

/// How far a step has come.
#[derive(Clone, Debug, Default)]
pub(super) struct StepState {
    pub(super) phase: Phase,
    /// Whether another step failed and hands over to this one.
    pub(super) sent: bool,
    /// Whether a step it depends on failed, and another path was taken.
    pub(super) cut: bool,
    /// Attempts begun, of all items.
    pub(super) attempts: u32,
    /// What its invocations used.
    pub(super) usage: Usage,
}

/// The phases of a step.
#[derive(Clone, Debug, Default)]
pub(super) enum Phase {
    /// It has not begun.
    #[default]
    Waiting,
    /// It invokes.
    Working(Items),
    /// It asks.
    Asking,
    /// Nothing more happens to it.
    Settled(Settled),
}

/// What became of a step.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    pub(super) status: StepStatus,
    /// The status as expressions see it.
    pub(super) outcome: Value,
    pub(super) output: Value,
    pub(super) failure: Option<Failure>,
    pub(super) items: Option<Progress>,
}

impl Settled {
    /// What becomes of a step.
    pub(super) fn new(status: StepStatus, output: Value, failure: Option<Failure>) -> Settled {
        Settled { status, outcome: status.as_str().into(), output, failure, items: None }
    }
}

impl StepState {
    /// What became of the step, if it is settled.
    pub(super) fn settled(&self) -> Option<&Settled> {
        match &self.phase {
            Phase::Settled(settled) => Some(settled),
            _ => None,
        }
    }

    /// The step as people see it.
    pub(super) fn view<'a>(&'a self, step: &'a Step) -> StepView<'a> {
        let (status, items) = match &self.phase {
            Phase::Waiting => (StepStatus::Waiting, None),
            Phase::Working(items) => (StepStatus::Running, items.progress()),
            Phase::Asking => (StepStatus::Asking, None),
            Phase::Settled(settled) => (settled.status, settled.items),
        };
        let settled = self.settled();
        StepView {
            name: &step.name,
            kind: kind(step),
            status,
            attempts: self.attempts,
            items,
            output: settled.map(|settled| &settled.output),
            failure: settled.and_then(|settled| settled.failure.as_ref()),
            usage: self.usage,
        }
    }
}

fn kind(step: &Step) -> StepKind {
    match &step.work {
        Work::Approve(_) => StepKind::Approve,
        Work::Invoke(invocation) => match invocation.target {
            Target::Agent { .. } => StepKind::Agent,
            Target::Tool { .. } => StepKind::Tool,
        },
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
        self.settled(step).map(|settled| &settled.outcome)
    }
}

/// Actions that are not done, in the order in which they were asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Outstanding {
    actions: Vec<Action>,
    /// How many of the last ones are new since they were taken.
    new: usize,
}

impl Outstanding {
    /// Asks for something.
    pub(super) fn add(&mut self, action: Action) {
        self.actions.push(action);
        self.new += 1;
    }

    /// What was asked for since the last time.
    pub(super) fn take_new(&mut self) -> Vec<Action> {
        let first = self.actions.len().saturating_sub(self.new);
        self.new = 0;
        self.actions[first..].to_vec()
    }

    /// Everything.
    pub(super) fn all(&self) -> &[Action] {
        &self.actions
    }

    /// Takes out what is done or not wanted any more.
    pub(super) fn remove(&mut self, is_done: impl Fn(&Action) -> bool) {
        let first_new = self.actions.len().saturating_sub(self.new);
        let new_left = self.actions[first_new..].iter().filter(|action| !is_done(action)).count();
        self.actions.retain(|action| !is_done(action));
        self.new = new_left;
    }

    /// An attempt.
    pub(super) fn invoke(&self, site: &Site, attempt: u32) -> Option<&Invoke> {
        self.actions.iter().find_map(|action| match action {
            Action::Invoke(invoke) if invoke.site == *site && invoke.attempt == attempt => Some(invoke),
            _ => None,
        })
    }

    /// A delay.
    pub(super) fn wait(&self, site: &Site, attempt: u32) -> Option<&Wait> {
        self.actions.iter().find_map(|action| match action {
            Action::Wait(wait) if wait.site == *site && wait.attempt == attempt => Some(wait),
            _ => None,
        })
    }

    /// A question.
    pub(super) fn ask(&self, step: &str) -> Option<&Ask> {
        self.actions.iter().find_map(|action| match action {
            Action::Ask(ask) if ask.step == step => Some(ask),
            _ => None,
        })
    }

    /// Changes every action.
    pub(super) fn for_each(&mut self, change: impl FnMut(&mut Action)) {
        self.actions.iter_mut().for_each(change);
    }

    /// Whether something is invoked.
    pub(super) fn is_at_work(&self) -> bool {
        self.actions.iter().any(|action| matches!(action, Action::Invoke(_)))
    }

    /// Whether the end is asked for.
    pub(super) fn has_end(&self) -> bool {
        self.actions.iter().any(|action| matches!(action, Action::End(_)))
    }

    /// What is to be done: not what waits for an answer.
    pub(super) fn to_do(&self) -> Vec<Action> {
        self.actions.iter().filter(|action| !self.is_held(action)).cloned().collect()
    }

    /// Takes out the attempt at a site.
    pub(super) fn take_invoke(&mut self, site: &Site) -> Option<Invoke> {
        let taken = self.actions.iter().find_map(|action| match action {
            Action::Invoke(invoke) if invoke.site == *site => Some(invoke.clone()),
            _ => None,
        });
        self.remove(|action| matches!(action, Action::Invoke(invoke) if invoke.site == *site));
        taken
    }

    /// Whether a person is asked about calls of a site whose outcome nobody knows.
    pub(super) fn is_in_doubt(&self, site: &Site) -> bool {
        self.actions.iter().any(|action| matches!(action, Action::Ask(ask) if ask.in_doubt.as_ref() == Some(site)))
    }

    /// Whether a person is asked about calls of a step.
    pub(super) fn has_doubts(&self, step: &str) -> bool {
        let is_of = |ask: &Ask| ask.in_doubt.as_ref().is_some_and(|site| site.step == step);
        self.actions.iter().any(|action| matches!(action, Action::Ask(ask) if is_of(ask)))
    }

    /// Whether people were asked, and nothing else is outstanding.
    pub(super) fn waits_for_people(&self) -> bool {
        let waits = |action: &Action| matches!(action, Action::Ask(ask) if ask.requested) || self.is_held(action);
        !self.actions.is_empty() && self.actions.iter().all(waits)
    }

    fn is_held(&self, action: &Action) -> bool {
        matches!(action, Action::Invoke(invoke) if self.is_in_doubt(&invoke.site))
    }
}
