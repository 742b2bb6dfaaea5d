//! Whether guests were told what the journal has: results of tools and workers, answers of people, events. It does not know what the
//! replies mean to the guests.

use std::collections::BTreeMap;

use baton_journal::{Decision, Entry, Event, InvocationId, Outcome, Payload};
use serde_json::Value;

use super::Fault;
use crate::questions;
use crate::story::Story;

/// The replies that told a guest something else than what the journal has.
pub(super) fn otherwise(story: &Story) -> Vec<Fault> {
    let recorded = Recorded::of(story.entries());
    let faults = story.entries().iter().filter_map(|entry| {
        let what = recorded.differs(&entry.event)?;
        Some(Fault { entry: entry.sequence, what })
    });
    faults.collect()
}

/// What calls must have been told, by their names.
#[derive(Default)]
struct Recorded<'a> {
    /// The last end of what was invoked, where an attempt was suspended before.
    ends: BTreeMap<&'a str, &'a Outcome>,
    decisions: BTreeMap<&'a str, &'a Decision>,
    /// What came for calls that waited for an event; nothing: none in time.
    came: BTreeMap<&'a str, Option<&'a Payload>>,
}

impl<'a> Recorded<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let mut recorded = Recorded::default();
        for entry in entries {
            match &entry.event {
                Event::InvocationEnded { invocation, caller: Some(_), outcome, .. } => {
                    recorded.ends.insert(invocation.as_str(), outcome);
                }
                Event::ApprovalDecided { step, decision, .. } => {
                    recorded.decisions.insert(step, decision);
                }
                Event::EventReceived { site, data, .. } => {
                    recorded.came.insert(&site.step, Some(data));
                }
                Event::TimerFired { site, attempt: 0 } => {
                    recorded.came.insert(&site.step, None);
                }
                _ => {}
            }
        }
        recorded
    }

    /// What is wrong with a reply that tells something else; nothing about all other events.
    fn differs(&self, event: &Event) -> Option<String> {
        let Event::HostCall { invocation, sequence, operation, reply, .. } = event else { return None };
        let reply: Value = serde_json::from_str(reply.as_str()?).ok()?;
        let (told, call) = (reply.get("ok")?, InvocationId::nested(invocation, *sequence, None));
        match operation.as_str() {
            "tools.call" => self.result_differs(&call, told.as_str()?),
            "agents.delegate" => self.result_differs(&call, told.get("told")?.get("output")?.as_str()?),
            "people.ask" => self.answer_differs(&call, told),
            "events.wait" => self.event_differs(&call, told.as_str()),
            _ => None,
        }
    }

    fn result_differs(&self, call: &InvocationId, told: &str) -> Option<String> {
        let end = self.ends.get(call.as_str());
        let is_its = matches!(end, Some(Outcome::Completed { output }) if output.as_str() == Some(told));
        (!is_its).then(|| format!("its caller was told another result of {call} than it came to"))
    }

    fn answer_differs(&self, call: &InvocationId, told: &Value) -> Option<String> {
        let decision = self.decisions.get(call.as_str());
        let given = decision.and_then(|decision| serde_json::to_value(questions::told(decision)).ok());
        let is_other = *told != given.unwrap_or_default();
        is_other.then(|| format!("an agent was told another answer to its question {call} than a person gave"))
    }

    fn event_differs(&self, call: &InvocationId, told: Option<&str>) -> Option<String> {
        let came = self.came.get(call.as_str());
        let is_it = came.is_some_and(|came| came.and_then(Payload::as_str) == told);
        (!is_it).then(|| format!("an agent was told another event by its call {call} than came"))
    }
}
