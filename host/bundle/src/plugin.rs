//! A plugin resolved: what its manifest says and what the project says of it, together. It does not know the component's
//! exports: the engine does.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use baton_policy::{Bytes, Effect, Grants, Isolation, Limits, MicroUsd, MountName, Name, OnUnknown, Policy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::build::{Build, Freshness};
use crate::component::Component;
use crate::digest::Digest;
use crate::error::Error;
use crate::file;
use crate::guard::Guarding;
use crate::lock;
use crate::manifest::{self, AgentSection, BuildSection, FunctionName, Manifest, ToolFacts};
use crate::sources::Sources;
use crate::text;
use crate::unknown::Unknowns;
use crate::version::Version;

/// The most bytes of a JSON Schema. The largest in public use have some hundred kilobytes; a schema is compiled, and
/// checked against each input.
pub const MAX_SCHEMA: Bytes = Bytes(1 << 20);

/// What a project says of a plugin.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The plugin's name in the project.
    pub name: Name,
    /// Whether its build may run on this machine.
    pub build: bool,
    /// What it is granted.
    pub grants: Grants,
    /// Where the folders are that it is granted, without links and `..`; one that is not here does not exist for it.
    pub folders: BTreeMap<MountName, PathBuf>,
    /// Its limits.
    pub limits: Limits,
    /// The digest that its component must have.
    pub digest: Option<Digest>,
    /// Whether its invocations share the host's process.
    pub isolation: Isolation,
    /// What each invocation of it costs.
    pub price: MicroUsd,
    /// What is done about calls of its functions whose outcome nobody knows.
    pub on_unknown: Unknowns,
    /// When its functions are left alone, and how often they may be called.
    pub guarding: Guarding,
}

/// A plugin of a project.
#[derive(Clone, Debug)]
pub struct Plugin {
    folder: PathBuf,
    manifest: Manifest,
    /// What the manifest means: its keys and values, in order.
    meaning: Value,
    manifest_digest: Digest,
    schemas: Option<AgentSchemas>,
    build: Option<Build>,
    may_be_built: bool,
    policy: Policy,
    folders: BTreeMap<MountName, PathBuf>,
    limits: Limits,
    pin: Option<Digest>,
    isolation: Isolation,
    price: MicroUsd,
    on_unknown: Unknowns,
    guarding: Guarding,
}

/// What a plugin of a version is made of.
pub(crate) struct FrozenParts {
    pub(crate) name: Name,
    pub(crate) manifest: Manifest,
    pub(crate) meaning: Value,
    pub(crate) schemas: Option<AgentSchemas>,
    pub(crate) grants: Grants,
    pub(crate) folders: BTreeMap<MountName, PathBuf>,
    pub(crate) limits: Limits,
    pub(crate) isolation: Isolation,
    pub(crate) on_unknown: Unknowns,
    /// What each invocation costs today.
    pub(crate) price: MicroUsd,
    /// What goes for all runs of the host alike, whatever their version.
    pub(crate) guarding: Guarding,
}

/// The JSON Schemas of an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentSchemas {
    /// Of the input; without it any JSON is taken.
    pub input: Option<Value>,
    /// Of the output; without it any JSON is taken.
    pub output: Option<Value>,
}

impl Plugin {
    /// Loads the plugin of a folder that has a `plugin.toml`, and the schemas it names. The component is not read yet.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::TooLarge`], [`Error::Text`] or [`Error::Outside`].
    pub fn load(folder: &Path, terms: Terms) -> Result<Self, Error> {
        let file = folder.join(manifest::FILE_NAME);
        let named_by = format!("in the folder that `path` of [plugins.{}] in baton.toml names", terms.name);
        let source = file::read_text(&file, file::MAX_MANIFEST, &named_by)?;
        let manifest = Manifest::parse(&file, &source)?;
        let meaning = lock::meaning(text::toml(&file, &source)?);
        let schemas = manifest.agent.as_ref().map(|agent| AgentSchemas::load(folder, &file, agent)).transpose()?;
        Ok(Plugin {
            build: manifest.build.as_ref().map(|section| Build::new(folder, section)),
            may_be_built: terms.build,
            policy: Policy::new(terms.name, manifest.asks.clone(), terms.grants),
            folders: terms.folders,
            manifest_digest: lock::of_json(meaning.clone()),
            meaning,
            limits: terms.limits,
            pin: terms.digest,
            isolation: terms.isolation,
            price: terms.price,
            on_unknown: terms.on_unknown,
            guarding: terms.guarding,
            folder: folder.to_owned(),
            manifest,
            schemas,
        })
    }

