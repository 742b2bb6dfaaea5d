//! The machine that runs a plan: it takes the journal's events, one after the other, and answers each with what is to be
//! done next. It does no I/O, reads no clock and rolls no dice: the same events always lead to the same actions.
//!
//! An event is first checked against what the run has seen (`accept`), then changes what it is about (`change`), and then the
//! machine starts whatever has become possible (`advance`) until nothing more has. Actions that were asked for and are
//! not done are [`outstanding`](Run::outstanding); a host that resumes a run applies its journal and does those.
//!
//! What becomes of a step, once all steps it refers to or needs are settled:
//!
//! - Its `if` is false: it is skipped, its output is null, and its dependents run.
//! - It completes: its output passed the plugin's schema, the step's schema, every check and its verifier (`verify`).
//! - Its output does not pass: nothing reads it. It is mended as `repair` says, or the work tried again.
//! - It fails in a way that may pass, or that `retry` names: it is tried again. A tool that writes and is not idempotent is not
//!   called again after a trap, a missed deadline, an exhausted limit or a bad output: it may have taken effect.
//! - It fails for good, with `fail`: the run fails. What is at work is let finish, nothing else begins.
//! - With `escalate`: a person says whether it is tried once more, what its output is, or that it failed for good.
//! - With `continue`: the value is its output, and its dependents run.
//! - With `then`: its output is null and the other step begins, whatever that step's `if` says. Steps that depend on the
//!   failed one and not on the other are skipped. A step that others hand over to and that has no `if` runs only then.
//! - With `for_each`, the output is the list of the items' outputs in order. An item that fails for good fails the step:
//!   items that have begun go on to their end, no others begin, and the failure is that of the first failed item. Other
//!   joins are `all_settled` and `first: n` (`item`).
//! - With `loop`, the work is done in rounds until its output is good; the output is the last round's.
//! - A way that is not taken (`else`, `switch`, `then`) takes along what depends on it alone (`branch`).
//! - A workflow that a step runs is a machine in this one (`inner`): its steps are told as `onboard[2]/crm`.
//! - When the run fails or is cancelled, what completed is undone in reverse order, one after the other; and however it ends,
//!   `finally` has the last word (`cleanup`).
//! - A host that finds calls of an attempt in flight, of which nobody knows whether they took effect, suspends the
//!   attempt and asks (`doubt`). A yes or a no holds for one new beginning of the attempt.
//! - An agent that asks people from its own code is suspended too (`question`), and begins again with the answer; so is one
//!   that waits for an event (`listening`).
//!
//! - Before an attempt begins, what it may use at most is reserved, and so is what a tool may that it calls (`reserve`). If less
//!   is left because others may still use it, it begins when they have ended (`lease`). Host calls are counted one by one
//!   instead (`calls`): whoever may make thousands makes a few.
//!
//! The run's wall time is that of its events, without the time in which it only waited for people, events or a time, or
//! rested.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use baton_journal::{Digest, Event, RunId, RunOutcome, Timestamp};
use baton_policy::Amounts;
use serde_json::{Map, Value};

use crate::plan::{Plan, Role};

pub mod action;
pub mod view;

mod accept;
mod advance;
mod answer;
mod approval;
mod attempt;
mod ballot;
mod branch;
mod budget;
mod calls;
mod ceiling;
mod change;
mod cleanup;
mod context;
mod doubt;
mod escalate;
mod fault;
mod follow;
mod fork;
mod inner;
mod item;
mod lease;
mod listening;
mod output;
mod outstanding;
mod overdue;
mod past;
mod question;
mod queue;
mod repair;
mod reserve;
mod settle;
mod shortage;
mod signal;
mod state;
#[cfg(test)]
mod tests;
mod verify;
mod voter;
mod wait;

pub use action::{Action, Ask, Await, Emit, Invoke, Suspended, Wait};
pub use ballot::{Ballot, Delegation, Level, Vote};
pub use calls::CallBudget;
pub use ceiling::Ceiling;
pub use doubt::InDoubt;
pub use lease::Share;
pub use reserve::Callers;
pub use shortage::Shortage;
pub use view::{Progress, Quarantined, Status, StepKind, StepStatus, StepView};

pub use follow::NotFollowing;

use budget::{Meter, Outer};
use cleanup::{Cleanup, Stage};
use listening::Listeners;
use outstanding::Outstanding;
use past::PastStep;
use question::Questions;
use queue::Queue;
use reserve::{Reserved, Terms};
use state::StepState;

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
    /// What stands before the names of its steps: nothing, or the site of the step that runs it and a slash.
    path: String,
    /// The plan that the run began with: another one, if it was migrated.
    began_with: Digest,
    /// The run's own id.
    own: RunId,
    /// The run that acts: another one, as long as the events are those of a run that this one was forked off.
    id: RunId,
    /// The runs whose events are not over, the first one first.
    forks: VecDeque<RunId>,
    seed: Digest,
    /// The workflow's input; none before the first event.
    input: Option<Value>,
    /// By the plan's order.
    steps: Vec<StepState>,
    /// The steps whose turn it is.
    ready: BTreeSet<usize>,
    /// How many steps are not settled, of those that have their turn in the course of things.
    open: usize,
    /// The context, merged of what was written to it.
    context: Map<String, Value>,
    /// The workflows that steps run, by step and item.
    inner: BTreeMap<(usize, usize), Run>,
    /// What became of the steps of those that have ended, by step and item.
    past: BTreeMap<(usize, usize), Vec<PastStep>>,
    /// The budget of what is around it, for a workflow that a step runs.
    outer: Option<Outer>,
    outstanding: Outstanding,
    /// What agents ask people from their own code.
    questions: Questions,
    /// What agents wait for from their own code.
    listeners: Listeners,
    /// Questions that nobody needs to answer any more, because the run fails.
    dropped: Vec<Ask>,
    meter: Meter,
    /// The outputs that did not pass.
    quarantined: Vec<Quarantined>,
    /// What expressions are told of the failure with which the run ends, where its text may quote an output that did not pass.
    told: Option<String>,
    /// What invocations of its plugins take at most.
    terms: Arc<Terms>,
    reserved: Reserved,
    /// What people have allowed besides its budget.
    raised: Amounts,
    /// Attempts that begin when others have ended.
    starved: Queue,
    /// How the run ends as soon as nothing is at work any more.
    ending: Option<RunOutcome>,
    stage: Stage,
    cleanup: Cleanup,
    /// Whether the journal has the run's end.
    ended: bool,
}

