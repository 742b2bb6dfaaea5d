//! What can happen in a run: the body of a journal entry. Only what cannot be derived is an event: that a step was
//! skipped, or that a run waits, follows from the plan and from these. It does not know how a plan decides.

use serde::{Deserialize, Serialize};

use crate::approval::{Quorum, Turn};
use crate::header::RunHeader;
use crate::id::{Digest, InvocationId, Site, Timestamp};
use crate::outcome::{Outcome, RunOutcome, Usage};
use crate::payload::Payload;
use crate::version::Migration;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Event {
    /// The run began. Always entry 0, and only entry 0.
    RunStarted(RunHeader),
    /// An invocation began: the intent of everything it does.
    InvocationStarted {
        /// Its id.
        invocation: InvocationId,
        /// Where in the plan it belongs.
        site: Site,
        /// Counts attempts at the site from 1.
        attempt: u32,
        /// The invocation whose host call made this one; none for a step's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<InvocationId>,
        /// The plugin's name in the operator's configuration.
        plugin: String,
        /// The tool's function (`contacts.upsert`), or none for an agent's `run`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        function: Option<String>,
        /// The input, JSON.
        input: Payload,
        /// When the host will stop it.
        deadline: Timestamp,
        /// With whose grants it acts, if another invocation made it; a step's own acts with its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        authority: Option<Authority>,
        /// What it may use.
        lease: Lease,
    },
    /// The host is about to do something outside for a host call: the intent, durable before it is done.
    /// After a crash, one without its [`Event::HostCall`] is a call whose outcome nobody knows.
    HostCallStarted {
        /// The invocation that called.
        invocation: InvocationId,
        /// Counts its host calls from 0.
        sequence: u32,
        /// `interface.function`, as in `tools.call`.
        operation: String,
        /// The arguments, JSON.
        request: Payload,
    },
    /// The host answered a host call.
    HostCall {
        /// The invocation that called.
        invocation: InvocationId,
        /// Counts its host calls from 0.
        sequence: u32,
        /// `interface.function`, as in `state.get`.
        operation: String,
        /// The arguments, JSON.
        request: Payload,
        /// The answer, JSON: `{"ok": …}` or `{"err": …}`.
        reply: Payload,
    },
    /// A guest wrote a line.
    Logged {
        /// The invocation that wrote it.
        invocation: InvocationId,
        /// `debug`, `info`, `warn` or `error`; `stdout` or `stderr` for those streams.
        level: String,
        /// The line, as the guest wrote it: escape it before showing it to a person.
        message: String,
    },
    /// An invocation ended.
    InvocationEnded {
        /// Its id.
        invocation: InvocationId,
        /// Where in the plan it belongs.
        site: Site,
        /// Counts attempts at the site from 1.
        attempt: u32,
        /// The invocation whose host call made this one; none for a step's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<InvocationId>,
        /// How it ended.
        #[serde(flatten)]
        outcome: Outcome,
        /// What it used.
        usage: Usage,
    },
    /// A person is asked: by a step, or by the host about calls of an invocation that is suspended, because nobody knows
    /// whether they took effect.
    ApprovalRequested {
        /// The step that asks, or the site of the invocation (`summarise[2]`).
        step: String,
        /// What is asked.
        question: String,
        /// What the person is shown, JSON.
        show: Payload,
        /// In which roles somebody may answer; anybody, if there are no assignees either.
        roles: Vec<String>,
        /// Who may answer, by name, in whatever role.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        assignees: Vec<String>,
        /// How many must answer.
        #[serde(default, skip_serializing_if = "Quorum::is_one")]
        quorum: Quorum,
        /// When time is over, unless it is escalated.
        deadline: Timestamp,
        /// Binds an answer to exactly this question: the digest of run, step, question and what was shown; of one about
        /// calls also how many were asked before, so that each is for one repetition.
        token: Digest,
    },
    /// Something happened to a question that is still open: a vote of several, a delegation, a reminder, an escalation.
    ApprovalTurn {
        /// The step that asked.
        step: String,
        /// The token of the question.
        token: Digest,
        /// What happened.
        turn: Turn,
    },
    /// A question was decided, by the answer of the person who had the last vote or because time was over. Nobody can answer
    /// it any more.
    ApprovalDecided {
        /// The step that asked, or the site.
        step: String,
        /// The token of the question that was answered.
        token: Digest,
        /// The answer.
        decision: Decision,
    },
    /// A timer that the plan asked for went off: a delay before another attempt is over, or a step has waited long enough.
    TimerFired {
        /// Where in the plan it belongs.
        site: Site,
        /// The attempt that may now begin; 0 for a step that has waited.
        attempt: u32,
    },
    /// A step waits: for a time, or for an event until then.
    Waiting {
        /// The step.
        site: Site,
        /// The name of the events it waits for; none if it waits for a time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// When it has waited long enough.
        until: Timestamp,
    },
    /// An event came that a step waits for.
    EventReceived {
        /// The step.
        site: Site,
        /// The event's name.
        name: String,
        /// What it says, JSON.
        data: Payload,
        /// Its number among all events of the store.
        number: u64,
    },
    /// A step emitted an event.
    EventEmitted {
        /// The step.
        site: Site,
        /// The event's name.
        name: String,
        /// What it says, JSON.
        data: Payload,
    },
    /// Somebody wants the run to end: what is at work is stopped, nothing else begins, what is done is undone as the plan
    /// says.
    CancelRequested {
        /// Who.
        by: String,
        /// In their words.
        reason: Option<String>,
    },
    /// Somebody wants the run to rest: what is at work is let finish, nothing else begins.
    Paused {
        /// Who.
        by: String,
        /// In their words.
        reason: Option<String>,
    },
    /// Somebody wants the run that rests to go on.
    Continued {
        /// Who.
        by: String,
    },
    /// What follows is the run's own: everything before is of the runs that it was forked off.
    Forked,
    /// From here on the run is one of another version of its workflow: of its plan, its components, grants and limits. What
    /// happened before fits that plan too.
    Migrated(Migration),
    /// The run ended. Nothing follows.
    RunEnded(RunOutcome),
}

