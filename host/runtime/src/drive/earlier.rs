//! What the journal says of invocations that an earlier host made. It does not know what they did.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use baton_journal::{Entry, Event, InvocationId, Lease, Outcome, Payload, Tape};

/// The invocations of a run that were begun before this host drives it.
#[derive(Default)]
pub(crate) struct Earlier {
    tapes: Mutex<BTreeMap<InvocationId, Tape>>,
    /// The nested ones.
    begun: BTreeMap<InvocationId, Begun>,
    /// What each that was begun may use.
    leases: BTreeMap<InvocationId, Lease>,
    /// Of calls whose intent is recorded: whether they were begun may have been lost.
    intended: BTreeSet<InvocationId>,
}

struct Begun {
    tool: String,
    arguments: Payload,
    outcome: Option<Outcome>,
}

impl Earlier {
    pub(crate) fn of(entries: &[Entry]) -> Self {
        let mut earlier = Earlier { tapes: Mutex::new(Tape::all(entries)), ..Earlier::default() };
        entries.iter().for_each(|entry| earlier.load(&entry.event));
        earlier
    }

    fn load(&mut self, event: &Event) {
        if let Event::InvocationStarted { invocation, lease, .. } = event {
            self.leases.insert(invocation.clone(), *lease);
        }
        match event {
            Event::HostCallStarted { invocation, sequence, .. } => {
                self.intended.insert(InvocationId::nested(invocation, *sequence, None));
            }
            Event::InvocationStarted {
                invocation, caller: Some(_), plugin, function: Some(function), input, ..
            } => {
                let begun = Begun { tool: format!("{plugin}/{function}"), arguments: input.clone(), outcome: None };
                self.begun.insert(invocation.clone(), begun);
            }
            Event::InvocationEnded { invocation, caller: Some(_), outcome, .. } => {
                if let Some(begun) = self.begun.get_mut(invocation) {
                    begun.outcome = Some(outcome.clone());
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

    /// How the same call ended: it is not made again. A tool is not replayed, so one that was restarted may make
    /// another call in the same place.
    pub(crate) fn outcome(&self, id: &InvocationId, tool: &str, arguments: &str) -> Option<&Outcome> {
        self.same(id, tool, arguments)?.outcome.as_ref()
    }

    /// Whether the same call has begun and not ended: its beginning is in the journal.
    pub(crate) fn is_open(&self, id: &InvocationId, tool: &str, arguments: &str) -> bool {
        self.same(id, tool, arguments).is_some_and(|begun| begun.outcome.is_none())
    }

    /// Whether the call may have been in flight when its host died.
    pub(crate) fn was_in_flight(&self, id: &InvocationId, tool: &str, arguments: &str) -> bool {
        let intended = self.intended.contains(id) && !self.begun.contains_key(id);
        intended || self.is_open(id, tool, arguments)
    }

    fn same(&self, id: &InvocationId, tool: &str, arguments: &str) -> Option<&Begun> {
        let begun = self.begun.get(id)?;
        (begun.tool == tool && begun.arguments.as_str() == Some(arguments)).then_some(begun)
    }
}

#[cfg(test)]
mod tests {
    use baton_journal::{Chain, Digest, Site, Timestamp, Usage};

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
    fn an_intent_alone_is_a_call_in_flight() {
        let id = InvocationId::nested(&caller(), 0, None);
        let after = |events| {
            let earlier = earlier(events);
            (earlier.was_in_flight(&id, "crm/get", "1"), earlier.is_open(&id, "crm/get", "1"))
        };
        assert_eq!(after(vec![]), (false, false));
        assert_eq!(after(vec![intent()]), (true, false));
        assert_eq!(after(vec![intent(), started()]), (true, true));
        assert_eq!(after(vec![intent(), started(), ended()]), (false, false));
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