    /// The plugin of a version: as it was when that was deployed, with what is still granted. It has no folder and no build.
    pub(crate) fn frozen(parts: FrozenParts) -> Self {
        let FrozenParts { name, manifest, meaning, schemas, grants, folders, limits, .. } = parts;
        let FrozenParts { isolation, on_unknown, price, guarding, .. } = parts;
        Plugin {
            folder: PathBuf::new(),
            build: None,
            may_be_built: false,
            policy: Policy::new(name, manifest.asks.clone(), grants),
            folders,
            manifest_digest: lock::of_json(meaning.clone()),
            limits,
            pin: None,
            isolation,
            price,
            on_unknown,
            guarding,
            manifest,
            meaning,
            schemas,
        }
    }

    /// What its manifest means: its keys and values, in order.
    pub(crate) fn meaning(&self) -> &Value {
        &self.meaning
    }

    /// The plugin's name in the project.
    #[must_use]
    pub fn name(&self) -> &Name {
        self.policy.plugin()
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &Version {
        &self.manifest.version
    }

    /// What it does, in a sentence of its author.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.manifest.description
    }

    /// The digest of its manifest's meaning: neither space nor comments nor the order of keys count.
    #[must_use]
    pub fn manifest_digest(&self) -> &Digest {
        &self.manifest_digest
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The schemas of an agent; nothing for a plugin that is none.
    #[must_use]
    pub fn agent(&self) -> Option<&AgentSchemas> {
        self.schemas.as_ref()
    }

    /// What the manifest says of an exported function (`interface.function` or `function`); if it says nothing,
    /// the careful reading: it may change something, and not twice. A plugin that may change files writes, whatever its
    /// manifest says.
    #[must_use]
    pub fn tool(&self, function: &str) -> ToolFacts {
        let said = self.manifest.tools.get(function).cloned().unwrap_or_default();
        let effect = if self.policy.effective().files.may_write() { Effect::Write } else { said.effect };
        ToolFacts { effect, ..said }
    }

    /// All functions that the manifest says something of. Whether the component exports them, the engine knows.
    #[must_use]
    pub fn tools(&self) -> &BTreeMap<FunctionName, ToolFacts> {
        &self.manifest.tools
    }

    /// What it asks for, is granted and may do.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Where the folders are that it is granted, by the names that the guest sees.
    #[must_use]
    pub fn folders(&self) -> &BTreeMap<MountName, PathBuf> {
        &self.folders
    }

    /// What each of its invocations costs.
    #[must_use]
    pub fn price(&self) -> MicroUsd {
        self.price
    }

    /// The limits of its invocations.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Whether its invocations share the host's process.
    #[must_use]
    pub fn isolation(&self) -> Isolation {
        self.isolation
    }

    /// What the operator says of calls whose outcome nobody knows.
    #[must_use]
    pub fn unknowns(&self) -> &Unknowns {
        &self.on_unknown
    }

    /// What is done about a call of a function that was in flight when the host died, if whose grant it was says nothing
    /// else: what the operator says of the function; else one that may be repeated is made again, for the rest a person is
    /// asked.
    #[must_use]
    pub fn on_unknown(&self, function: &str) -> OnUnknown {
        let facts = self.tool(function);
        let usual = OnUnknown::usual(facts.idempotent || facts.effect != Effect::Write);
        self.on_unknown.of(function).unwrap_or(usual)
    }

    /// What the operator says of functions that fail again and again, and of how often they may be called.
    #[must_use]
    pub fn guarding(&self) -> &Guarding {
        &self.guarding
    }

    /// The digest that the project pins.
    #[must_use]
    pub fn pin(&self) -> Option<&Digest> {
        self.pin.as_ref()
    }

    /// The command that makes its component; nothing if the component is shipped as it is.
    #[must_use]
    pub fn build(&self) -> Option<&Build> {
        self.build.as_ref()
    }

    /// Whether the operator lets that command run.
    #[must_use]
    pub fn may_be_built(&self) -> bool {
        self.may_be_built
    }

    pub(crate) fn build_section(&self) -> Option<&BuildSection> {
        self.manifest.build.as_ref()
    }

    /// Where its component is.
    #[must_use]
    pub fn component_path(&self) -> PathBuf {
        file::join(&self.folder, &self.manifest.component)
    }

    /// Reads its component and compares it with the pinned digest.
    ///
    /// # Errors
    /// [`Error::NotBuilt`], [`Error::Mismatch`], or what [`Component::read`] says.
    pub fn component(&self) -> Result<Component, Error> {
        let path = self.component_path();
        if !path.exists() {
            return Err(Error::NotBuilt { plugin: self.name().clone(), path, buildable: self.build.is_some() });
        }
        let component = Component::read(&path)?;
        match self.pin {
            Some(pinned) if pinned != component.digest => {
                Err(Error::Mismatch { plugin: self.name().clone(), pinned, found: component.digest })
            }
            _ => Ok(component),
        }
    }

    /// Compares its component with its sources. A plugin without a build is missing or fresh.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness_among(&mut Sources::default())
    }

