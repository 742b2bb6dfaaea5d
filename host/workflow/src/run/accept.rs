//! Whether an event can follow on what a run has seen, and what it changes. Nothing changes here.

use std::collections::VecDeque;

use baton_journal::{
    Decision, Digest, Event, InvocationId, Outcome, Payload, RunHeader, RunId, RunOutcome, Site, Timestamp, Turn, Usage,
};
use baton_policy::Resolution;
use serde_json::Value;

use super::escalate::Ruling;
use super::fault::Fault;
use super::listening::{Awaited, WAIT};
use super::question::{ASK, Wanted};
use super::reserve::{Nested, Place, Terms, amounts};
use super::{Ask, Run, RunError};
use baton_journal::json;

/// What an event changes.
pub(super) enum Change<'e> {
    /// The run begins with this input, or cannot begin with it.
    Begin(Result<Value, String>, VecDeque<RunId>, Terms),
    /// An attempt has begun.
    Started { site: &'e Site, deadline: Timestamp },
    /// An attempt ended; what its output is worth is not decided.
    Ended { site: &'e Site, attempt: u32, outcome: &'e Outcome, usage: Usage },
    /// What an attempt invoked itself has begun.
    NestedBegan { place: Place, invocation: InvocationId, nested: Nested },
    /// What an attempt invoked itself has ended.
    NestedEnded { place: Place, invocation: InvocationId, usage: Usage },
    /// A person was asked.
    Asked { step: String },
    /// A person was asked about calls of an attempt whose outcome nobody knows.
    Doubted(Box<Ask>),
    /// A person said what becomes of them.
    Resolved { site: Site, resolution: Resolution },
    /// Something happened to a question that leaves it open.
    Turned(Box<Ask>),
    /// A question was decided.
    Answered { step: String, answer: Result<Value, Fault> },
    /// A person said what becomes of an item that failed.
    Ruled { name: String, ruling: Ruling },
    /// A delay is over.
    Elapsed { site: &'e Site, attempt: u32 },
    /// The journal has the beginning of what a step waits for.
    Waiting { site: &'e Site },
    /// A step has waited long enough.
    Waited { site: &'e Site },
    /// The event came that a step waits for.
    Received { site: &'e Site, data: Value },
    /// An event was emitted.
    Emitted { site: &'e Site },
    /// Somebody wants the run to end.
    Cancel(RunOutcome),
    /// Somebody wants the run to rest, or to go on.
    Pause(bool),
    /// Something changes in the workflow that a step runs.
    Inner((usize, usize), Box<Change<'e>>),
    /// The events of a run that this one was forked off are over.
    Forked,
    /// It goes on with other components, which take other amounts.
    Migrated(Terms),
    /// The run ended.
    End(RunOutcome),
    /// A person has allowed more for a call, or not.
    Allowed { call: String, site: Site, allowed: bool },
    /// An agent wants to know something of people.
    Wants(Box<Wanted>),
    /// An agent waits for an event.
    Listens(Box<Awaited>),
    /// An agent was told what became of its question, or what came.
    Told { call: String },
    /// A person decided what an agent asked.
    Decided { call: String, site: Site },
    /// Nothing.
    Nothing,
}

impl Change<'_> {
    /// What an invocation used, if it is one's end.
    pub(super) fn usage(&self) -> Option<Usage> {
        match self {
            Change::Ended { usage, .. } => Some(*usage),
            Change::NestedEnded { usage, .. } => Some(Usage { wall_ms: 0, ..*usage }),
            Change::Inner(_, change) => change.usage(),
            _ => None,
        }
    }
}

impl Run {
    /// Checks an event, and says what it changes.
    pub(super) fn accept<'e>(&self, event: &'e Event) -> Result<Change<'e>, RunError> {
        if self.ended {
            return Err(RunError::OutOfOrder("the run has ended".to_owned()));
        }
        match (event, &self.input) {
            (Event::RunStarted(header), None) if self.ending.is_none() => self.begin(header),
            (Event::RunStarted(_), _) => Err(RunError::OutOfOrder("the run has begun already".to_owned())),
            (_, None) if self.ending.is_none() => Err(RunError::OutOfOrder("the run has not begun".to_owned())),
            (event, _) => self.accept_later(event),
        }
    }

    fn accept_later<'e>(&self, event: &'e Event) -> Result<Change<'e>, RunError> {
        let inner = place_of(event).and_then(|step| self.inside(step));
        if let Some((place, inner)) = inner.and_then(|place| Some((place, self.inner.get(&place)?))) {
            return Ok(Change::Inner(place, Box::new(inner.accept_later(event)?)));
        }
        match event {
            Event::InvocationStarted { caller: Some(_), site, invocation, plugin, function, lease, .. } => {
                let price = self.terms.of_plugin(plugin).price();
                let own = || Nested::Own(amounts(*lease).plus(price));
                self.nested_began(site, invocation, function.as_ref().map_or(Nested::Caller(price), |_| own()))
            }
            Event::Logged { .. } => Ok(Change::Nothing),
            Event::HostCallStarted { invocation, sequence, operation, request } => {
                self.intended(InvocationId::nested(invocation, *sequence, None), operation, request)
            }
            Event::HostCall { invocation, sequence, operation, .. } if parks(operation) => {
                Ok(Change::Told { call: InvocationId::nested(invocation, *sequence, None).to_string() })
            }
            Event::HostCall { .. } => Ok(Change::Nothing),
            Event::InvocationEnded { caller: Some(_), invocation, site, outcome, usage, .. } => {
                self.nested_ended(site, invocation, counted(outcome, *usage))
            }
            Event::InvocationStarted { site, attempt, deadline, .. } => self.started(site, *attempt, *deadline),
            Event::InvocationEnded { site, attempt, outcome, usage, .. } => {
                self.attempt_ended(site, *attempt, outcome, *usage)
            }
            Event::ApprovalRequested { step, token, .. } => match self.asked_about(step, event)? {
                Some(ask) => Ok(Change::Doubted(Box::new(ask))),
                None => self.asked(step, *token),
            },
            Event::ApprovalTurn { step, token, turn } => self.turned_at(step, *token, turn),
            Event::ApprovalDecided { step, token, decision } => self.answered(step, *token, decision),
            Event::TimerFired { site, attempt: 0 } => self.waited(site),
            Event::TimerFired { site, attempt } => self.elapsed(site, *attempt),
            Event::Waiting { site, .. } => self.waiting(site),
            Event::EventReceived { site, name, data, .. } => self.received(site, name, data),
            Event::EventEmitted { site, .. } => self.emitted(site),
            event => self.accept_whole(event),
        }
    }

    /// What an intent changes: one whose call may have to wait for its reply is noted.
    fn intended(&self, call: InvocationId, operation: &str, request: &Payload) -> Result<Change<'static>, RunError> {
        match operation {
            ASK => self.wants_answer(call, request),
            WAIT => self.wants_event(call, request),
            _ => Ok(Change::Nothing),
        }
    }

    /// What is about the run as a whole.
    fn accept_whole(&self, event: &Event) -> Result<Change<'static>, RunError> {
        let out_of_order = |text: &str| Err(RunError::OutOfOrder(text.to_owned()));
        match event {
            Event::CancelRequested { by, reason } => {
                Ok(Change::Cancel(RunOutcome::Cancelled { by: by.clone(), reason: reason.clone() }))
            }
            Event::Paused { .. } => Ok(Change::Pause(true)),
            Event::Continued { .. } => Ok(Change::Pause(false)),
            Event::Forked if self.forks.is_empty() => out_of_order("the run was not forked off another one"),
            Event::Forked => Ok(Change::Forked),
            // Whoever makes the machine again makes it with the plan that the run goes on with.
            Event::Migrated(migration) => Ok(Change::Migrated(Terms::of(&migration.plugins))),
            Event::RunEnded(outcome) => Ok(Change::End(outcome.clone())),
            _ => out_of_order("the run has begun already"),
        }
    }

    fn begin(&self, header: &RunHeader) -> Result<Change<'static>, RunError> {
        if header.plan_digest != self.began_with {
            return Err(RunError::Foreign("the run was begun with another plan".to_owned()));
        }
        if header.seed != self.seed {
            return Err(RunError::Foreign("the run was begun with another seed".to_owned()));
        }
        let text = header.input.as_str().ok_or(RunError::NotLoaded("input of the run"))?;
        let input = json::parse_file(text).map_err(|error| format!("the input is not JSON: {error}"));
        let checked = input.and_then(|input| match self.plan.check_input(&input) {
            Ok(()) => Ok(input),
            Err(errors) => Err(format!("the input does not fit its schema: {}", errors.join("; "))),
        });
        let forks = header.forks.iter().map(|fork| fork.from.clone()).collect();
        Ok(Change::Begin(checked, forks, Terms::of(&header.plugins)))
    }

    fn nested_began(
        &self,
        site: &Site,
        invocation: &InvocationId,
        nested: Nested,
    ) -> Result<Change<'static>, RunError> {
        match self.place(site) {
            Some(place) => Ok(Change::NestedBegan { place, invocation: invocation.clone(), nested }),
            None => Err(RunError::Foreign(format!("the plan has no step `{}`", site.step))),
        }
    }

    fn nested_ended(&self, site: &Site, invocation: &InvocationId, usage: Usage) -> Result<Change<'static>, RunError> {
        match self.place(site) {
            Some(place) => Ok(Change::NestedEnded { place, invocation: invocation.clone(), usage }),
            None => Err(RunError::Foreign(format!("the plan has no step `{}`", site.step))),
        }
    }

    fn started<'e>(&self, site: &'e Site, attempt: u32, deadline: Timestamp) -> Result<Change<'e>, RunError> {
        match self.outstanding.invoke(site, attempt) {
            Some(_) if self.outstanding.is_held_up(site) => {
                Err(RunError::OutOfOrder(format!("attempt {attempt} of `{site}` waits for an answer or an event")))
            }
            Some(invoke) if invoke.started.is_none() => Ok(Change::Started { site, deadline }),
            Some(_) => Err(RunError::OutOfOrder(format!("attempt {attempt} of `{site}` has begun already"))),
            None => Err(RunError::OutOfOrder(format!("attempt {attempt} of `{site}` was not asked for"))),
        }
    }

    fn attempt_ended<'e>(
        &self,
        site: &'e Site,
        attempt: u32,
        outcome: &'e Outcome,
        usage: Usage,
    ) -> Result<Change<'e>, RunError> {
        let invoke = self.outstanding.invoke(site, attempt).or_else(|| self.outstanding.stop(site));
        if !invoke.is_some_and(|invoke| invoke.started.is_some() && invoke.attempt == attempt) {
            return Err(RunError::OutOfOrder(format!("attempt {attempt} of `{site}` is not at work")));
        }
        if let Outcome::Completed { output: Payload::Stored { .. } } = outcome {
            return Err(RunError::NotLoaded("output of an invocation"));
        }
        let usage = counted(outcome, usage);
        Ok(Change::Ended { site, attempt, outcome, usage })
    }

    /// Whether the run comes to its end.
    pub(super) fn is_ending(&self) -> bool {
        self.ending.is_some()
    }

    fn asked(&self, step: &str, token: Digest) -> Result<Change<'static>, RunError> {
        match self.outstanding.ask(step) {
            Some(ask) if ask.token != token => Err(another_question(step)),
            Some(ask) if ask.requested => Err(RunError::OutOfOrder(format!("step `{step}` has asked already"))),
            Some(_) => Ok(Change::Asked { step: step.to_owned() }),
            None if self.is_dropped(step, token) => Ok(Change::Nothing),
            None => Err(not_asking(step)),
        }
    }

    fn answered(&self, step: &str, token: Digest, decision: &Decision) -> Result<Change<'static>, RunError> {
        let Some(ask) = self.asked_with(step, token)? else { return Ok(Change::Nothing) };
        if let Some(site) = &ask.in_doubt {
            return Ok(Change::Resolved { site: site.clone(), resolution: self.resolution(step, decision)? });
        }
        if let Some(site) = &ask.asked_by {
            self.check_decision(ask, decision)?;
            if ask.short.is_some() {
                let allowed = matches!(decision, Decision::Approved { .. });
                return Ok(Change::Allowed { call: step.to_owned(), site: site.clone(), allowed });
            }
            return Ok(Change::Decided { call: step.to_owned(), site: site.clone() });
        }
        if ask.escalated {
            return Ok(Change::Ruled { name: step.to_owned(), ruling: self.ruling(ask, decision)? });
        }
        let answer = self.decided(ask, decision)?;
        Ok(Change::Answered { step: step.to_owned(), answer })
    }

    fn turned_at(&self, step: &str, token: Digest, turn: &Turn) -> Result<Change<'static>, RunError> {
        match self.asked_with(step, token)? {
            Some(ask) => Ok(Change::Turned(Box::new(self.turned(ask, turn)?))),
            None => Ok(Change::Nothing),
        }
    }

    /// The question that a token is of; nothing if it was dropped.
    fn asked_with(&self, step: &str, token: Digest) -> Result<Option<&Ask>, RunError> {
        if self.is_dropped(step, token) {
            return Ok(None);
        }
        let ask = self.open_question(step)?;
        if ask.token == token { Ok(Some(ask)) } else { Err(another_question(step)) }
    }

    /// Whether a question was dropped because the run fails. A host may have asked it, or a person answered it, at that
    /// very moment: then it comes too late, and changes nothing.
    fn is_dropped(&self, step: &str, token: Digest) -> bool {
        self.dropped.iter().any(|ask| ask.step == step && ask.token == token)
    }

    fn elapsed<'e>(&self, site: &'e Site, attempt: u32) -> Result<Change<'e>, RunError> {
        match self.outstanding.wait(site, attempt) {
            Some(_) => Ok(Change::Elapsed { site, attempt }),
            // The delay was dropped because the run fails.
            None if self.is_ending() => Ok(Change::Nothing),
            None => Err(RunError::OutOfOrder(format!("nothing waits before attempt {attempt} of `{site}`"))),
        }
    }
}