/// What an invocation may use, as it was when it began. A replay has the same, whatever is allowed by then: a guest can
/// ask what is left, and ends where it runs out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Units of computing.
    pub fuel: u64,
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Milliseconds of wall time.
    pub wall_ms: u64,
    /// Host calls.
    pub host_calls: u64,
    /// Bytes in and out.
    pub bytes: u64,
    /// Bytes of log lines.
    pub log_bytes: u64,
    /// Bytes of one payload.
    pub payload_bytes: u64,
    /// Depth of invocations that wait for each other.
    pub depth: u32,
    /// Times that a call may be made with the same answer.
    pub repeats: u64,
}

/// With whose grants an invocation acts that another one made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Authority {
    /// With what it and its caller both may do.
    Bounded,
    /// With its own grants: the operator delegated to it by name.
    Itself,
}

/// What became of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "decision")]
pub enum Decision {
    /// Yes.
    Approved {
        /// Who said so.
        by: String,
        /// In which role.
        role: Option<String>,
        /// In their words.
        comment: Option<String>,
        /// What they added, JSON, where the step asks for it.
        answer: Option<Payload>,
    },
    /// No.
    Rejected {
        /// Who said so.
        by: String,
        /// In which role.
        role: Option<String>,
        /// In their words.
        comment: Option<String>,
    },
    /// Nobody answered in time.
    Expired,
}

impl Event {
    /// The event as a store keeps it, large payloads by digest, and those payloads: the texts to be kept beside it.
    #[must_use]
    pub fn by_reference(&self) -> (Event, Vec<Payload>) {
        let (mut event, mut large) = (self.clone(), Vec::new());
        event.for_each_payload(|payload| {
            let reference = payload.as_reference();
            if reference != *payload {
                large.push(std::mem::replace(payload, reference));
            }
        });
        (event, large)
    }

    /// Applies a function to every payload of the event.
    pub fn for_each_payload(&mut self, mut apply: impl FnMut(&mut Payload)) {
        match self {
            Event::RunStarted(header) => {
                apply(&mut header.plan);
                apply(&mut header.input);
            }
            Event::Migrated(migration) => apply(&mut migration.plan),
            Event::InvocationStarted { input, .. } => apply(input),
            Event::HostCallStarted { request, .. } => apply(request),
            Event::HostCall { request, reply, .. } => {
                apply(request);
                apply(reply);
            }
            Event::InvocationEnded { outcome: Outcome::Completed { output }, .. }
            | Event::RunEnded(RunOutcome::Completed { output }) => apply(output),
            Event::ApprovalRequested { show, .. } => apply(show),
            Event::EventReceived { data, .. } | Event::EventEmitted { data, .. } => apply(data),
            Event::ApprovalDecided { decision: Decision::Approved { answer: Some(answer), .. }, .. }
            | Event::ApprovalTurn {
                turn: Turn::Voted { vote: Decision::Approved { answer: Some(answer), .. } }, ..
            } => apply(answer),
            Event::Logged { .. }
            | Event::InvocationEnded { .. }
            | Event::ApprovalTurn { .. }
            | Event::ApprovalDecided { .. }
            | Event::TimerFired { .. }
            | Event::Waiting { .. }
            | Event::CancelRequested { .. }
            | Event::Paused { .. }
            | Event::Continued { .. }
            | Event::Forked
            | Event::RunEnded(RunOutcome::Failed { .. } | RunOutcome::Cancelled { .. }) => {}
        }
    }
}
