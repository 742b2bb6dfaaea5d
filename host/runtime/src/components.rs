//! The components that the agents of a run were made of, wherever they come from, and others in place of some. It does not
//! know how a component is loaded.

use std::collections::{BTreeMap, BTreeSet};

use baton_journal::{Digest, PluginPin};

use crate::error::Error;

/// Components, and other versions of plugins.
#[derive(Clone, Debug, Default)]
pub struct Components {
    known: BTreeMap<Digest, Vec<u8>>,
    others: BTreeMap<String, Vec<u8>>,
    /// What those agents find in their environments, where it is not what the run began with.
    environments: BTreeMap<String, BTreeMap<String, String>>,
}

impl Components {
    /// Components by their digests.
    #[must_use]
    pub fn of(known: BTreeMap<Digest, Vec<u8>>) -> Self {
        Components { known, ..Components::default() }
    }

    /// The same with another version of a plugin, to see what it would have done.
    #[must_use]
    pub fn with(mut self, plugin: impl Into<String>, component: Vec<u8>) -> Self {
        self.others.insert(plugin.into(), component);
        self
    }

    /// The same with another environment for an agent.
    pub(crate) fn in_environment(mut self, plugin: &str, environment: BTreeMap<String, String>) -> Self {
        self.environments.insert(plugin.to_owned(), environment);
        self
    }

    /// What the agent of a pinned plugin finds in its environment.
    pub(crate) fn environment<'a>(&'a self, pin: &'a PluginPin) -> &'a BTreeMap<String, String> {
        self.environments.get(&pin.name).unwrap_or(&pin.environment)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty() && self.others.is_empty()
    }

    /// The component of a pinned plugin, if it is at hand.
    pub(crate) fn get(&self, pin: &PluginPin) -> Option<&[u8]> {
        self.others.get(&pin.name).or_else(|| self.known.get(&pin.component)).map(Vec::as_slice)
    }

    /// Whether another version is in its place.
    pub(crate) fn is_replaced(&self, plugin: &str) -> bool {
        self.others.contains_key(plugin)
    }

    /// Refuses another version of what is not replayed: it would seem to have done the same.
    pub(crate) fn require_used(&self, agents: &BTreeSet<&str>) -> Result<(), Error> {
        match self.others.keys().find(|name| !agents.contains(name.as_str())) {
            Some(name) => Err(Error::NotReplayed { plugin: name.clone(), agents: join(agents) }),
            None => Ok(()),
        }
    }
}

fn join(agents: &BTreeSet<&str>) -> String {
    if agents.is_empty() { "none".to_owned() } else { agents.iter().copied().collect::<Vec<_>>().join(", ") }
}
