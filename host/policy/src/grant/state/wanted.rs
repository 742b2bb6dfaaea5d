//! What a host call wants of state. All of it comes from a guest: it may be anything. It does not know what is granted.

use std::fmt;

use crate::name::shown;

/// What goes before the name of a shared room in the written form.
const SHARED: &str = "shared:";

/// Stands for every ending of a key.
pub(super) const ANY: char = '*';

/// What goes before the scope of what is only read.
pub(super) const READ: &str = "read ";

/// The scope that a host call names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateScope<'a> {
    /// Values of this run.
    Run,
    /// Values of this plugin, kept from run to run.
    Agent,
    /// Values of a room of this name, kept from run to run.
    Shared(&'a str),
}

impl<'a> StateScope<'a> {
    /// Reads `run`, `agent` or `shared:NAME`; whether that is a name is not looked at.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        match text {
            "run" => Some(StateScope::Run),
            "agent" => Some(StateScope::Agent),
            _ => text.strip_prefix(SHARED).map(StateScope::Shared),
        }
    }
}

impl fmt::Display for StateScope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateScope::Run => f.write_str("run"),
            StateScope::Agent => f.write_str("agent"),
            StateScope::Shared(room) => write!(f, "{SHARED}{}", shown(room)),
        }
    }
}

/// What a host call does with keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StateAccess {
    /// It tells values or keys.
    Read,
    /// It may change values.
    Write,
}

/// The keys that a host call names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateKeys<'a> {
    /// This key.
    One(&'a str),
    /// All that begin so.
    Beginning(&'a str),
}

/// What a host call wants of state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateWanted<'a> {
    /// Whose values.
    pub scope: StateScope<'a>,
    /// To do what.
    pub access: StateAccess,
    /// Which keys.
    pub keys: StateKeys<'a>,
}

impl<'a> StateWanted<'a> {
    /// Reads `[read] SCOPE[/KEY]`; a key that ends with `*` stands for all that begin so, and no key for all.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (access, text) = match text.strip_prefix(READ) {
            Some(rest) => (StateAccess::Read, rest),
            None => (StateAccess::Write, text),
        };
        let (scope, key) = text.split_once('/').unwrap_or((text, "*"));
        let keys = key.strip_suffix(ANY).map_or(StateKeys::One(key), StateKeys::Beginning);
        Some(StateWanted { scope: StateScope::parse(scope)?, access, keys })
    }

    /// What every key that is wanted begins with: a key begins with itself.
    pub(super) fn beginning(&self) -> &'a str {
        match self.keys {
            StateKeys::One(text) | StateKeys::Beginning(text) => text,
        }
    }
}

impl fmt::Display for StateWanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let access = match self.access {
            StateAccess::Read => "read",
            StateAccess::Write => "write",
        };
        write!(f, "state of scope `{}` to {access} ", self.scope)?;
        match self.keys {
            StateKeys::One(key) => write!(f, "the key `{}`", shown(key)),
            StateKeys::Beginning("") => f.write_str("all keys"),
            StateKeys::Beginning(prefix) => write!(f, "the keys that begin with `{}`", shown(prefix)),
        }
    }
}
