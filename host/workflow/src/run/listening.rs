//! Events that agents wait for from their own code. The intent of such a call says which; the attempt that made it is suspended, what it
//! waits for is outstanding under the name of the call, and when that is over the attempt begins again and finds what came. It does
//! not know how an agent waits, nor where events come from.

use std::collections::BTreeMap;

use baton_journal::{InvocationId, Payload, Site, Timestamp, json};
use serde::Deserialize;
use serde_json::Value;

use super::accept::Change;
use super::{Action, Await, Run, RunError};

/// The host call that waits.
pub(super) const WAIT: &str = "events.wait";

/// The request of such a call.
#[derive(Deserialize)]
struct Request {
    name: String,
    having: Vec<Field>,
    within_ms: u64,
}

/// What must be somewhere in the data of an event.
#[derive(Deserialize)]
struct Field {
    pointer: String,
    equals: String,
}

/// What an agent waits for, as its intent says.
pub(super) struct Awaited {
    call: InvocationId,
    listener: Listener,
}

/// The calls of agents that wait for an event and have no reply yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Listeners(BTreeMap<String, Listener>);

#[derive(Clone, Debug)]
struct Listener {
    /// Where the attempt is.
    attempt: Site,
    name: String,
    /// Places in the data, and what must be there.
    having: Vec<(String, Value)>,
    /// How long it waits once its attempt is suspended, in milliseconds.
    within: u64,
    is_over: bool,
}

impl Listeners {
    /// Whether what an event says is what a call waits for.
    pub(super) fn fit(&self, call: &str, data: &Value) -> bool {
        let fits = |(pointer, value): &(String, Value)| data.pointer(pointer) == Some(value);
        self.0.get(call).is_some_and(|listener| listener.having.iter().all(fits))
    }

    /// Forgets those of an attempt that has ended.
    pub(super) fn forget(&mut self, site: &Site) {
        self.0.retain(|_, listener| listener.attempt != *site);
    }

    /// An agent was told what came, or why it does not wait.
    pub(super) fn told(&mut self, call: &str) {
        self.0.remove(call);
    }

    /// A call has waited; where its attempt is.
    fn end(&mut self, call: &str) -> Option<Site> {
        let listener = self.0.get_mut(call)?;
        listener.is_over = true;
        Some(listener.attempt.clone())
    }
}

impl Request {
    fn listener(self, call: &InvocationId) -> Option<Listener> {
        let attempt = Site::read(call.as_str().split('#').next()?);
        let value = |field: Field| Some((field.pointer, json::parse(&field.equals).ok()?));
        let having = self.having.into_iter().map(value).collect::<Option<_>>()?;
        Some(Listener { attempt, name: self.name, having, within: self.within_ms, is_over: false })
    }
}

impl Run {
    /// What an intent to wait changes.
    pub(super) fn wants_event(&self, call: InvocationId, request: &Payload) -> Result<Change<'static>, RunError> {
        let text = request.as_str().ok_or(RunError::NotLoaded("filter of an agent"))?;
        let listener = serde_json::from_str::<Request>(text).ok().and_then(|request| request.listener(&call));
        Ok(match listener {
            Some(listener) => Change::Listens(Box::new(Awaited { call, listener })),
            None => Change::Nothing, // no host of ours wrote it, and nothing is waited for
        })
    }

    /// An agent waits for an event. A host that is at work tells it before the attempt ends; it may be told twice.
    pub(super) fn note_listener(&mut self, awaited: Awaited) {
        let Awaited { call, listener } = awaited;
        self.listeners.0.entry(call.to_string()).or_insert(listener);
    }

    /// Waits for what the agents of a suspended attempt wait for.
    pub(super) fn put_waits(&mut self, site: &Site) {
        let now = self.meter.now().0;
        let open = self.listeners.0.iter().filter(|(_, listener)| listener.attempt == *site && !listener.is_over);
        let waits: Vec<Await> = open
            .map(|(call, listener)| Await {
                site: Site { step: call.clone(), item: None },
                name: Some(listener.name.clone()),
                until: Timestamp(now.saturating_add(listener.within)),
                noted: false,
                awaited_by: Some(site.clone()),
            })
            .collect();
        waits.into_iter().for_each(|wait| self.outstanding.add(Action::Await(wait)));
    }

    /// A call of an agent has waited: once all that its attempt waits for is there, the attempt begins again. Whether the site is
    /// such a call.
    pub(super) fn end_wait_of_agent(&mut self, site: &Site) -> bool {
        let Some(attempt) = self.listeners.end(&site.step) else { return false };
        self.begin_when_answered(&attempt);
        true
    }
}
