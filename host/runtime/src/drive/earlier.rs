//! What the journal says of invocations that an earlier host made. It does not know what they did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_journal::{Decision, Entry, Event, InvocationId, Lease, Outcome, Payload, Site, Tape, Timestamp, Usage};
use baton_policy::{Amounts, Share};
use baton_sandbox::{Delegated, Work};
use serde::Deserialize;

use crate::lease;

/// The invocations of a run that were begun before this host drives it.
#[derive(Default)]
pub(crate) struct Earlier {
    tapes: Mutex<BTreeMap<InvocationId, Tape>>,
    /// The nested ones.
    begun: BTreeMap<InvocationId, Begun>,
    /// What each that was begun may use.
    leases: BTreeMap<InvocationId, Lease>,
    /// The site of each that has not ended, and how many host calls it has made as far as the journal knows.
    unfinished: BTreeMap<InvocationId, (Site, u64)>,
    /// When each first began, and by when it was to end.
    started: BTreeMap<InvocationId, (Timestamp, Timestamp)>,
    /// What people said to questions that agents asked, by the calls.
    decisions: BTreeMap<String, Decision>,
    /// What came for calls that wait for an event: its data, or nothing in time.
    came: BTreeMap<String, Option<Payload>>,
    /// What each was told that its workers had spent.
    handed_on: BTreeMap<InvocationId, Amounts>,
    /// The calls of which there is an intent and no reply, by who called and their number.
    unanswered: BTreeMap<InvocationId, BTreeMap<u32, Unanswered>>,
    /// The nested ones that were suspended: they begin again.
    suspended: Mutex<BTreeSet<InvocationId>>,
}

/// A call that may have been made.
pub(crate) struct Unanswered {
    pub(crate) operation: String,
    pub(crate) request: Payload,
    /// When its intent was written.
    pub(crate) began: Timestamp,
}

/// What was called: `plugin/interface.function`, or an agent.
#[derive(PartialEq, Eq)]
enum Callee {
    Tool(String),
    Agent(String),
}

struct Begun {
    site: Site,
    attempt: u32,
    caller: InvocationId,
    callee: Callee,
    input: Payload,
    ended: Option<(Outcome, Usage)>,
}

