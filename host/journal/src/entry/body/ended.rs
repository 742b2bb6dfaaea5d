//! `invocation-ended`, written.

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::{Kind, Tag, wrong};
use crate::event::Event;
use crate::id::{InvocationId, Site};
use crate::outcome::{Failure, Limit, Outcome, Usage};
use crate::payload::Payload;

/// `invocation-ended`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ended {
    event: Tag,
    invocation: InvocationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site: Option<Site>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caller: Option<InvocationId>,
    outcome: Word,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output: Option<Payload>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<Limit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after_ms: Option<u64>,
    usage: (u64, u64, u64, u64, u64),
    /// Money and tokens, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<(u64, u64)>,
}

/// The name of an outcome.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Completed,
    Failed,
    Trapped,
    Exhausted,
    Denied,
    TimedOut,
    Cancelled,
    Suspended,
}

impl Ended {
    pub(super) fn of(event: &Event) -> Option<Ended> {
        let Event::InvocationEnded { invocation, site, attempt, caller, outcome, usage } = event else { return None };
        let place = Place::written(invocation, (site, *attempt, caller));
        let Usage { fuel, memory_bytes, wall_ms, host_calls, bytes, micro_usd, tokens } = *usage;
        let ended = Ended {
            event: Tag(Some(Kind::InvocationEnded)),
            invocation: invocation.clone(),
            site: place.0,
            attempt: place.1,
            caller: place.2,
            outcome: Word::Suspended,
            output: None,
            failure: None,
            limit: None,
            message: None,
            after_ms: None,
            usage: (fuel, memory_bytes, wall_ms, host_calls, bytes),
            cost: Some((micro_usd, tokens)).filter(|cost| *cost != (0, 0)),
        };
        Some(ended.with(outcome))
    }

    fn with(self, outcome: &Outcome) -> Ended {
        match outcome {
            Outcome::Completed { output } => Ended { outcome: Word::Completed, output: Some(output.clone()), ..self },
            Outcome::Failed { failure } => Ended { outcome: Word::Failed, failure: Some(failure.clone()), ..self },
            Outcome::Trapped { message } => Ended { outcome: Word::Trapped, message: Some(message.clone()), ..self },
            Outcome::Exhausted { limit, message } => {
                Ended { outcome: Word::Exhausted, limit: Some(*limit), message: Some(message.clone()), ..self }
            }
            Outcome::Denied { message } => Ended { outcome: Word::Denied, message: Some(message.clone()), ..self },
            Outcome::TimedOut { after_ms } => Ended { outcome: Word::TimedOut, after_ms: Some(*after_ms), ..self },
            Outcome::Cancelled => Ended { outcome: Word::Cancelled, ..self },
            Outcome::Suspended => self,
        }
    }

    pub(super) fn event(self) -> Result<Event, serde_json::Error> {
        let (fuel, memory_bytes, wall_ms, host_calls, bytes) = self.usage;
        if self.cost == Some((0, 0)) {
            return Err(wrong("a cost of nothing is not written"));
        }
        let (micro_usd, tokens) = self.cost.unwrap_or_default();
        let outcome = match (self.outcome, self.output, self.failure, self.limit, self.message, self.after_ms) {
            (Word::Completed, Some(output), None, None, None, None) => Outcome::Completed { output },
            (Word::Failed, None, Some(failure), None, None, None) => Outcome::Failed { failure },
            (Word::Trapped, None, None, None, Some(message), None) => Outcome::Trapped { message },
            (Word::Exhausted, None, None, Some(limit), Some(message), None) => Outcome::Exhausted { limit, message },
            (Word::Denied, None, None, None, Some(message), None) => Outcome::Denied { message },
            (Word::TimedOut, None, None, None, None, Some(after_ms)) => Outcome::TimedOut { after_ms },
            (Word::Cancelled, None, None, None, None, None) => Outcome::Cancelled,
            (Word::Suspended, None, None, None, None, None) => Outcome::Suspended,
            _ => return Err(wrong("its outcome has not the fields that it should have")),
        };
        let Place { site, attempt, caller } = Place::read(&self.invocation, (self.site, self.attempt, self.caller))?;
        let usage = Usage { fuel, memory_bytes, wall_ms, host_calls, bytes, micro_usd, tokens };
        Ok(Event::InvocationEnded { invocation: self.invocation, site, attempt, caller, outcome, usage })
    }
}
