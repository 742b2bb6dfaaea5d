//! One entry of the grant of agents: `NAME [up to SHARE] [as itself]`. It does not know the other entries.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::AgentCall;
use crate::error::Error;
use crate::name::{Name, shown};
use crate::share::Share;

/// What goes before the share.
const UP_TO: &str = " up to ";

/// What stands after an agent that acts with its own grants alone.
const ITSELF: &str = " as itself";

/// An agent, with the most that it may be given. What is not said is all that the caller has left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    name: Name,
    up_to: Share,
    is_itself: bool,
}

impl Entry {
    /// The narrowest entry for a call; nothing if there can be no such agent.
    pub(super) fn of(call: AgentCall<'_>) -> Option<Self> {
        Some(Entry { name: call.name.parse().ok()?, up_to: call.share, is_itself: false })
    }

    pub(super) fn name(&self) -> &Name {
        &self.name
    }

    pub(super) fn up_to(&self) -> Share {
        self.up_to
    }

    pub(super) fn is_itself(&self) -> bool {
        self.is_itself
    }

    /// The same entry without what is the operator's to say.
    pub(super) fn as_ask(&self) -> Self {
        Entry { is_itself: true, ..self.clone() }
    }

    /// Whether a call is one of those meant.
    pub(super) fn covers(&self, call: AgentCall<'_>) -> bool {
        self.name.as_str() == call.name && call.share <= self.up_to
    }

    /// Whether every call of the other entry is one of this one.
    pub(super) fn is_as_wide_as(&self, other: &Entry) -> bool {
        self.name == other.name && other.up_to <= self.up_to
    }

    /// Whether this entry makes the other one superfluous.
    pub(super) fn includes(&self, other: &Entry) -> bool {
        self.is_as_wide_as(other) && other.is_itself <= self.is_itself
    }

    /// What both entries allow; nothing if they mean different agents.
    pub(super) fn meet(&self, other: &Entry) -> Option<Entry> {
        (self.name == other.name).then(|| Entry {
            name: self.name.clone(),
            up_to: self.up_to.min(other.up_to),
            is_itself: self.is_itself && other.is_itself,
        })
    }
}

impl FromStr for Entry {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::Agent(shown(text));
        let (rest, is_itself) = text.strip_suffix(ITSELF).map_or((text, false), |rest| (rest, true));
        let (name, up_to) = match rest.split_once(UP_TO) {
            Some((name, share)) => (name, share.parse()?),
            None => (rest, Share::WHOLE),
        };
        Ok(Entry { name: name.parse().map_err(|_| refuse())?, up_to, is_itself })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if self.up_to < Share::WHOLE {
            write!(f, "{UP_TO}{}", self.up_to)?;
        }
        f.write_str(if self.is_itself { ITSELF } else { "" })
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| error.to_serde())
    }
}
