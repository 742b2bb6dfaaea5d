//! What a run asks its host to do. It does not know how any of it is done.

use std::time::Duration;

use baton_journal::{Digest, InvocationId, Payload, RunOutcome, Site, Timestamp};
use baton_policy::{Amounts, Resolution};
use serde_json::Value;

use crate::plan::Target;

/// Something for the host to do. What was asked for stays outstanding until an event says that it is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Invoke a plugin. Done when the journal has its `InvocationEnded`.
    Invoke(Invoke),
    /// Ask a person. Done when the journal has its `ApprovalDecided`.
    Ask(Ask),
    /// Wait before another attempt. Done when the journal has its `TimerFired`.
    Wait(Wait),
    /// End the run. Done when the journal has its `RunEnded`.
    End(RunOutcome),
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
    /// The same for all attempts at the site, and for no other site of any run.
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
    /// The step that asks, or the site that it is about.
    pub step: String,
    /// What is asked.
    pub question: String,
    /// What the person is shown, JSON.
    pub show: Payload,
    /// Who may answer; anybody if empty.
    pub roles: Vec<String>,
    /// When nobody needs to answer any more: the host then appends `ApprovalDecided` with `Expired`.
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
