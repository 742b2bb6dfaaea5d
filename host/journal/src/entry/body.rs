//! The written form of an event: what is stored and digested. What most entries of a journal are is written tersely: a
//! place in the plan that the invocation's id says already is left out, and what was used or may be used is a list of
//! numbers. It does not know the chain.
//!
//! | event | field | written |
//! |---|---|---|
//! | `invocation-started`, `invocation-ended` | `site`, `attempt`, `caller` | left out where they follow from `invocation`: `summarise[2]#1/4` is of item 2 of `summarise`, in its first attempt, and `summarise[2]#1` made it |
//! | `invocation-started` | `lease` | fuel, bytes of memory, milliseconds, host calls, bytes, bytes of lines, bytes of a payload, depth |
//! | `invocation-ended` | `usage` | fuel, bytes of memory, milliseconds, host calls, bytes |

mod ended;
mod place;
mod started;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::id::InvocationId;
use crate::payload::Payload;
use ended::Ended;
use started::Started;

/// Writes an event: JSON without spaces, fields in the order of their declaration.
pub(super) fn write(event: &Event) -> String {
    let written = match event {
        Event::InvocationStarted { .. } => serde_json::to_string(&Started::of(event)),
        Event::InvocationEnded { .. } => serde_json::to_string(&Ended::of(event)),
        other => serde_json::to_string(other),
    };
    written.expect("an event serialises because its maps have text keys and its numbers are finite")
}

/// Reads what [`write`] wrote. Which form a text has is told by its beginning, so that none is read twice.
pub(super) fn read(body: &str) -> Result<Event, serde_json::Error> {
    let kind = body.strip_prefix(r#"{"event":""#).and_then(|rest| rest.split('"').next());
    match kind {
        Some("invocation-started") => serde_json::from_str::<Started>(body)?.event(),
        Some("invocation-ended") => serde_json::from_str::<Ended>(body)?.event(),
        Some("host-call") => Ok(serde_json::from_str::<HostCall>(body)?.event()),
        _ => serde_json::from_str(body),
    }
}

/// What stands where a reader looks for the kind of an event.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    InvocationStarted,
    InvocationEnded,
}

/// The kind of an event, written. A reader knows it already.
struct Tag(Option<Kind>);

impl Serialize for Tag {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Tag(None))
    }
}

/// `host-call`: as the event is written, but read without a copy of every text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HostCall {
    #[serde(rename = "event")]
    _event: Tag,
    invocation: InvocationId,
    sequence: u32,
    operation: String,
    request: Payload,
    reply: Payload,
}

impl HostCall {
    fn event(self) -> Event {
        let HostCall { invocation, sequence, operation, request, reply, .. } = self;
        Event::HostCall { invocation, sequence, operation, request, reply }
    }
}

fn wrong(what: &str) -> serde_json::Error {
    serde::de::Error::custom(what)
}