impl Earlier {
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let tapes = Tape::all(entries);
        let mut earlier = Earlier::default();
        entries.iter().for_each(|entry| earlier.load(entry));
        for (id, (_, calls)) in &mut earlier.unfinished {
            *calls = tapes.get(id).map_or(0, Tape::recorded_calls);
        }
        Earlier { tapes: Mutex::new(tapes), ..earlier }
    }

    fn load(&mut self, entry: &Entry) {
        if let Event::InvocationStarted { invocation, site, lease, deadline, .. } = &entry.event {
            self.unfinished.entry(invocation.clone()).or_insert((site.clone(), 0));
            self.leases.entry(invocation.clone()).or_insert(*lease);
            self.started.entry(invocation.clone()).or_insert((entry.at, *deadline));
        }
        if let Event::InvocationEnded { invocation, outcome, .. } = &entry.event
            && *outcome != Outcome::Suspended
        {
            self.unfinished.remove(invocation);
        }
        match &entry.event {
            Event::ApprovalDecided { step, decision, .. } => {
                self.decisions.insert(step.clone(), decision.clone());
            }
            Event::EventReceived { site, data, .. } => {
                self.came.insert(site.to_string(), Some(data.clone()));
            }
            Event::TimerFired { site, attempt: 0 } => {
                self.came.insert(site.to_string(), None);
            }
            Event::HostCallStarted { invocation, sequence, operation, request } => {
                let call = Unanswered { operation: operation.clone(), request: request.clone(), began: entry.at };
                self.unanswered.entry(invocation.clone()).or_default().insert(*sequence, call);
            }
            Event::HostCall { invocation, sequence, operation, reply, .. } => {
                if let Some(calls) = self.unanswered.get_mut(invocation) {
                    calls.remove(sequence);
                }
                if let Some(spent) = spent(operation, reply) {
                    let sum = self.handed_on.entry(invocation.clone()).or_default();
                    *sum = sum.plus(spent);
                }
            }
            Event::InvocationStarted {
                invocation,
                site,
                attempt,
                caller: Some(caller),
                plugin,
                function,
                input,
                ..
            } => {
                let callee = match function {
                    Some(function) => Callee::Tool(format!("{plugin}/{function}")),
                    None => Callee::Agent(plugin.clone()),
                };
                let (site, caller, attempt, input) = (site.clone(), caller.clone(), *attempt, input.clone());
                let begun = Begun { site, attempt, caller, callee, input, ended: None };
                self.begun.insert(invocation.clone(), begun);
            }
            Event::InvocationEnded { invocation, caller: Some(_), outcome, usage, .. } => {
                if let Some(begun) = self.begun.get_mut(invocation) {
                    begun.ended = Some((outcome.clone(), *usage));
                }
            }
            _ => {}
        }
    }

    /// What an invocation was told, for the one that goes on with it.
    pub(crate) fn take_tape(&self, id: &InvocationId) -> Option<Tape> {
        self.tapes.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }

    /// What an invocation may use that was begun: a replay has what it had.
    pub(crate) fn lease(&self, id: &InvocationId) -> Option<Lease> {
        self.leases.get(id).copied()
    }

    /// The invocations that have not ended, with their sites and the host calls that they have made.
    pub(crate) fn unfinished(&self) -> impl Iterator<Item = (&InvocationId, &Site, u64)> {
        self.unfinished.iter().map(|(id, (site, calls))| (id, site, *calls))
    }

    /// How the same call ended: it is not made again. A tool is not replayed, so one that was restarted may make
    /// another call in the same place.
    pub(crate) fn outcome(&self, id: &InvocationId, tool: &str, arguments: &str) -> Option<&Outcome> {
        self.same(id, tool, arguments)?.outcome()
    }

    /// How the same work for an agent ended, and what was spent of what was lent for it: as its caller would have been told.
    pub(crate) fn came_to(&self, id: &InvocationId, agent: &str, input: &str) -> Option<(&Outcome, Amounts)> {
        let begun = self.same(id, agent, input)?;
        let (outcome, (_, usage)) = (begun.outcome()?, begun.ended.as_ref()?);
        let used = self.handed_on.get(id).copied().unwrap_or_default().plus(lease::amounts(*usage));
        Some((outcome, used.at_most(lease::lent(&lease::limits(self.lease(id)?)))))
    }

    /// The work for agents that an invocation has handed out and that has not ended, by the numbers of its calls. With which
    /// share is not known any more: the least, which every grant covers.
    pub(crate) fn workers_of(&self, caller: &InvocationId) -> Vec<(u32, Work)> {
        let open = self.begun.iter().filter(|(_, begun)| begun.caller == *caller && begun.outcome().is_none());
        let work = open.filter_map(|(id, begun)| {
            let Callee::Agent(agent) = &begun.callee else { return None };
            let (sequence, input) = (id.call()?, begun.input.as_str()?);
            Some((sequence, Work { agent: agent.clone(), input: input.into(), share: Share::LEAST }))
        });
        work.collect()
    }

    /// Whether the same call has begun and not ended, be it suspended or not.
    pub(crate) fn has_begun(&self, id: &InvocationId, tool: &str, arguments: &str) -> bool {
        self.same(id, tool, arguments).is_some() && self.outcome(id, tool, arguments).is_none()
    }

    /// Whether the same call is at work, as far as the journal knows: its beginning is not written again.
    pub(crate) fn is_open(&self, id: &InvocationId, tool: &str, arguments: &str) -> bool {
        self.same(id, tool, arguments).is_some_and(|begun| begun.ended.is_none()) && !self.suspended().contains(id)
    }

    /// What became of the question that a call asks.
    pub(crate) fn decision(&self, call: &str) -> Option<&Decision> {
        self.decisions.get(call)
    }

    /// What came for a call that waits for an event; the inner nothing: none in time.
    pub(crate) fn came(&self, call: &str) -> Option<Option<&Payload>> {
        self.came.get(call).map(Option::as_ref)
    }

    /// When an invocation first began.
    pub(crate) fn began(&self, id: &InvocationId) -> Option<Timestamp> {
        self.started.get(id).map(|(began, _)| *began)
    }

    /// By when an invocation was to end, as it was told when it first began.
    pub(crate) fn deadline(&self, id: &InvocationId) -> Option<Timestamp> {
        self.started.get(id).map(|(_, deadline)| *deadline)
    }

    /// The calls of an invocation of which there is an intent and no reply, by their numbers.
    pub(crate) fn unanswered(&self, id: &InvocationId) -> impl Iterator<Item = (u32, &Unanswered)> {
        self.unanswered.get(id).into_iter().flatten().map(|(sequence, call)| (*sequence, call))
    }

    /// Suspends the nested invocations that are open within one, the innermost first.
    pub(crate) fn suspend_within(&self, id: &InvocationId) -> Vec<Event> {
        let inside = format!("{id}/");
        let is_open = |begun: &Begun| begun.ended.is_none();
        let within = self.begun.iter().rev().filter(|(id, begun)| id.as_str().starts_with(&inside) && is_open(begun));
        let mut suspended = self.suspended();
        within.filter(|(id, _)| suspended.insert((*id).clone())).map(|(id, begun)| begun.suspended(id)).collect()
    }

    fn suspended(&self) -> MutexGuard<'_, BTreeSet<InvocationId>> {
        self.suspended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn same(&self, id: &InvocationId, callee: &str, input: &str) -> Option<&Begun> {
        let begun = self.begun.get(id)?;
        (begun.callee() == callee && begun.input.as_str() == Some(input)).then_some(begun)
    }
}

