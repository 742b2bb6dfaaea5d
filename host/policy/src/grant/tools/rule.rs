//! One entry of the grant of tools: a pattern, the most that a call may change, for whom the tool acts, and what is done
//! about a call whose outcome nobody knows. It does not know the other entries.

use std::fmt;
use std::str::FromStr;

use crate::effect::Effect;
use crate::error::Error;
use crate::name::{Name, ToolName, shown};
use crate::unknown::OnUnknown;

/// Stands for all functions of a plugin.
const ALL: &str = "*";

/// What stands after a pattern whose tools act with their own grants alone.
const ITSELF: &str = " as itself";

/// `[none|read] PATTERN [as itself] [on unknown retry|ask|fail]`. In the order of rules, single tools come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rule {
    is_whole_plugin: bool,
    plugin: Name,
    /// Empty for a whole plugin.
    function: String,
    up_to: Effect,
    is_itself: bool,
    on_unknown: Option<OnUnknown>,
}

impl Rule {
    /// The narrowest rule for a call.
    pub(super) fn of(name: ToolName<'_>, effect: Effect) -> Option<Self> {
        let plugin = name.plugin.parse().ok()?;
        let function = name.function.to_owned();
        Some(Rule { is_whole_plugin: false, plugin, function, up_to: effect, is_itself: false, on_unknown: None })
    }

    pub(super) fn is_itself(&self) -> bool {
        self.is_itself
    }

    pub(super) fn on_unknown(&self) -> Option<OnUnknown> {
        self.on_unknown
    }

    /// The same rule without what is the operator's to say: the tools act as themselves, and nothing is said of the unknown.
    pub(super) fn as_ask(&self) -> Self {
        Rule { is_itself: true, on_unknown: None, ..self.clone() }
    }

    /// Whether a call is one of those meant.
    pub(super) fn covers(&self, name: ToolName<'_>, effect: Effect) -> bool {
        let is_meant = self.is_whole_plugin || self.function == name.function;
        is_meant && self.plugin.as_str() == name.plugin && effect <= self.up_to
    }

    /// Whether every call of the other rule is one of this one.
    pub(super) fn is_as_wide_as(&self, other: &Rule) -> bool {
        self.names_all_of(other) && other.up_to <= self.up_to
    }

    /// Whether this rule makes the other one superfluous.
    pub(super) fn includes(&self, other: &Rule) -> bool {
        let says_as_much = other.on_unknown.is_none() || other.on_unknown == self.on_unknown;
        self.is_as_wide_as(other) && other.is_itself <= self.is_itself && says_as_much
    }

    /// What both rules allow; nothing if they mean different tools.
    pub(super) fn meet(&self, other: &Rule) -> Option<Rule> {
        let narrower = [(self, other), (other, self)].into_iter().find(|(wide, narrow)| wide.names_all_of(narrow))?.1;
        Some(Rule {
            up_to: self.up_to.min(other.up_to),
            is_itself: self.is_itself && other.is_itself,
            on_unknown: self.on_unknown.max(other.on_unknown),
            ..narrower.clone()
        })
    }

    fn names_all_of(&self, other: &Rule) -> bool {
        let names_it = self.is_whole_plugin || (!other.is_whole_plugin && self.function == other.function);
        names_it && self.plugin == other.plugin
    }
}

impl FromStr for Rule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::Tool(shown(text));
        let (up_to, rest) = match text.split_once(' ') {
            Some(("none", rest)) => (Effect::None, rest),
            Some(("read", rest)) => (Effect::Read, rest),
            _ => (Effect::Write, text),
        };
        let (rest, on_unknown) = OnUnknown::split_off(rest).ok_or_else(refuse)?;
        let (pattern, is_itself) = rest.strip_suffix(ITSELF).map_or((rest, false), |pattern| (pattern, true));
        if let Some(plugin) = pattern.strip_suffix(ALL).and_then(|pattern| pattern.strip_suffix('/')) {
            let plugin = plugin.parse().map_err(|_| refuse())?;
            return Ok(Rule { is_whole_plugin: true, plugin, function: String::new(), up_to, is_itself, on_unknown });
        }
        let rule = ToolName::parse(pattern).and_then(|name| Rule::of(name, up_to)).ok_or_else(refuse)?;
        Ok(Rule { is_itself, on_unknown, ..rule })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.up_to {
            Effect::None => "none ",
            Effect::Read => "read ",
            Effect::Write => "",
        })?;
        let function = if self.is_whole_plugin { ALL } else { self.function.as_str() };
        let itself = if self.is_itself { ITSELF } else { "" };
        write!(f, "{}/{function}{itself}{}", self.plugin, OnUnknown::suffix(self.on_unknown))
    }
}
