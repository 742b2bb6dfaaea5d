//! What a run asks its host to do. It does not know how any of it is done.

use std::time::Duration;

use baton_journal::{Digest, InvocationId, Payload, RunOutcome, Site, Timestamp};
use baton_policy::{Amounts, Resolution};
use serde_json::Value;

use super::{Ballot, Shortage};
use crate::plan::Target;

/// Something for the host to do. What was asked for stays outstanding until an event says that it is done.
#[expect(clippy::large_enum_variant, reason = "few are there at once, and whoever takes one takes what is in it")]
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Invoke a plugin. Done when the journal has its `InvocationEnded`.
    Invoke(Invoke),
    /// Stop an attempt that has begun: the run does not need it any more. Done when the journal has its `InvocationEnded`,
    /// with the outcome `cancelled` or, if it came to its end at that very moment, its own.
    Stop(Invoke),
    /// Ask people. Done when the journal has its `ApprovalDecided`.
    Ask(Ask),
    /// Wait before another attempt. Done when the journal has its `TimerFired`.
    Wait(Wait),
    /// Wait for a time, or for an event. Done when the journal has its `TimerFired` with attempt 0, or its `EventReceived`.
    Await(Await),
    /// Emit an event. Done when the journal has its `EventEmitted`.
    Emit(Emit),
    /// End the run. Done when the journal has its `RunEnded`.
    End(RunOutcome),
}

impl Action {
    /// Where it belongs; nothing for a question and the end.
    pub(super) fn site(&self) -> Option<&Site> {
        match self {
            Action::Invoke(invoke) | Action::Stop(invoke) => Some(&invoke.site),
            Action::Wait(wait) => Some(&wait.site),
            Action::Await(wait) => Some(&wait.site),
            Action::Emit(emit) => Some(&emit.site),
            Action::Ask(_) | Action::End(_) => None,
        }
    }

    /// Where the attempt is whose agent asks or waits from its own code.
    pub(super) fn held_up(&self) -> Option<&Site> {
        match self {
            Action::Ask(ask) => ask.asked_by.as_ref(),
            Action::Await(wait) => wait.awaited_by.as_ref(),
            _ => None,
        }
    }

    /// Where the attempt is that does not go on before it is done: it asks people, or waits for an event.
    pub(super) fn holds_up(&self) -> Option<&Site> {
        match self {
            Action::Ask(ask) => ask.about(),
            Action::Await(wait) => wait.awaited_by.as_ref(),
            _ => None,
        }
    }

    /// Whether it is work that has to end before the run can.
    pub(super) fn is_work(&self) -> bool {
        matches!(self, Action::Invoke(_) | Action::Stop(_) | Action::Emit(_))
    }

    /// Whether it would begin something new: a run that rests does not.
    pub(super) fn begins(&self) -> bool {
        match self {
            Action::Invoke(invoke) => invoke.started.is_none(),
            Action::Ask(ask) => !ask.requested,
            Action::Await(wait) => !wait.noted,
            Action::Emit(_) => true,
            Action::Stop(_) | Action::Wait(_) | Action::End(_) => false,
        }
    }

    /// Whether it waits for people, an event or a time, and whoever waits with it knows.
    pub(super) fn is_waiting(&self) -> bool {
        match self {
            Action::Ask(ask) => ask.requested,
            Action::Await(wait) => wait.noted,
            _ => false,
        }
    }
}

/// One attempt to invoke a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoke {
    /// The step, and the item.
    pub site: Site,
    /// Counts attempts at the site from 1.
    pub attempt: u32,
    /// What to invoke.
    pub target: Target,
    /// The input, JSON.
    pub input: Payload,
    /// How long it may take, from its start.
    pub timeout: Duration,
    /// The same for all attempts at the site with the same input, and for no other site of any run.
    pub idempotency_key: String,
    /// The most it may use: what the step allows, or what is left to the run if that is less.
    pub budget: Amounts,
    /// There if the journal already has its `InvocationStarted`: the deadline that stands there.
    pub started: Option<Timestamp>,
    /// There if it had begun and was suspended.
    pub suspended: Option<Suspended>,
}

