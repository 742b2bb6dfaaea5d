//! The grant of tools: which exported functions of other plugins a plugin may call. It does not know what they do.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Capability, toml_array};
use crate::error::Error;
use crate::name::{Name, ToolName, shown};

/// Stands for all functions of a plugin.
const ALL: &str = "*";

/// Tools; written `["crm/contacts.upsert", "billing/*"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolsGrant {
    /// Single tools by their full names.
    tools: BTreeSet<String>,
    /// Plugins of which every tool is meant.
    plugins: BTreeSet<Name>,
}

impl Capability for ToolsGrant {
    type Wanted<'a> = &'a str;

    const FORM: &'static str = "a tool is `plugin/interface.function`, or `plugin/function` for a function exported \
        at the top; `plugin/*` stands for all tools of one plugin";

    fn allows(&self, wanted: &str) -> bool {
        ToolName::parse(wanted).is_some_and(|name| self.tools.contains(wanted) || self.plugins.contains(name.plugin))
    }

    fn needed(wanted: &str) -> Option<Self> {
        ToolName::parse(wanted)?;
        Some(ToolsGrant { tools: BTreeSet::from([wanted.to_owned()]), plugins: BTreeSet::new() })
    }

    fn describe(wanted: &str) -> String {
        format!("the tool `{}`", shown(wanted))
    }

    fn intersect(&self, other: &Self) -> Self {
        let covered = |tool: &&String| self.allows(tool) && other.allows(tool);
        let tools = self.tools.union(&other.tools).filter(covered).cloned().collect();
        let whole = ToolsGrant { tools: BTreeSet::new(), plugins: &self.plugins & &other.plugins };
        whole.union(&ToolsGrant { tools, plugins: BTreeSet::new() })
    }

    fn union(&self, other: &Self) -> Self {
        let plugins = &self.plugins | &other.plugins;
        let single = |tool: &&String| ToolName::parse(tool).is_some_and(|name| !plugins.contains(name.plugin));
        ToolsGrant { tools: self.tools.union(&other.tools).filter(single).cloned().collect(), plugins }
    }

    fn except(&self, other: &Self) -> Self {
        ToolsGrant {
            tools: self.tools.iter().filter(|tool| !other.allows(tool)).cloned().collect(),
            plugins: &self.plugins - &other.plugins,
        }
    }

    fn written(&self) -> String {
        toml_array(self.patterns())
    }
}

impl ToolsGrant {
    /// The entries as they are written, single tools first.
    pub fn patterns(&self) -> impl Iterator<Item = String> {
        self.tools.iter().cloned().chain(self.plugins.iter().map(|plugin| format!("{plugin}/{ALL}")))
    }
}

/// One entry of the written form.
struct Written(ToolsGrant);

impl std::str::FromStr for Written {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = || Error::Tool(shown(text));
        match text.split_once('/') {
            Some((plugin, ALL)) => {
                let plugin = plugin.parse().map_err(|_| refuse())?;
                Ok(Written(ToolsGrant { tools: BTreeSet::new(), plugins: BTreeSet::from([plugin]) }))
            }
            _ => ToolsGrant::needed(text).map(Written).ok_or_else(refuse),
        }
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(|error: Error| error.to_serde())
    }
}

impl<'de> Deserialize<'de> for ToolsGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Vec::<Written>::deserialize(deserializer)?;
        Ok(entries.iter().fold(ToolsGrant::default(), |sum, entry| sum.union(&entry.0)))
    }
}

impl Serialize for ToolsGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.patterns())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(entries: &[&str]) -> ToolsGrant {
        entries.iter().fold(ToolsGrant::default(), |sum, entry| sum.union(&entry.parse::<Written>().unwrap().0))
    }

    #[test]
    fn a_tool_is_allowed_by_its_name_or_its_plugin() {
        let granted = grant(&["crm/contacts.upsert", "billing/*"]);
        for allowed in ["crm/contacts.upsert", "billing/invoices.create", "billing/total"] {
            assert!(granted.allows(allowed), "{allowed}");
        }
        for denied in
            ["crm/contacts.remove", "crm/contacts", "billing", "billing/*", "billing/", "bill/x", "billing2/x", ""]
        {
            assert!(!granted.allows(denied), "{denied}");
        }
    }

    #[test]
    fn a_plugin_and_one_of_its_tools_meet_in_the_tool() {
        let check = |a: &[&str], b: &[&str], expect: &str| {
            assert_eq!(grant(a).intersect(&grant(b)).written(), expect);
            assert_eq!(grant(b).intersect(&grant(a)).written(), expect);
        };
        check(&["crm/*"], &["crm/contacts.upsert"], r#"["crm/contacts.upsert"]"#);
        check(&["crm/*", "crm/x"], &["crm/*"], r#"["crm/*"]"#);
        check(&["crm/*"], &["billing/*", "billing/x"], "[]");
        check(&["crm/a", "crm/b"], &["crm/b", "crm/c"], r#"["crm/b"]"#);
    }

    #[test]
    fn a_surplus_is_what_is_not_covered_wholly() {
        assert_eq!(grant(&["crm/*", "billing/x"]).except(&grant(&["crm/a", "billing/*"])).written(), r#"["crm/*"]"#);
    }

    #[test]
    fn other_entries_are_refused() {
        for entry in ["", "*", "*/*", "crm", "crm/", "crm/**", "crm/contacts.*", "Crm/*", "a/b/*"] {
            assert_eq!(entry.parse::<Written>().err(), Some(Error::Tool(entry.to_owned())));
        }
    }
}
