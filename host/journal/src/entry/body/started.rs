//! `invocation-started`, written.

use serde::{Deserialize, Serialize};

use super::place::Place;
use super::{Kind, Tag};
use crate::event::{Authority, Event, Lease};
use crate::id::{InvocationId, Site, Timestamp};
use crate::payload::Payload;

/// What stands in a lease, in the order of its fields.
type Numbers = (u64, u64, u64, u64, u64, u64, u64, u32, u64);

/// `invocation-started`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Started {
    event: Tag,
    invocation: InvocationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site: Option<Site>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    caller: Option<InvocationId>,
    plugin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    function: Option<String>,
    input: Payload,
    deadline: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authority: Option<Authority>,
    lease: Numbers,
}

impl Started {
    pub(super) fn of(event: &Event) -> Option<Started> {
        let Event::InvocationStarted {
            invocation,
            site,
            attempt,
            caller,
            plugin,
            function,
            input,
            deadline,
            authority,
            lease,
        } = event
        else {
            return None;
        };
        let place = Place::written(invocation, (site, *attempt, caller));
        Some(Started {
            event: Tag(Some(Kind::InvocationStarted)),
            invocation: invocation.clone(),
            site: place.0,
            attempt: place.1,
            caller: place.2,
            plugin: plugin.clone(),
            function: function.clone(),
            input: input.clone(),
            deadline: *deadline,
            authority: *authority,
            lease: numbers(lease),
        })
    }

    pub(super) fn event(self) -> Result<Event, serde_json::Error> {
        let Place { site, attempt, caller } = Place::read(&self.invocation, (self.site, self.attempt, self.caller))?;
        let (fuel, memory_bytes, wall_ms, host_calls, bytes, log_bytes, payload_bytes, depth, repeats) = self.lease;
        Ok(Event::InvocationStarted {
            invocation: self.invocation,
            site,
            attempt,
            caller,
            plugin: self.plugin,
            function: self.function,
            input: self.input,
            deadline: self.deadline,
            authority: self.authority,
            lease: Lease { fuel, memory_bytes, wall_ms, host_calls, bytes, log_bytes, payload_bytes, depth, repeats },
        })
    }
}

fn numbers(lease: &Lease) -> Numbers {
    let Lease { fuel, memory_bytes, wall_ms, host_calls, bytes, log_bytes, payload_bytes, depth, repeats } = *lease;
    (fuel, memory_bytes, wall_ms, host_calls, bytes, log_bytes, payload_bytes, depth, repeats)
}
