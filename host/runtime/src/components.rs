//! The components that the agents of a run were made of, wherever they come from, and others in place of some. It does not
//! know how a component is loaded.

use std::collections::{BTreeMap, BTreeSet};

use baton_journal::Digest;

use crate::error::Error;
use crate::story::Story;

/// Components by the name of their plugin.
#[derive(Clone, Debug, Default)]
pub struct Components {
    own: BTreeMap<String, Vec<u8>>,
    others: BTreeMap<String, Vec<u8>>,
}

impl Components {
    /// Those of a run's agents, from components by digest; what is not among them is left out.
    #[must_use]
    pub fn of(story: &Story, known: &BTreeMap<Digest, Vec<u8>>) -> Self {
        let pins = story.header().plugins.iter();
        let own = pins.filter_map(|pin| Some((pin.name.clone(), known.get(&pin.component)?.clone()))).collect();
        Components { own, others: BTreeMap::new() }
    }

    pub(crate) fn insert(&mut self, plugin: String, component: Vec<u8>) {
        self.own.insert(plugin, component);
    }

    /// The same with another version of a plugin, to see what it would have done.
    #[must_use]
    pub fn with(mut self, plugin: impl Into<String>, component: Vec<u8>) -> Self {
        self.others.insert(plugin.into(), component);
        self
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.others.is_empty()
    }

    pub(crate) fn get(&self, plugin: &str) -> Option<&[u8]> {
        self.others.get(plugin).or_else(|| self.own.get(plugin)).map(Vec::as_slice)
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
