//! The grant of people: whom a plugin may ask from its own code. It does not know what is asked, nor how people are reached.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Capability, toml_array};
use crate::error::Error;
use crate::name::{Name, shown};

/// What an entry begins with.
const ASK: &str = "ask";

/// People; written `["ask"]` for whomever, `["ask partner", "ask associate"]` for those in these roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleGrant {
    /// None of them is within another.
    entries: BTreeSet<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Entry {
    Whomever,
    Role(Name),
}

/// Those who may answer a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// People in one role.
    Role(&'a str),
    /// People in one of these roles; anybody, if there are none.
    Roles(&'a [String]),
}

impl Capability for PeopleGrant {
    type Wanted<'a> = Asked<'a>;

    const FORM: &'static str =
        "people are asked with `ask`, whoever may answer, or `ask` and a role, such as `ask partner`";

    const CALL: &'static str = "a question: ask, ask partner";

    fn read_call(text: &str) -> Option<Asked<'_>> {
        if text == ASK { Some(Asked::Roles(&[])) } else { Some(Asked::Role(text.strip_prefix("ask ")?)) }
    }

    fn allows(&self, wanted: Asked<'_>) -> bool {
        let has = |role: &str| self.entries.iter().any(|entry| entry.is_of(role));
        self.entries.contains(&Entry::Whomever)
            || match wanted {
                Asked::Role(role) => has(role),
                Asked::Roles(roles) => !roles.is_empty() && roles.iter().all(|role| has(role)),
            }
    }

    fn needed(wanted: Asked<'_>) -> Option<Self> {
        let role = |role: &str| role.parse().ok().map(Entry::Role);
        let entries: Option<Vec<Entry>> = match wanted {
            Asked::Role(one) => role(one).map(|entry| vec![entry]),
            Asked::Roles([]) => Some(vec![Entry::Whomever]),
            Asked::Roles(roles) => roles.iter().map(|one| role(one)).collect(),
        };
        Some(entries?.into_iter().collect())
    }

    fn describe(wanted: Asked<'_>) -> String {
        match wanted {
            Asked::Role(role) => format!("a question to `{}`", shown(role)),
            Asked::Roles([]) => "a question to whomever".to_owned(),
            Asked::Roles(roles) => format!("a question to `{}`", shown(&roles.join("` or `"))),
        }
    }

    fn intersect(&self, other: &Self) -> Self {
        let within = |mine: &Self, theirs: &Self| -> Vec<Entry> {
            mine.entries.iter().filter(|entry| theirs.covers(entry)).cloned().collect()
        };
        within(self, other).into_iter().chain(within(other, self)).collect()
    }

    fn union(&self, other: &Self) -> Self {
        self.entries.union(&other.entries).cloned().collect()
    }

    fn except(&self, other: &Self) -> Self {
        self.entries.iter().filter(|entry| !other.covers(entry)).cloned().collect()
    }

    fn written(&self) -> String {
        toml_array(&self.entries)
    }
}

impl PeopleGrant {
    fn covers(&self, entry: &Entry) -> bool {
        self.entries.contains(&Entry::Whomever) || self.entries.contains(entry)
    }
}

impl Entry {
    fn is_of(&self, role: &str) -> bool {
        matches!(self, Entry::Role(known) if known.as_str() == role)
    }
}

/// Leaves out what lies within another entry.
impl FromIterator<Entry> for PeopleGrant {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let entries: BTreeSet<Entry> = entries.into_iter().collect();
        let is_all = entries.contains(&Entry::Whomever);
        PeopleGrant { entries: if is_all { BTreeSet::from([Entry::Whomever]) } else { entries } }
    }
}

impl FromStr for Entry {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::People(shown(text));
        if text == ASK {
            return Ok(Entry::Whomever);
        }
        let role = text.strip_prefix("ask ").and_then(|role| role.parse().ok());
        role.map(Entry::Role).ok_or_else(refuse)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Whomever => f.write_str(ASK),
            Entry::Role(role) => write!(f, "{ASK} {role}"),
        }
    }
}

impl<'de> Deserialize<'de> for PeopleGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Vec::<String>::deserialize(deserializer)?;
        entries.iter().map(|entry| entry.parse::<Entry>().map_err(|error| error.to_serde())).collect()
    }
}

impl Serialize for PeopleGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.entries.iter().map(Entry::to_string))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(entries: &[&str]) -> PeopleGrant {
        entries.iter().map(|entry| entry.parse::<Entry>().unwrap()).collect()
    }

    #[test]
    fn a_question_is_allowed_if_all_who_may_answer_may_be_asked() {
        let roles = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let check = |entries: &[&str], asked: &[&str], expect: bool| {
            assert_eq!(grant(entries).allows(Asked::Roles(&roles(asked))), expect, "{entries:?} {asked:?}");
        };
        check(&["ask"], &[], true);
        check(&["ask"], &["partner"], true);
        check(&["ask partner"], &["partner"], true);
        check(&["ask partner"], &["partner", "clerk"], false);
        check(&["ask partner", "ask clerk"], &["partner", "clerk"], true);
        check(&["ask partner"], &[], false);
        check(&[], &["partner"], false);
    }

    #[test]
    fn whomever_is_everybody() {
        assert_eq!(grant(&["ask partner", "ask"]).written(), r#"["ask"]"#);
        assert_eq!(grant(&["ask"]).intersect(&grant(&["ask partner"])).written(), r#"["ask partner"]"#);
        assert_eq!(grant(&["ask partner"]).except(&grant(&["ask"])).written(), "[]");
        assert_eq!(grant(&["ask"]).except(&grant(&["ask partner"])).written(), r#"["ask"]"#);
    }

    #[test]
    fn other_entries_are_refused() {
        for entry in ["", "partner", "ask ", "ask  partner", "Ask", "ask Partner", "ask *"] {
            assert_eq!(entry.parse::<Entry>().err(), Some(Error::People(entry.to_owned())));
        }
    }
}