/// What is to be known of an attempt that was suspended, when it begins again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suspended {
    /// The deadline that it had when it first began: an agent that is replayed sees the same.
    pub deadline: Timestamp,
    /// How many questions were asked about its calls.
    pub questions: u32,
    /// What a person said of them. It holds for one beginning: once that is in the journal, it is gone.
    pub resolution: Option<Resolution>,
}

impl Invoke {
    /// The id of the invocation.
    #[must_use]
    pub fn invocation(&self) -> InvocationId {
        InvocationId::attempt(&self.site, self.attempt)
    }

    /// Whether it began before, be it at work or suspended.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.started.is_some() || self.suspended.is_some()
    }

    /// The deadline of its first beginning.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        self.suspended.as_ref().map(|suspended| suspended.deadline).or(self.started)
    }

    /// What a person said of its calls whose outcome nobody knows, as long as it is not used up.
    #[must_use]
    pub fn resolution(&self) -> Option<&Resolution> {
        self.suspended.as_ref()?.resolution.as_ref()
    }
}

/// A question to a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The step that asks, or the site that it is about, or the call of the agent that asks (`review#1/4`).
    pub step: String,
    /// What is asked.
    pub question: String,
    /// What the person is shown, JSON.
    pub show: Payload,
    /// In which roles somebody may answer, besides those whom the ballot names; anybody, if that names nobody either.
    pub roles: Vec<String>,
    /// When time is over. Until then and at that moment something may be due: [`Ask::due`](super::Ask::due) says when, and
    /// [`Ask::overdue`](super::Ask::overdue) what.
    pub deadline: Timestamp,
    /// Binds an answer to exactly this question.
    pub token: Digest,
    /// The JSON Schema of what the person adds, if the step asks for something.
    pub answer_schema: Option<Value>,
    /// Whether the journal already has its `ApprovalRequested`.
    pub requested: bool,
    /// There if the host asks about calls of an invocation there, of which nobody knows whether they took effect; not if a
    /// step asks.
    pub in_doubt: Option<Site>,
    /// There if an agent asks from its own code: where its attempt is, which waits for the answer. The step is the call then.
    pub asked_by: Option<Site>,
    /// Whether it is about work that failed: with a yes it is tried once more, with an answer that is its output.
    pub escalated: bool,
    /// There if it is about a call for which nothing is left of a budget: a yes allows as much again.
    pub short: Option<Shortage>,
    /// Who else may answer, how many must, and how far that has come.
    pub ballot: Ballot,
}

impl Ask {
    /// Where the attempt is that waits for the answer; none if a step asks.
    #[must_use]
    pub fn about(&self) -> Option<&Site> {
        self.in_doubt.as_ref().or(self.asked_by.as_ref())
    }
}

/// A delay before another attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The step, and the item.
    pub site: Site,
    /// The attempt that begins when the delay is over.
    pub attempt: u32,
    /// When it is over: the host then appends `TimerFired`.
    pub until: Timestamp,
}

/// A time, or an event, that a step waits for, or an agent of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Await {
    /// The step, or the call of the agent that waits (`review#1/4`).
    pub site: Site,
    /// The name of the events; none if it waits for a time. Which of them, [`Run::hears`](super::Run::hears) says.
    pub name: Option<String>,
    /// When it has waited long enough: the host then appends `TimerFired` with attempt 0.
    pub until: Timestamp,
    /// Whether the journal already has its `Waiting`.
    pub noted: bool,
    /// There if an agent waits from its own code: where its attempt is. The site is the call then.
    pub awaited_by: Option<Site>,
}

/// An event that a step emits.
#[derive(Clone, Debug, PartialEq)]
pub struct Emit {
    /// The step.
    pub site: Site,
    /// The event's name.
    pub name: String,
    /// What it says, JSON.
    pub data: Payload,
    /// The same whenever this step of this run emits it: so it is there once, also after a crash.
    pub key: String,
}