    /// The same, with what was read of the sources for other plugins.
    pub(crate) fn freshness_among(&self, sources: &mut Sources) -> Freshness {
        let path = self.component_path();
        match &self.build {
            Some(build) => build.freshness(&path, sources),
            None if path.exists() => Freshness::Fresh,
            None => Freshness::Missing,
        }
    }

    /// Tells whether its component is missing, or older than its sources.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.freshness() != Freshness::Fresh
    }

    /// Notes that the build ended well, given the freshness before it: a build that finds nothing to do leaves
    /// the component as old as it was, and would be called again each time.
    ///
    /// # Errors
    /// [`Error::NothingMade`] if the component is not there; [`Error::Unreadable`] if its time cannot be set.
    pub fn mark_built(&self, before: &Freshness) -> Result<(), Error> {
        let path = self.component_path();
        let Ok(metadata) = path.metadata() else {
            return Err(Error::NothingMade { plugin: self.name().clone(), path });
        };
        let Freshness::Stale { at, .. } = before else { return Ok(()) };
        if metadata.modified().is_ok_and(|made| made >= *at) {
            return Ok(());
        }
        let set = File::options().write(true).open(&path).and_then(|file| file.set_modified(*at));
        set.map_err(|source| Error::Unreadable { path, named_by: "what the build made".to_owned(), source })
    }
}

impl AgentSchemas {
    fn load(folder: &Path, manifest: &Path, agent: &AgentSection) -> Result<Self, Error> {
        let load = |path: &Option<PathBuf>, key: &str| {
            path.as_ref().map(|path| load_schema(folder, manifest, path, key)).transpose()
        };
        Ok(AgentSchemas { input: load(&agent.input, "input")?, output: load(&agent.output, "output")? })
    }
}

/// Reads a schema. It must lie in the plugin's folder, also where a link leads out of it: its text appears in errors,
/// so a manifest must not be able to have any other file of the machine read.
fn load_schema(folder: &Path, manifest: &Path, path: &Path, key: &str) -> Result<Value, Error> {
    let file = file::join(folder, path);
    let real = |path: &Path| path.canonicalize().ok();
    if let (Some(folder), Some(file)) = (real(folder), real(&file))
        && !file.starts_with(&folder)
    {
        return Err(Error::Outside { manifest: manifest.to_owned(), path: path.to_owned() });
    }
    let source = file::read_text(&file, MAX_SCHEMA, &format!("the {key} schema that {} names", manifest.display()))?;
    text::json(&file, &source)
}

#[cfg(test)]
mod tests;
