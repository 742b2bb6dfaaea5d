//! Where values are kept, as the host's calls know it.

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

    /// Stores JSON under a key, in place of any older one.
    ///
    /// # Errors
    ///
    /// The host refuses the call.
    fn set(&self, key: &str, value: &str) -> Result<(), Error>;

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

    /// Stores (or with no `value` removes) a key if its JSON now equals `expected`; tells whether it did.
    ///
    /// # Errors
    ///
    /// The host refuses the call.
    fn compare_and_swap(&self, key: &str, expected: Option<&str>, value: Option<&str>) -> Result<bool, Error>;
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

    fn set(&self, key: &str, value: &str) -> Result<(), Error> {
        host::set(&self.name(), key, value)
    }

    fn delete(&self, key: &str) -> Result<bool, Error> {
        host::delete(&self.name(), key)
    }

    fn keys(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, Error> {
        host::keys(&self.name(), prefix, after)
    }

    fn compare_and_swap(&self, key: &str, expected: Option<&str>, value: Option<&str>) -> Result<bool, Error> {
        host::compare_and_swap(&self.name(), key, expected, value)
    }
}
