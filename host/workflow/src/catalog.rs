//! What a plan may know of plugins: their schemas, as data that the caller gathered. It does not know where plugins
//! come from, nor what they are granted.

use std::collections::BTreeMap;

use baton_policy::Effect;
use serde_json::Value;

/// The plugins that a workflow may name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// By the name they have in the operator's configuration.
    pub plugins: BTreeMap<String, PluginFacts>,
}

/// One plugin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PluginFacts {
    /// There if the plugin exports the agent interface.
    pub agent: Option<AgentFacts>,
    /// Its other exported functions: `contacts.upsert` for one of an interface, `upsert` for a plain one.
    pub tools: BTreeMap<String, ToolFacts>,
}

/// An agent's schemas; without one, anything fits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentFacts {
    /// JSON Schema of the input.
    pub input_schema: Option<Value>,
    /// JSON Schema of the output.
    pub output_schema: Option<Value>,
}

/// An exported function.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolFacts {
    /// JSON Schema of an object with a property for each parameter.
    pub parameters: Value,
    /// JSON Schema of what it returns.
    pub returns: Value,
    /// Whether the second of two calls with the same arguments changes nothing.
    pub idempotent: bool,
    /// What it does outside.
    pub effect: Effect,
}

impl ToolFacts {
    /// Whether the tool may be called again when nobody knows how far the last call came.
    #[must_use]
    pub fn repeatable(&self) -> bool {
        self.idempotent || self.effect != Effect::Write
    }
}
