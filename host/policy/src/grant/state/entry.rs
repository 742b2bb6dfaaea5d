//! One entry of the grant of state, and its written form: `[read] SCOPE[/PREFIX*] [up to BYTES]`. It does not know the
//! other entries.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

use super::DEFAULT_QUOTA;
use super::wanted::{ANY, READ, StateAccess, StateScope, StateWanted};
use crate::error::Error;
use crate::name::{Name, shown};
use crate::quantity::Bytes;

/// The longest prefix of keys, in bytes: that of a key.
const MAX_PREFIX: usize = 512;

/// What goes before the quota.
const UP_TO: &str = " up to ";

/// Keys of one scope that begin alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    scope: Scope,
    prefix: String,
    access: Access,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Run,
    Agent,
    Shared(Name),
}

/// In the order of what they cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Access {
    Read,
    Write(Quota),
}

/// To how many bytes a write may fill its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Quota {
    UpTo(Bytes),
    /// It is not said: in an ask any, in a grant the default.
    Open,
}

impl Entry {
    /// The entry that covers what is wanted, and the other keys of its scope; nothing if there is no such scope.
    pub(super) fn needed(wanted: &StateWanted<'_>) -> Option<Self> {
        let access = match wanted.access {
            StateAccess::Read => Access::Read,
            StateAccess::Write => Access::Write(Quota::Open),
        };
        Some(Entry { scope: Scope::of(wanted.scope)?, prefix: String::new(), access })
    }

    /// Tells whether the entry covers what is wanted.
    pub(super) fn allows(&self, wanted: &StateWanted<'_>) -> bool {
        let may = wanted.access == StateAccess::Read || self.access != Access::Read;
        may && self.scope.as_wanted() == wanted.scope && wanted.beginning().starts_with(&self.prefix)
    }

    /// Tells whether the entry covers all of another.
    pub(super) fn covers(&self, other: &Entry) -> bool {
        self.scope == other.scope && other.prefix.starts_with(&self.prefix) && self.access >= other.access
    }

    /// Tells whether the entry makes another superfluous, in an ask as well as in a grant.
    pub(super) fn absorbs(&self, other: &Entry) -> bool {
        self.covers(other) && self.access.settled() >= other.access.settled()
    }

    /// Tells whether it is of the room that no other plugin has.
    pub(super) fn is_own(&self) -> bool {
        self.scope == Scope::Agent
    }

    /// What both cover.
    pub(super) fn meet(&self, other: &Entry) -> Option<Entry> {
        let (short, long) = if self.prefix.len() <= other.prefix.len() { (self, other) } else { (other, self) };
        let meet = self.scope == other.scope && long.prefix.starts_with(&short.prefix);
        meet.then(|| Entry { access: self.access.min(other.access), ..long.clone() })
    }

    /// To how many bytes a write may fill its room.
    pub(super) fn quota(&self) -> Bytes {
        match self.access.settled() {
            Access::Write(Quota::UpTo(bytes)) => bytes,
            _ => Bytes(0),
        }
    }

    /// The entry, to write up to so many bytes.
    pub(super) fn up_to(self, bytes: Bytes) -> Self {
        Entry { access: Access::Write(Quota::UpTo(bytes)), ..self }
    }

    /// The entry with the default quota if it has none.
    pub(super) fn settled(self) -> Self {
        Entry { access: self.access.settled(), ..self }
    }
}

impl Scope {
    fn of(wanted: StateScope<'_>) -> Option<Self> {
        Some(match wanted {
            StateScope::Run => Scope::Run,
            StateScope::Agent => Scope::Agent,
            StateScope::Shared(room) => Scope::Shared(room.parse().ok()?),
        })
    }

    fn as_wanted(&self) -> StateScope<'_> {
        match self {
            Scope::Run => StateScope::Run,
            Scope::Agent => StateScope::Agent,
            Scope::Shared(room) => StateScope::Shared(room.as_str()),
        }
    }
}

impl Access {
    fn settled(self) -> Access {
        if self == Access::Write(Quota::Open) { Access::Write(Quota::UpTo(DEFAULT_QUOTA)) } else { self }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.access == Access::Read {
            f.write_str(READ)?;
        }
        write!(f, "{}", self.scope.as_wanted())?;
        if !self.prefix.is_empty() {
            write!(f, "/{}{ANY}", self.prefix)?;
        }
        match self.access {
            Access::Write(Quota::UpTo(bytes)) => write!(f, "{UP_TO}{bytes}"),
            _ => Ok(()),
        }
    }
}

impl FromStr for Entry {
    type Err = Error;

    /// A quota of what is only read is checked, and means nothing.
    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::State(shown(text));
        let (reads, rest) = text.strip_prefix(READ).map_or((false, text), |rest| (true, rest));
        let (scope, prefix, rest) = scope_and_prefix(rest).ok_or_else(refuse)?;
        let quota = match rest.strip_prefix(UP_TO) {
            Some(bytes) => Quota::UpTo(bytes.parse()?),
            None if rest.is_empty() => Quota::Open,
            None => return Err(refuse()),
        };
        let scope = StateScope::parse(scope).and_then(Scope::of).ok_or_else(refuse)?;
        let access = if reads { Access::Read } else { Access::Write(quota) };
        Ok(Entry { scope, prefix: prefix.to_owned(), access })
    }
}

/// The scope, the prefix, and what follows: a prefix ends at the first `*` and may hold whatever else a key may.
fn scope_and_prefix(text: &str) -> Option<(&str, &str, &str)> {
    let Some((scope, prefixed)) = text.split_once('/') else {
        let (scope, rest) = text.split_at(text.find(UP_TO).unwrap_or(text.len()));
        return Some((scope, "", rest));
    };
    let (prefix, rest) = prefixed.split_once(ANY)?;
    let sound = prefix.len() <= MAX_PREFIX && !prefix.contains(char::is_control);
    sound.then_some((scope, prefix, rest))
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| error.to_serde())
    }
}
