//! Where values are kept, as the host's calls know it.

use std::time::Duration;

use crate::Error;
use crate::bindings::baton::plugin::state as host;

/// Who shares a value, and how long it lives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// This run: every plugin of the run that was granted it sees it, and it ends with the run's record.
    Run,
    /// This plugin: kept from run to run, seen by no other plugin.
    Agent,
    /// A room of this name, kept from run to run, for every plugin that was granted that name.
    Shared(String),
}

/// A place that keeps JSON by key. Inside a component it is a [`Scope`]; logic that takes any store is tested natively
/// over a [`Memory`](super::Memory).
pub trait Store {
    /// The JSON of a key, or nothing.
    ///
    /// # Errors
    ///
    /// The host refuses the call.
    fn get(&self, key: &str) -> Result<Option<String>, Error>;

    /// Stores JSON under a key, in place of any older one. After the time to live (none: never) it is no longer there.
    ///
    /// # Errors
    ///
    /// The host refuses the call.
    fn set(&self, key: &str, value: &str, time_to_live: Option<Duration>) -> Result<(), Error>;

    /// Removes a key; tells whether it was there.
    ///
    /// # Errors
    ///
    /// The host refuses the call.
    fn delete(&self, key: &str) -> Result<bool, Error>;

    /// One page of the keys that begin with a prefix, in the order of their bytes: those greater than `after`.
    ///
    /// # Errors
    ///
    /// The host refuses the call.
    fn keys(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, Error>;

    /// Stores (or with no `value` removes) a key if its JSON now equals `expected`; tells whether it did. After the time
    /// to live (none: never) the value is no longer there.
    ///
    /// # Errors
    ///
    /// The host refuses the call.
    fn compare_and_swap(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        time_to_live: Option<Duration>,
    ) -> Result<bool, Error>;

    /// Adds to a whole number and gives the sum. A key that is not there counts as 0.
    ///
    /// # Errors
    ///
    /// The host refuses the call; the value is no whole number; the sum is beyond 2^53 - 1.
    fn increment(&self, key: &str, by: i64) -> Result<i64, Error>;
}

impl Scope {
    fn name(&self) -> host::Scope {
        match self {
            Self::Run => host::Scope::Run,
            Self::Agent => host::Scope::Agent,
            Self::Shared(name) => host::Scope::Shared(name.clone()),
        }
    }
}

impl Store for Scope {
    fn get(&self, key: &str) -> Result<Option<String>, Error> {
        host::get(&self.name(), key)
    }

    fn set(&self, key: &str, value: &str, time_to_live: Option<Duration>) -> Result<(), Error> {
        host::set(&self.name(), key, value, time_to_live.map(milliseconds))
    }

    fn delete(&self, key: &str) -> Result<bool, Error> {
        host::delete(&self.name(), key)
    }

    fn keys(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, Error> {
        host::keys(&self.name(), prefix, after)
    }

    fn compare_and_swap(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        time_to_live: Option<Duration>,
    ) -> Result<bool, Error> {
        host::compare_and_swap(&self.name(), key, expected, value, time_to_live.map(milliseconds))
    }

    fn increment(&self, key: &str, by: i64) -> Result<i64, Error> {
        host::increment(&self.name(), key, by)
    }
}

/// A part of a millisecond counts as one: no value is gone too early.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX)
}
