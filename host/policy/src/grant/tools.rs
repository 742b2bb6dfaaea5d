//! The grant of tools: which exported functions of other plugins a plugin may call, with which effects, whether they
//! then act for it or as themselves, and what is done about a call whose outcome nobody knows. It does not know what they
//! do.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Capability, toml_array};
use crate::effect::Effect;
use crate::error::Error;
use crate::name::{ToolName, shown};
use crate::unknown::OnUnknown;

mod rule;

use rule::Rule;

/// Tools; written `["crm/contacts.upsert", "read billing/*", "mail/* as itself"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolsGrant {
    /// None of them is within another.
    rules: BTreeSet<Rule>,
}

/// A call of a tool, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolCall<'a> {
    /// `plugin/interface.function`. It comes from a guest: it may be anything.
    pub name: &'a str,
    /// What the call may change: as the manifest of the called plugin says, or more.
    pub effect: Effect,
}

impl Capability for ToolsGrant {
    type Wanted<'a> = ToolCall<'a>;

    const FORM: &'static str = "a tool is `plugin/interface.function`, or `plugin/function` for a function exported \
        at the top; `plugin/*` stands for all tools of one plugin; before it may stand `none` or `read`, the most it \
        may change; after it, in a grant, `as itself`: it then acts with its own grants alone, and last `on unknown` with `retry`, \
        `ask` or `fail`: what is done about a call that was in flight when its host died";

    const CALL: &'static str = "a tool: crm/contacts.upsert";

    fn read_call(text: &str) -> Option<ToolCall<'_>> {
        let is_one_word = text.contains('/') && !text.contains([' ', ':']);
        is_one_word.then_some(ToolCall { name: text, effect: Effect::Write }) // the most that it may change
    }

    fn allows(&self, wanted: ToolCall<'_>) -> bool {
        ToolName::parse(wanted.name).is_some_and(|name| self.rules.iter().any(|rule| rule.covers(name, wanted.effect)))
    }

    fn needed(wanted: ToolCall<'_>) -> Option<Self> {
        Some(ToolsGrant::from_iter([Rule::of(ToolName::parse(wanted.name)?, wanted.effect)?]))
    }

    fn describe(wanted: ToolCall<'_>) -> String {
        format!("the tool `{}`", shown(wanted.name))
    }

    fn intersect(&self, other: &Self) -> Self {
        self.rules.iter().flat_map(|rule| other.rules.iter().filter_map(|other| rule.meet(other))).collect()
    }

    fn union(&self, other: &Self) -> Self {
        self.rules.union(&other.rules).cloned().collect()
    }

    /// How a call is made (`as itself`, `on unknown`) is no matter here.
    fn except(&self, other: &Self) -> Self {
        let left = self.rules.iter().filter(|rule| !other.rules.iter().any(|wider| wider.is_as_wide_as(rule)));
        left.cloned().collect()
    }

    fn written(&self) -> String {
        toml_array(self.patterns())
    }

    /// For whom a tool acts, and what is risked, is the operator's to say.
    fn as_ask(&self) -> Self {
        self.rules.iter().map(Rule::as_ask).collect()
    }
}

impl ToolsGrant {
    /// Whether no tool may be called.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.rules.is_empty()
    }

    /// The entries as they are written, single tools first.
    pub fn patterns(&self) -> impl Iterator<Item = String> {
        self.rules.iter().map(ToString::to_string)
    }

    /// Whether the tool then acts with its own grants alone, not with what it has in common with its caller.
    #[must_use]
    pub fn delegates(&self, call: ToolCall<'_>) -> bool {
        let Some(name) = ToolName::parse(call.name) else { return false };
        self.rules.iter().any(|rule| rule.is_itself() && rule.covers(name, call.effect))
    }

    /// What is done about the call if nobody knows whether it took effect: the most careful of what the entries say that
    /// cover it; nothing if none says anything.
    #[must_use]
    pub fn on_unknown(&self, call: ToolCall<'_>) -> Option<OnUnknown> {
        let name = ToolName::parse(call.name)?;
        let covering = self.rules.iter().filter(|rule| rule.covers(name, call.effect));
        covering.filter_map(Rule::on_unknown).max()
    }
}

/// Leaves out what lies within another rule.
impl FromIterator<Rule> for ToolsGrant {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        let rules: BTreeSet<Rule> = rules.into_iter().collect();
        let within = |rule: &Rule| rules.iter().any(|wider| wider != rule && wider.includes(rule));
        ToolsGrant { rules: rules.iter().filter(|rule| !within(rule)).cloned().collect() }
    }
}

impl<'de> Deserialize<'de> for ToolsGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Rule>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl Serialize for ToolsGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.patterns())
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| error.to_serde())
    }
}

#[cfg(test)]
mod tests;
