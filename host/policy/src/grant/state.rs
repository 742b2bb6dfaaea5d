//! The grant of state: which scopes a plugin may read and write. It does not know what is kept there.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Capability, toml_array};
use crate::error::Error;
use crate::name::{Name, shown};

/// What goes before the name of a shared room in the written form.
const SHARED: &str = "shared:";

/// Scopes of state; written `["run", "agent", "shared:clients"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateGrant {
    run: bool,
    agent: bool,
    shared: BTreeSet<Name>,
}

/// The scope that a host call names. The name of a shared room comes from a guest: it may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateScope<'a> {
    /// Values of this run.
    Run,
    /// Values of this plugin, kept from run to run.
    Agent,
    /// Values of a room of this name, kept from run to run.
    Shared(&'a str),
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

impl Capability for StateGrant {
    type Wanted<'a> = StateScope<'a>;

    const FORM: &'static str =
        "a scope is `run`, `agent`, or `shared:` and the name of a room, such as `shared:clients`";

    const CALL: &'static str = "a scope of state: run, agent, shared:ROOM";

    fn read_call(text: &str) -> Option<StateScope<'_>> {
        match text {
            "run" => Some(StateScope::Run),
            "agent" => Some(StateScope::Agent),
            _ => text.strip_prefix(SHARED).map(StateScope::Shared),
        }
    }

    fn allows(&self, wanted: StateScope<'_>) -> bool {
        match wanted {
            StateScope::Run => self.run,
            StateScope::Agent => self.agent,
            StateScope::Shared(room) => self.shared.contains(room),
        }
    }

    fn needed(wanted: StateScope<'_>) -> Option<Self> {
        let mut grant = StateGrant::default();
        match wanted {
            StateScope::Run => grant.run = true,
            StateScope::Agent => grant.agent = true,
            StateScope::Shared(room) => {
                grant.shared.insert(room.parse().ok()?);
            }
        }
        Some(grant)
    }

    fn describe(wanted: StateScope<'_>) -> String {
        format!("state of scope `{wanted}`")
    }

    fn intersect(&self, other: &Self) -> Self {
        StateGrant {
            run: self.run && other.run,
            agent: self.agent && other.agent,
            shared: &self.shared & &other.shared,
        }
    }

    fn union(&self, other: &Self) -> Self {
        StateGrant {
            run: self.run || other.run,
            agent: self.agent || other.agent,
            shared: &self.shared | &other.shared,
        }
    }

    fn except(&self, other: &Self) -> Self {
        StateGrant {
            run: self.run && !other.run,
            agent: self.agent && !other.agent,
            shared: &self.shared - &other.shared,
        }
    }

    fn written(&self) -> String {
        toml_array(self.scopes())
    }

    /// The room of the scope `agent` is the plugin's identity, whoever calls it.
    fn own(&self) -> Self {
        StateGrant { agent: self.agent, ..StateGrant::default() }
    }
}

impl StateGrant {
    /// The scopes, in the order in which they are written.
    pub fn scopes(&self) -> impl Iterator<Item = StateScope<'_>> {
        let run = self.run.then_some(StateScope::Run);
        let agent = self.agent.then_some(StateScope::Agent);
        run.into_iter().chain(agent).chain(self.shared.iter().map(|room| StateScope::Shared(room.as_str())))
    }
}

/// One entry of the written form.
struct Written(StateGrant);

impl FromStr for Written {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let scope = match text {
            "run" => StateScope::Run,
            "agent" => StateScope::Agent,
            _ => StateScope::Shared(text.strip_prefix(SHARED).unwrap_or_default()),
        };
        StateGrant::needed(scope).map(Written).ok_or_else(|| Error::Scope(shown(text)))
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| error.to_serde())
    }
}

impl<'de> Deserialize<'de> for StateGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Vec::<Written>::deserialize(deserializer)?;
        Ok(entries.iter().fold(StateGrant::default(), |sum, entry| sum.union(&entry.0)))
    }
}

impl Serialize for StateGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.scopes().map(|scope| scope.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(entries: &[&str]) -> StateGrant {
        entries.iter().fold(StateGrant::default(), |sum, entry| sum.union(&entry.parse::<Written>().unwrap().0))
    }

    #[test]
    fn each_scope_is_allowed_by_its_own_entry_only() {
        let scopes = [StateScope::Run, StateScope::Agent, StateScope::Shared("clients"), StateScope::Shared("other")];
        let check = |entries: &[&str], expect: [bool; 4]| {
            assert_eq!(scopes.map(|scope| grant(entries).allows(scope)), expect, "{entries:?}");
        };
        check(&[], [false; 4]);
        check(&["run"], [true, false, false, false]);
        check(&["agent"], [false, true, false, false]);
        check(&["shared:clients"], [false, false, true, false]);
        check(&["run", "agent", "shared:clients"], [true, true, true, false]);
    }

    #[test]
    fn no_spelling_of_a_room_reaches_another() {
        for room in
            ["", "*", "Clients", "clients ", "clients/", "../clients", "shared:clients", "agent", "run", "client\0s"]
        {
            assert!(!grant(&["run", "agent", "shared:clients"]).allows(StateScope::Shared(room)), "{room}");
        }
    }

    #[test]
    fn other_entries_are_refused() {
        for entry in ["", "Run", "agents", "shared", "shared:", "shared:*", "shared:A", "*"] {
            assert_eq!(entry.parse::<Written>().err(), Some(Error::Scope(entry.to_owned())));
        }
    }

    #[test]
    fn it_is_written_as_it_was_read() {
        assert_eq!(
            grant(&["shared:b", "agent", "shared:a", "agent"]).written(),
            r#"["agent", "shared:a", "shared:b"]"#
        );
        assert_eq!(grant(&[]).written(), "[]");
    }
}
