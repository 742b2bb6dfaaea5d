//! What is accepted of one plugin: what its manifest means, and for a component that is shipped, its bytes. It does not
//! know what the operator grants.

use std::collections::BTreeMap;

use baton_policy::{Effect, Grants};
use serde_json::Value;

use crate::digest::Digest;
use crate::manifest::{BuildSection, FunctionName, ToolFacts};
use crate::plugin::Plugin;
use crate::version::Version;

/// What was accepted of a plugin, or what there is to be accepted now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its version.
    pub version: Version,
    /// The digest of its manifest's meaning: neither space nor comments nor the order of keys count.
    pub manifest: Digest,
    /// The digest of what builds it; nothing for a component that is shipped.
    pub build: Option<Digest>,
    /// The digest of a component that is shipped. One that is built differs from machine to machine.
    pub component: Option<Digest>,
    /// What it asks for.
    pub asks: Grants,
    /// The digests of its agent's schemas.
    pub schemas: Schemas,
    /// What its manifest says of its functions.
    pub tools: BTreeMap<FunctionName, AcceptedTool>,
}

/// The digests of an agent's schemas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schemas {
    /// Of the input.
    pub input: Option<Digest>,
    /// Of the output.
    pub output: Option<Digest>,
}

/// What a manifest says of a function, with the digest of its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptedTool {
    /// What a call may change.
    pub effect: Effect,
    /// Whether a call repeated with the same key changes nothing more.
    pub idempotent: bool,
    /// The digest of its description.
    pub description: Digest,
}

impl Accepted {
    /// What there is of a plugin now. `component` is the digest of its component if that is shipped and was looked at.
    #[must_use]
    pub fn now(plugin: &Plugin, component: Option<Digest>) -> Self {
        let schema = |schema: &Option<Value>| schema.clone().map(of_json);
        let schemas = plugin.agent();
        Accepted {
            version: plugin.version().clone(),
            manifest: *plugin.manifest_digest(),
            build: plugin.build_section().map(of_build),
            component,
            asks: plugin.policy().asked().clone(),
            schemas: Schemas {
                input: schemas.and_then(|schemas| schema(&schemas.input)),
                output: schemas.and_then(|schemas| schema(&schemas.output)),
            },
            tools: plugin.tools().iter().map(|(name, facts)| (name.clone(), AcceptedTool::of(facts))).collect(),
        }
    }

    /// What was accepted of a function; of one that the manifest does not name, the careful reading.
    #[must_use]
    pub fn tool(&self, function: &FunctionName) -> AcceptedTool {
        self.tools.get(function).copied().unwrap_or_else(|| AcceptedTool::of(&ToolFacts::default()))
    }
}

impl AcceptedTool {
    fn of(facts: &ToolFacts) -> Self {
        let description = Digest::of(facts.description.as_bytes());
        AcceptedTool { effect: facts.effect, idempotent: facts.idempotent, description }
    }
}

/// The digest of a JSON value's meaning: the order of keys does not count.
pub(crate) fn of_json(value: Value) -> Digest {
    Digest::of(meaning(value).to_string().as_bytes())
}

/// A JSON value with its keys in order.
pub(crate) fn meaning(mut value: Value) -> Value {
    value.sort_all_objects();
    value
}

/// What the author wrote counts, not how this version of the host calls cargo.
fn of_build(section: &BuildSection) -> Digest {
    let words: Vec<&str> = match section {
        BuildSection::Cargo(package) => vec!["cargo", package],
        BuildSection::Command(argv) => ["command"].into_iter().chain(argv.iter().map(String::as_str)).collect(),
    };
    // No word has a control character in it: the manifest's reader refuses them.
    Digest::of(words.join("\0").as_bytes())
}