impl Run {
    /// A run that has seen nothing yet.
    #[must_use]
    pub fn new(plan: Arc<Plan>, run: RunId, seed: Digest) -> Run {
        let definition = plan.definition();
        let steps: Vec<StepState> =
            (0..definition.steps.len()).map(|step| StepState::new(plan.graph(), step)).collect();
        let has_turn = |step: &usize| definition.steps[*step].role == Role::Main;
        let ready: BTreeSet<usize> =
            (0..steps.len()).filter(has_turn).filter(|step| steps[*step].waits_for == 0).collect();
        Run {
            open: (0..steps.len()).filter(has_turn).count(),
            context: context::initial(definition),
            path: String::new(),
            began_with: plan.digest(),
            own: run.clone(),
            id: run,
            forks: VecDeque::new(),
            seed,
            input: None,
            steps,
            ready,
            inner: BTreeMap::new(),
            past: BTreeMap::new(),
            outer: None,
            outstanding: Outstanding::default(),
            questions: Questions::default(),
            listeners: Listeners::default(),
            dropped: Vec::new(),
            meter: Meter::default(),
            quarantined: Vec::new(),
            told: None,
            terms: Arc::default(),
            reserved: Reserved::default(),
            raised: Amounts::default(),
            starved: Queue::default(),
            ending: None,
            stage: Stage::Work,
            cleanup: Cleanup::default(),
            ended: false,
            plan,
        }
    }

    /// The same of a run that began with another plan, and goes on with this one: all that happened must fit it.
    #[must_use]
    pub fn having_begun_with(self, plan: Digest) -> Run {
        Run { began_with: plan, ..self }
    }

    /// Applies the next event of the journal, which happened at that time, and returns what is to be done now.
    ///
    /// # Errors
    ///
    /// If the event cannot follow on what the run has seen; then nothing has changed.
    pub fn apply(&mut self, at: Timestamp, event: &Event) -> Result<Vec<Action>, RunError> {
        let change = self.accept(event)?;
        if matches!(event, Event::Forked) {
            self.meter.rest(true); // nobody was at work between the two runs
        }
        self.tick(at);
        self.change(change);
        self.advance();
        self.feed();
        self.rest();
        Ok(self.take_new())
    }

    /// What was asked for and is not done, in the order in which it was asked for; without what waits for an answer or rests.
    #[must_use]
    pub fn outstanding(&self) -> Vec<Action> {
        let mut actions = self.outstanding.to_do();
        actions.extend(self.inner.values().flat_map(Run::outstanding));
        actions
    }

    /// Whether an action is still wanted: events that came after it was asked for may have made it needless.
    #[must_use]
    pub fn wants(&self, action: &Action) -> bool {
        let step = match action {
            Action::Ask(ask) => &ask.step,
            action => action.site().map_or("", |site| &site.step),
        };
        self.machine_of(step).outstanding.wants(action)
    }

    fn take_new(&mut self) -> Vec<Action> {
        let mut actions = self.outstanding.take_new();
        actions.extend(self.inner.values_mut().flat_map(Run::take_new));
        actions
    }

    /// The question that a step asks now, or that is asked about a site.
    #[must_use]
    pub fn question(&self, step: &str) -> Option<&Ask> {
        self.machine_of(step).outstanding.ask(step)
    }

    /// What the run is doing.
    #[must_use]
    pub fn status(&self) -> Status {
        match (&self.input, self.ended) {
            (None, _) => Status::New,
            (_, true) => Status::Ended,
            _ if self.is_paused() => Status::Paused,
            _ if self.only_waits() => Status::Parked,
            _ => Status::Running,
        }
    }

    /// How the run ended, or must end as soon as the journal has its `RunEnded`.
    #[must_use]
    pub fn outcome(&self) -> Option<&RunOutcome> {
        self.ending.as_ref().filter(|_| self.ended || self.outstanding.end().is_some())
    }

    /// What all invocations of the run used together.
    #[must_use]
    pub fn usage(&self) -> baton_journal::Usage {
        self.meter.usage()
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    fn tick(&mut self, at: Timestamp) {
        self.meter.tick(at);
        self.inner.values_mut().for_each(|inner| inner.tick(at));
    }

    fn rest(&mut self) {
        self.meter.rest(self.is_paused() && !self.is_at_work() || self.only_waits());
        self.inner.values_mut().for_each(Run::rest);
    }

    /// Whether there is something to wait for, and nothing else.
    fn only_waits(&self) -> bool {
        let has_something = !self.outstanding.is_empty() || !self.inner.is_empty();
        let own = self.outstanding.is_empty() || self.outstanding.only_waits();
        has_something && own && self.inner.values().all(Run::only_waits)
    }

    /// Whether something is at work that has to end.
    fn is_at_work(&self) -> bool {
        self.outstanding.is_at_work() || !self.inner.is_empty()
    }
}