/// What a reply says was spent for it.
fn spent(operation: &str, reply: &Payload) -> Option<Amounts> {
    #[derive(Deserialize)]
    struct Answered {
        ok: Delegated,
    }
    let reply = reply.as_str().filter(|_| operation == "agents.delegate")?;
    serde_json::from_str::<Answered>(reply).ok().map(|answered| answered.ok.spent)
}

impl Begun {
    /// A tool as `plugin/interface.function`, an agent by its name: no name of the one is one of the other.
    fn callee(&self) -> &str {
        match &self.callee {
            Callee::Tool(name) | Callee::Agent(name) => name,
        }
    }

    /// How it ended: one that is suspended has not.
    fn outcome(&self) -> Option<&Outcome> {
        self.ended.as_ref().map(|(outcome, _)| outcome).filter(|outcome| **outcome != Outcome::Suspended)
    }

    /// The entry that suspends it.
    fn suspended(&self, id: &InvocationId) -> Event {
        Event::InvocationEnded {
            invocation: id.clone(),
            site: self.site.clone(),
            attempt: self.attempt,
            caller: Some(self.caller.clone()),
            outcome: Outcome::Suspended,
            usage: Usage::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use baton_journal::{Chain, Digest};

    use super::*;

    fn caller() -> InvocationId {
        InvocationId::attempt(&site(), 1)
    }

    fn site() -> Site {
        Site { step: "step".to_owned(), item: None }
    }

    fn intent() -> Event {
        let request = Payload::text("{}");
        Event::HostCallStarted { invocation: caller(), sequence: 0, operation: "tools.call".to_owned(), request }
    }

    fn started() -> Event {
        Event::InvocationStarted {
            invocation: InvocationId::nested(&caller(), 0, None),
            site: site(),
            attempt: 1,
            caller: Some(caller()),
            plugin: "crm".to_owned(),
            function: Some("get".to_owned()),
            input: Payload::text("1"),
            deadline: Timestamp(0),
            authority: None,
            lease: Lease::default(),
        }
    }

    fn answered() -> Event {
        let (invocation, operation, text) = (caller(), "tools.call".to_owned(), Payload::text("{}"));
        Event::HostCall { invocation, sequence: 0, operation, request: text.clone(), reply: text }
    }

    fn ended() -> Event {
        Event::InvocationEnded {
            invocation: InvocationId::nested(&caller(), 0, None),
            site: site(),
            attempt: 1,
            caller: Some(caller()),
            outcome: Outcome::Completed { output: Payload::text("2") },
            usage: Usage::default(),
        }
    }

    fn earlier(events: Vec<Event>) -> Earlier {
        let mut chain = Chain::after(1, Timestamp(0), Digest::of(b""));
        let entries: Vec<Entry> = events.into_iter().map(|event| chain.seal(Timestamp(0), event)).collect();
        Earlier::of(&entries)
    }

    #[test]
    fn what_was_intended_and_not_answered_may_have_been_made() {
        let unanswered = |events| earlier(events).unanswered(&caller()).count();
        assert_eq!(unanswered(vec![]), 0);
        assert_eq!(unanswered(vec![intent()]), 1);
        assert_eq!(unanswered(vec![intent(), started(), ended()]), 1, "the caller was not told");
        assert_eq!(unanswered(vec![intent(), answered()]), 0);
    }

    #[test]
    fn what_is_suspended_begins_again() {
        let id = InvocationId::nested(&caller(), 0, None);
        let stands = |earlier: &Earlier| {
            let (has_begun, is_open) = (earlier.has_begun(&id, "crm/get", "1"), earlier.is_open(&id, "crm/get", "1"));
            (has_begun, is_open, earlier.outcome(&id, "crm/get", "1").is_some())
        };
        let open = earlier(vec![intent(), started()]);
        assert_eq!(stands(&open), (true, true, false));
        let events = open.suspend_within(&caller());
        assert_eq!((events.len(), stands(&open)), (1, (true, false, false)));
        assert_eq!(open.suspend_within(&caller()), [], "once");
        let later = earlier([intent(), started()].into_iter().chain(events).collect());
        assert_eq!(stands(&later), (true, false, false));
        assert_eq!(stands(&earlier(vec![started(), ended()])), (false, false, true));
    }

    #[test]
    fn the_outcome_of_one_call_is_not_given_to_another() {
        let id = InvocationId::nested(&caller(), 0, None);
        let earlier = earlier(vec![started(), ended()]);
        assert!(earlier.outcome(&id, "crm/get", "1").is_some());
        assert!(earlier.outcome(&id, "crm/remove", "1").is_none());
        assert!(earlier.outcome(&id, "crm/get", "2").is_none());
    }
}