/// What counts of an invocation's use: what is suspended is told when it has ended, with what it used before.
fn counted(outcome: &Outcome, usage: Usage) -> Usage {
    if *outcome == Outcome::Suspended { Usage::default() } else { usage }
}

/// The step waits for no answer.
pub(super) fn not_asking(step: &str) -> RunError {
    RunError::OutOfOrder(format!("step `{step}` does not wait for an answer"))
}

fn another_question(step: &str) -> RunError {
    RunError::Foreign(format!("this answers another question than the one that step `{step}` asks: look at it again"))
}

/// Whether the attempt that makes such a host call is suspended until there is a reply.
fn parks(operation: &str) -> bool {
    matches!(operation, ASK | WAIT)
}

/// The step that an event is about, by its whole name; nothing if it is about the run.
pub(super) fn place_of(event: &Event) -> Option<&str> {
    match event {
        Event::InvocationStarted { site, .. }
        | Event::InvocationEnded { site, .. }
        | Event::TimerFired { site, .. }
        | Event::Waiting { site, .. }
        | Event::EventReceived { site, .. }
        | Event::EventEmitted { site, .. } => Some(&site.step),
        Event::ApprovalRequested { step, .. }
        | Event::ApprovalTurn { step, .. }
        | Event::ApprovalDecided { step, .. } => Some(step),
        Event::HostCallStarted { invocation, operation, .. } | Event::HostCall { invocation, operation, .. }
            if parks(operation) =>
        {
            invocation.as_str().split('#').next()
        }
        _ => None,
    }
}
