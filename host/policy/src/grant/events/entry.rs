//! One entry of the grant of events: what is done, and with which events. It does not know the other entries.

use std::fmt;
use std::str::FromStr;

use super::{EventAct, EventWanted};
use crate::error::Error;
use crate::name::{is_event_name, shown};

/// Stands for all names, or for all that begin like the text and the dot before it.
const ALL: &str = "*";

/// `emit|wait NAMES`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    act: EventAct,
    names: Names,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Names {
    /// Every name.
    All,
    /// Those that begin with this text, which ends with a dot.
    Beginning(String),
    /// One.
    One(String),
}

impl Entry {
    /// The narrowest entry for what is wanted; nothing if the name is none.
    pub(super) fn of(EventWanted { act, name }: EventWanted<'_>) -> Option<Self> {
        is_event_name(name).then(|| Entry { act, names: Names::One(name.to_owned()) })
    }

    pub(super) fn act(&self) -> EventAct {
        self.act
    }

    /// Whether it covers what is wanted.
    pub(super) fn is_of(&self, EventWanted { act, name }: EventWanted<'_>) -> bool {
        act == self.act && is_event_name(name) && self.names.hold(name)
    }

    /// Whether everything that the other covers is covered by this one.
    pub(super) fn includes(&self, other: &Entry) -> bool {
        let wider = match &other.names {
            Names::All => self.names == Names::All,
            Names::Beginning(text) => !matches!(self.names, Names::One(_)) && self.names.hold(text),
            Names::One(name) => self.names.hold(name),
        };
        wider && self.act == other.act
    }
}

impl Names {
    fn hold(&self, name: &str) -> bool {
        match self {
            Names::All => true,
            Names::Beginning(text) => name.starts_with(text),
            Names::One(one) => one == name,
        }
    }
}

impl FromStr for Names {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == ALL {
            return Ok(Names::All);
        }
        match text.strip_suffix(ALL) {
            Some(text) if text.ends_with('.') && is_event_name(text) => Ok(Names::Beginning(text.to_owned())),
            None if is_event_name(text) => Ok(Names::One(text.to_owned())),
            _ => Err(()),
        }
    }
}

impl FromStr for Entry {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::Events(shown(text));
        let (act, names) = EventAct::split_off(text).ok_or_else(refuse)?;
        Ok(Entry { act, names: names.parse().map_err(|()| refuse())? })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.act.word())?;
        match &self.names {
            Names::All => write!(f, " {ALL}"),
            Names::Beginning(text) => write!(f, " {text}{ALL}"),
            Names::One(name) => write!(f, " {name}"),
        }
    }
}
