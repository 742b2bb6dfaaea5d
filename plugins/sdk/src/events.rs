//! Events, which go from run to run. While an agent waits for one, the run is parked and the agent takes no memory; what comes
//! brings it back to this very call. Tools emit, but do not wait.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::bindings::baton::plugin::events as host;

/// How long is waited if nothing is said: a week, as a workflow's `wait` does.
const WITHIN: Duration = Duration::from_secs(7 * 86_400);

/// Which event is waited for, and how long.
#[derive(Clone, Debug)]
pub struct Filter {
    name: String,
    having: Vec<(String, String)>,
    within: Duration,
}

impl Filter {
    /// Any event of this name that comes within a week.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), having: Vec::new(), within: WITHIN }
    }

    /// The same, but only one that has this value at a place: a JSON Pointer such as `/order/id`.
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON.
    pub fn having(mut self, pointer: impl Into<String>, value: &impl Serialize) -> Result<Self, Error> {
        self.having.push((pointer.into(), encode(value)?));
        Ok(self)
    }

    /// The same, waiting for another time: a second to 30 days.
    #[must_use]
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }
}

/// Emits an event, once however often this call is tried.
///
/// # Errors
///
/// No grant allows it, the name is none, or the data cannot be written as JSON of at most 1 MiB.
pub fn emit(name: &str, data: &impl Serialize) -> Result<(), Error> {
    host::emit(name, &encode(data)?)
}

/// Waits for an event and gives what it says; nothing if none came in time.
///
/// # Errors
///
/// No grant allows it, the filter is none, or what came does not fit the type.
pub fn wait<T: DeserializeOwned>(filter: &Filter) -> Result<Option<T>, Error> {
    let having =
        filter.having.iter().map(|(pointer, equals)| host::Field { pointer: pointer.clone(), equals: equals.clone() });
    let wire = host::Filter { name: filter.name.clone(), having: having.collect() };
    let within = u64::try_from(filter.within.as_millis()).unwrap_or(u64::MAX);
    let came = host::wait(&wire, within)?.map(|data| crate::task::decode(&data));
    came.transpose().map_err(|error| Error::Invalid(format!("what `{}` says: {error}", filter.name)))
}

fn encode(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Invalid(format!("no JSON: {error}")))
}
