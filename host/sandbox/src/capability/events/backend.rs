//! What emits events and hears them, and the operations that need it.

use std::time::Duration;

use baton_journal::publication::MAX_EVENT_BYTES;
use baton_journal::{BoxFuture, json};
use baton_policy::name::is_event_name;
use baton_policy::repetition::Kind;
use baton_policy::{EventAct, EventWanted, OnUnknown, Request};
use serde::{Deserialize, Serialize};

use crate::backends::Backends;
use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::gate::{CallSite, Effect, Operation, Unknown};

/// Fields of one filter: enough to name an order, its customer and what became of it. Each event of the name is held against them.
const FIELDS: usize = 16;

/// Bytes of a JSON Pointer: a path through any record that people write.
const POINTER: usize = 256;

/// Bytes of all values of a filter: they tell events apart by numbers and names, not by documents.
const VALUES: usize = 16 << 10;

/// How long is waited: at least so long that an event can come,
const SHORTEST: Duration = Duration::from_secs(1);

/// and at most as long as an event is kept for who comes late.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);

/// An event that a guest emits, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emission {
    /// The event's name.
    pub name: String,
    /// What it says, JSON.
    pub data: String,
}

/// Which event a guest waits for and how long, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// The event's name.
    pub name: String,
    /// What its data must have.
    pub having: Vec<Field>,
    /// How long is waited, in milliseconds.
    pub within_ms: u64,
}

/// What must be somewhere in the data of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// A JSON Pointer.
    pub pointer: String,
    /// The value that must be there, JSON.
    pub equals: String,
}

impl Emission {
    /// Why it is not emitted; nothing if it is an event.
    fn fault(&self) -> Option<String> {
        let bytes = self.data.len();
        if bytes > MAX_EVENT_BYTES {
            return Some(format!("the data of an event has at most {MAX_EVENT_BYTES} bytes, not {bytes}"));
        }
        json::parse(&self.data).err().map(|error| format!("the data of the event is not JSON: {error}"))
    }
}

impl Filter {
    /// Why nothing can fit it; nothing if it is a filter.
    fn fault(&self) -> Option<String> {
        let within = SHORTEST.as_millis()..=LONGEST.as_millis();
        if !is_event_name(&self.name) {
            return Some("it is no name for an event".to_owned());
        }
        if !within.contains(&u128::from(self.within_ms)) {
            return Some("an event is waited for for a second to 30 days".to_owned());
        }
        let values: usize = self.having.iter().map(|field| field.equals.len()).sum();
        if self.having.len() > FIELDS || values > VALUES {
            return Some(format!("a filter has at most {FIELDS} fields, with {VALUES} bytes of values"));
        }
        self.having.iter().find_map(Field::fault)
    }
}

impl Field {
    fn fault(&self) -> Option<String> {
        let is_pointer = self.pointer.is_empty() || self.pointer.starts_with('/');
        if !is_pointer || self.pointer.len() > POINTER {
            return Some(format!(
                "a place in the data is a JSON Pointer of at most {POINTER} bytes, such as /order/id"
            ));
        }
        json::parse(&self.equals).err().map(|error| format!("what is to be at `{}` is not JSON: {error}", self.pointer))
    }
}

/// Takes events to other runs, and brings them from there.
pub trait Events: Send + Sync {
    /// Emits an event for the host call at `site`: once, however often it is tried.
    fn emit(&self, site: CallSite, event: Emission) -> BoxFuture<'_, Result<Result<(), CallError>, SandboxError>>;

    /// What the event says that the host call at `site` waits for; nothing if none came in time. As long as nobody knows, the
    /// error [`SandboxError::Suspended`]: then it is waited for, and the invocation is begun again with what came.
    fn wait(
        &self,
        site: CallSite,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Result<Option<String>, CallError>, SandboxError>>;
}

/// A host without other runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoEvents;

impl Events for NoEvents {
    fn emit(&self, _: CallSite, _: Emission) -> BoxFuture<'_, Result<Result<(), CallError>, SandboxError>> {
        Box::pin(async { Ok(Err(CallError::Invalid("nobody hears events here".to_owned()))) })
    }

    fn wait(&self, _: CallSite, _: Filter) -> BoxFuture<'_, Result<Result<Option<String>, CallError>, SandboxError>> {
        Box::pin(async { Ok(Err(CallError::Invalid("no events come here".to_owned()))) })
    }
}

/// `events.emit`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Emit(pub(super) Emission);

impl Operation for Emit {
    type Reply = ();

    fn name(&self) -> &'static str {
        "events.emit"
    }

    fn permission(&self, _: &Backends) -> Option<Request<'_>> {
        Some(Request::Event { wanted: EventWanted { act: EventAct::Emit, name: &self.0.name } })
    }

    /// Events are in the store that holds the journal, and one that is emitted again is known.
    fn effect(&self, _: &Backends) -> Effect {
        Effect::Inside
    }

    fn kind(&self) -> Kind {
        Kind::Changes
    }

    async fn perform(self, site: CallSite, backends: &Backends) -> Result<Result<(), CallError>, SandboxError> {
        match self.0.fault() {
            Some(fault) => Ok(Err(CallError::Invalid(fault))),
            None => backends.events.emit(site, self.0).await,
        }
    }
}

/// `events.wait`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Wait(pub(super) Filter);

impl Operation for Wait {
    type Reply = Option<String>;

    fn name(&self) -> &'static str {
        "events.wait"
    }

    fn permission(&self, _: &Backends) -> Option<Request<'_>> {
        Some(Request::Event { wanted: EventWanted { act: EventAct::Wait, name: &self.0.name } })
    }

    /// Its intent is what is waited for, by whoever drives the run when it comes. What is no filter is waited for by nobody.
    fn effect(&self, _: &Backends) -> Effect {
        if self.0.fault().is_some() { Effect::Inside } else { Effect::Outside }
    }

    fn kind(&self) -> Kind {
        Kind::Asks
    }

    /// It is the same event however often it is waited for.
    fn unknown(&self, _: &CallSite, _: &Backends) -> Unknown {
        Unknown { on: OnUnknown::Retry, ..Unknown::of("events.wait") }
    }

    async fn perform(
        self,
        site: CallSite,
        backends: &Backends,
    ) -> Result<Result<Option<String>, CallError>, SandboxError> {
        if !site.invocation.target.is_replayed() {
            let text = "only an agent may wait for events: a tool is not replayed, and the event would find nobody";
            return Ok(Err(CallError::Invalid(text.to_owned())));
        }
        match self.0.fault() {
            Some(fault) => Ok(Err(CallError::Invalid(fault))),
            None => backends.events.wait(site, self.0).await,
        }
    }
}
