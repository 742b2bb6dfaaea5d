//! A plugin's policy and its answers. It does not know who enforces them, nor in which file a grant stands
//! beyond the two names that people know: `plugin.toml` and `baton.toml`.

use crate::grant::{Grants, Request};
use crate::name::Name;

/// Whether a request may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allowed,
    /// It may not.
    Denied {
        /// What is missing, for the plugin and for the reader of the run.
        message: String,
        /// What to write where so that it is allowed, for the operator.
        hint: String,
    },
}

/// What one plugin of a project may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    plugin: Name,
    asked: Grants,
    granted: Grants,
    effective: Grants,
}

impl Policy {
    /// Makes a plugin's policy from what its manifest asks and what the operator grants.
    #[must_use]
    pub fn new(plugin: Name, asked: Grants, granted: Grants) -> Self {
        let effective = Grants::effective(&asked, &granted);
        Policy { plugin, asked, granted, effective }
    }

    /// The plugin's name in the project.
    #[must_use]
    pub fn plugin(&self) -> &Name {
        &self.plugin
    }

    /// What the plugin's manifest asks.
    #[must_use]
    pub fn asked(&self) -> &Grants {
        &self.asked
    }

    /// What the operator grants.
    #[must_use]
    pub fn granted(&self) -> &Grants {
        &self.granted
    }

    /// What the plugin may do: asked and granted.
    #[must_use]
    pub fn effective(&self) -> &Grants {
        &self.effective
    }

    /// Decides a request. An allowed one allocates nothing.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        if self.effective.allows(request) { Decision::Allowed } else { self.deny(request) }
    }

    #[cold]
    fn deny(&self, request: &Request<'_>) -> Decision {
        let Policy { plugin, asked, granted, .. } = self;
        let what = request.describe();
        let Some(needed) = request.needed() else { return malformed(plugin, request, &what) };
        let grant = format!("in baton.toml, under [plugins.{plugin}]: grants = {}", granted.union(&needed));
        if asked.allows(request) {
            return Decision::Denied {
                message: format!("`{plugin}` may not use {what}: asked for in its plugin.toml but not granted"),
                hint: grant,
            };
        }
        let ask = format!("in its plugin.toml, under [asks]: {}", ask_line(asked, &needed));
        Decision::Denied {
            message: format!("`{plugin}` may not use {what}: not asked for in its plugin.toml"),
            hint: if granted.allows(request) { ask } else { format!("{ask}; and {grant}") },
        }
    }
}

/// What a plugin asks of the capability that it also needs, as it would have to be written.
fn ask_line(asked: &Grants, needed: &Grants) -> String {
    let key = |entries: &[(&'static str, String)]| entries.first().map(|entry| entry.0);
    let needed_key = key(&needed.written());
    let entries = asked.union(needed).written();
    let lines = entries.iter().filter(|entry| Some(entry.0) == needed_key);
    lines.map(|(key, value)| format!("{key} = {value}")).collect()
}

fn malformed(plugin: &Name, request: &Request<'_>, what: &str) -> Decision {
    Decision::Denied {
        message: format!("`{plugin}` may not use {what}: there is no such thing"),
        hint: format!("no grant can allow it: {}", request.form()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::StateScope;

    fn policy(asked: &str, granted: &str) -> Policy {
        Policy::new("crm".parse().unwrap(), toml::from_str(asked).unwrap(), toml::from_str(granted).unwrap())
    }

    fn check(policy: &Policy, request: Request<'_>) -> String {
        match policy.decide(&request) {
            Decision::Allowed => "allowed".to_owned(),
            Decision::Denied { message, hint } => format!("{message}\nhint: {hint}"),
        }
    }

    #[test]
    fn what_is_asked_and_granted_is_allowed() {
        let policy = policy("state = ['agent']\ntools = ['billing/*']", "state = ['agent']\ntools = ['billing/a.b']");
        assert_eq!(check(&policy, Request::State { scope: StateScope::Agent }), "allowed");
        assert_eq!(check(&policy, Request::Tool { name: "billing/a.b" }), "allowed");
    }

    #[test]
    fn what_is_not_granted_gets_the_line_to_add() {
        insta::assert_snapshot!(check(&policy("state = ['agent']", ""), Request::State { scope: StateScope::Agent }), @r#"
        `crm` may not use state of scope `agent`: asked for in its plugin.toml but not granted
        hint: in baton.toml, under [plugins.crm]: grants = { state = ["agent"] }
        "#);
        let some = policy("state = ['run', 'agent']\ntools = ['billing/*']", "state = ['run']\ntools = ['billing/a']");
        insta::assert_snapshot!(check(&some, Request::State { scope: StateScope::Agent }), @r#"
        `crm` may not use state of scope `agent`: asked for in its plugin.toml but not granted
        hint: in baton.toml, under [plugins.crm]: grants = { state = ["run", "agent"], tools = ["billing/a"] }
        "#);
        insta::assert_snapshot!(check(&some, Request::Tool { name: "billing/b" }), @r#"
        `crm` may not use the tool `billing/b`: asked for in its plugin.toml but not granted
        hint: in baton.toml, under [plugins.crm]: grants = { state = ["run"], tools = ["billing/a", "billing/b"] }
        "#);
    }

    #[test]
    fn what_is_not_asked_for_gets_both_lines() {
        let some = policy("state = ['run']\ntools = ['billing/*']", "");
        insta::assert_snapshot!(check(&some, Request::State { scope: StateScope::Shared("clients") }), @r#"
        `crm` may not use state of scope `shared:clients`: not asked for in its plugin.toml
        hint: in its plugin.toml, under [asks]: state = ["run", "shared:clients"]; and in baton.toml, under [plugins.crm]: grants = { state = ["shared:clients"] }
        "#);
        let granted = policy("", "state = ['agent']");
        insta::assert_snapshot!(check(&granted, Request::State { scope: StateScope::Agent }), @r#"
        `crm` may not use state of scope `agent`: not asked for in its plugin.toml
        hint: in its plugin.toml, under [asks]: state = ["agent"]
        "#);
    }

    #[test]
    fn what_is_malformed_gets_the_right_form() {
        let none = policy("", "");
        insta::assert_snapshot!(check(&none, Request::State { scope: StateScope::Shared("a\u{1b}[2J\n\"]") }), @r#"
        `crm` may not use state of scope `shared:a\u{1b}[2J\n\"]`: there is no such thing
        hint: no grant can allow it: a scope is `run`, `agent`, or `shared:` and the name of a room, such as `shared:clients`
        "#);
        insta::assert_snapshot!(check(&none, Request::Tool { name: "contacts.upsert" }), @"
        `crm` may not use the tool `contacts.upsert`: there is no such thing
        hint: no grant can allow it: a tool is `plugin/interface.function`, or `plugin/function` for a function exported at the top; `plugin/*` stands for all tools of one plugin
        ");
    }

    #[test]
    fn a_hint_can_be_written_into_the_project() {
        let policy = policy("state = ['agent']", "");
        let Decision::Denied { hint, .. } = policy.decide(&Request::State { scope: StateScope::Agent }) else {
            panic!("allowed")
        };
        let (_, line) = hint.split_once(": ").unwrap();
        let read: std::collections::BTreeMap<String, Grants> = toml::from_str(line).unwrap();
        assert!(read["grants"].allows(&Request::State { scope: StateScope::Agent }));
    }
}
