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
        let Policy { plugin, asked, .. } = self;
        let what = request.describe();
        let Some(needed) = request.needed() else { return malformed(plugin, request, &what) };
        let grant = format!("in baton.toml, under [plugins.{plugin}]: grants = {}", self.granted.union(&needed));
        if asked.allows(request) {
            return Decision::Denied {
                message: format!("`{plugin}` may not use {what}: asked for in its plugin.toml but not granted"),
                hint: grant,
            };
        }
        Decision::Denied {
            message: format!("`{plugin}` may not use {what}: not asked for in its plugin.toml"),
            hint: format!("in its plugin.toml, under [asks]: {}; and {grant}", ask_line(asked, &needed)),
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
