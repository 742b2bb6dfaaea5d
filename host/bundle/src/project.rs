//! `baton.toml`, the operator's: which plugins a project has, what each is granted, and its limits. It does not read
//! the workflow, nor the components.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use baton_policy::{Beyond, Grants, Isolation, LimitsOverride, MicroUsd, Name, Rate};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::acceptance::Locking;
use crate::budget::{Bounds, BudgetEntry};
use crate::build::Freshness;
use crate::digest::Digest;
use crate::entries;
use crate::error::Error;
use crate::field;
use crate::file;
use crate::folder::{self, Given};
use crate::guard::{CircuitEntry, Guarding, ToolEntry};
use crate::manifest::FunctionName;
use crate::plugin::{Plugin, Terms};
use crate::secret::{self, SecretEntry};
use crate::sources::Sources;
use crate::store::StoreEntry;
use crate::text;
use crate::unknown::Unknowns;

/// The name of the file.
pub const FILE_NAME: &str = "baton.toml";

/// A project as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectFile {
    /// The workflow, relative to the file's folder.
    pub workflow: Option<PathBuf>,
    /// Further workflows, relative to the file's folder: `baton serve` begins runs of them by their triggers, and
    /// `baton run --workflow` by hand.
    pub workflows: Vec<PathBuf>,
    /// The input that it gets when none is given, relative to the file's folder.
    pub input: Option<PathBuf>,
    /// The plugins, by the names that the workflow and the grants use.
    pub plugins: BTreeMap<Name, PluginEntry>,
    /// The secrets, by the names that the grants use.
    pub secrets: BTreeMap<Name, SecretEntry>,
    /// The limits of each plugin that says nothing else.
    #[serde(deserialize_with = "field::limits")]
    pub limits: LimitsOverride,
    /// What the journal of one run may take up.
    #[serde(deserialize_with = "field::store")]
    pub store: StoreEntry,
    /// What all runs of the project may cost together.
    pub budget: BudgetEntry,
}

/// `[plugins.crm]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PluginEntry {
    /// The folder with its `plugin.toml`, relative to the file's folder.
    pub path: PathBuf,
    /// Whether the command of its `[build]` may run on this machine, outside every sandbox. Default no: a plugin of a
    /// stranger is loaded, not built.
    #[serde(default)]
    pub build: bool,
    /// The digest that its component must have: `sha256:…`.
    #[serde(default)]
    pub digest: Option<Digest>,
    /// What it is granted, never more than it asks for. Default nothing.
    #[serde(default, deserialize_with = "field::complete_grants")]
    pub grants: Grants,
    /// Its limits.
    #[serde(default, deserialize_with = "field::limits")]
    pub limits: LimitsOverride,
    /// Whether its invocations share the host's process. Default `shared`.
    #[serde(default)]
    pub isolation: Isolation,
    /// What is done about a call of its functions that was in flight when the host died. Default: one that is idempotent is
    /// made again, for the rest a person is asked.
    #[serde(default)]
    pub on_unknown: Unknowns,
    /// When its functions are left alone because they fail again and again. Default: after five failures in a minute, for
    /// half a minute.
    #[serde(default)]
    pub circuit: Option<CircuitEntry>,
    /// What each invocation of it costs, such as `"0.002 usd"`: charged to the budgets of the runs that make it. Default
    /// nothing.
    #[serde(default)]
    pub price: MicroUsd,
    /// How often its functions may be called, all together. Default: as often as somebody calls them.
    #[serde(default)]
    pub rate: Option<Rate>,
    /// What goes for one of its functions before what goes for all.
    #[serde(default)]
    pub tools: BTreeMap<FunctionName, ToolEntry>,
}

/// A project with its plugins resolved.
#[derive(Clone, Debug)]
pub struct Project {
    file: PathBuf,
    folder: PathBuf,
    workflow: Option<PathBuf>,
    workflows: Vec<PathBuf>,
    input: Option<PathBuf>,
    plugins: BTreeMap<Name, Plugin>,
    secrets: BTreeMap<Name, SecretEntry>,
    warnings: Vec<Warning>,
    locking: Locking,
    bounds: Bounds,
}

/// Something that an operator should know and that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A plugin is granted what it does not ask for: the surplus has no effect.
    WiderThanAsked {
        /// The plugin.
        plugin: Name,
        /// The surplus.
        surplus: Grants,
    },
    /// A plugin asks for what it is not granted: calls of it will be denied.
    AskedNotGranted {
        /// The plugin.
        plugin: Name,
        /// What is missing.
        missing: Grants,
        /// What it could be granted instead: what it is, and what is missing.
        grants: Box<Grants>,
    },
    /// A limit is written above its maximum, and is lowered to it.
    BeyondMaximum {
        /// The plugin; nothing for the project's `[limits]`.
        plugin: Option<Name>,
        /// The limit.
        limit: Beyond,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::WiderThanAsked { plugin, surplus } => {
                write!(f, "[plugins.{plugin}] grants what the plugin does not ask for, to no effect: {surplus}")
            }
            Warning::AskedNotGranted { plugin, missing, grants } => {
                write!(
                    f,
                    "[plugins.{plugin}] does not grant what the plugin asks for, so such calls will be denied: {missing}; \
                     to allow them, write there: grants = {grants}"
                )
            }
            Warning::BeyondMaximum { plugin, limit } => {
                let section = plugin.as_ref().map_or("limits".to_owned(), |plugin| format!("plugins.{plugin}"));
                let Beyond { limit, written, max } = limit;
                write!(f, "[{section}] sets {limit} to {written}, but the most it can be is {max}")
            }
        }
    }
}

impl Project {
    /// Loads a project from its file, or from the folder that `baton.toml` is in, with all its plugins.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::TooLarge`], [`Error::Text`] or [`Error::Outside`], of the project's file
    /// or of a plugin's.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let file = if path.is_dir() { file::join(path, Path::new(FILE_NAME)) } else { path.to_owned() };
        let source = file::read_text(&file, file::MAX_MANIFEST, "the file of the project")?;
        let written = text::toml(&file, &source)?;
        secret::check_granted(&file, &source, &written)?;
        Project::resolve(&file, written)
    }

    fn resolve(file: &Path, written: ProjectFile) -> Result<Self, Error> {
        let folder = file.parent().map_or_else(PathBuf::new, Path::to_owned);
        let mut project = Project {
            file: file.to_owned(),
            workflow: written.workflow.map(|path| file::join(&folder, &path)),
            workflows: written.workflows.iter().map(|path| file::join(&folder, path)).collect(),
            input: written.input.map(|path| file::join(&folder, &path)),
            plugins: BTreeMap::new(),
            secrets: written.secrets,
            warnings: beyond(None, written.limits),
            locking: Locking::default(),
            bounds: Bounds { store: written.store, budget: written.budget },
            folder,
        };
        for (name, entry) in written.plugins {
            project.add(name, entry, written.limits)?;
        }
        project.keeps_apart()?;
        Ok(project)
    }

    fn add(&mut self, name: Name, entry: PluginEntry, base: LimitsOverride) -> Result<(), Error> {
        self.warnings.extend(beyond(Some(&name), entry.limits));
        let terms = Terms {
            name: name.clone(),
            build: entry.build,
            folders: folder::find(&self.folder, &name, &entry.grants.files)?,
            grants: entry.grants,
            limits: entry.limits.over(base).resolve(),
            digest: entry.digest,
            isolation: entry.isolation,
            price: entry.price,
            on_unknown: entry.on_unknown,
            guarding: Guarding { circuit: entry.circuit, rate: entry.rate, tools: entry.tools },
        };
        let plugin = Plugin::load(&file::join(&self.folder, &entry.path), terms)?;
        self.warnings.extend(compared(&name, plugin.policy().asked(), plugin.policy().granted()));
        self.plugins.insert(name, plugin);
        Ok(())
    }

    /// Checks that no guest may read a secret, nor change what others are, or are granted.
    fn keeps_apart(&self) -> Result<(), Error> {
        let all = || self.plugins.values();
        for folder in all().flat_map(|one| Given::of(one.name(), &one.policy().granted().files, one.folders())) {
            self.secret_files().try_for_each(|(name, file)| folder.holds_no_secret(name, &file))?;
            if !folder.is_writable() {
                continue;
            }
            all().try_for_each(|plugin| folder.is_apart_from(plugin.folder()))?;
            all().try_for_each(|plugin| folder.does_not_hold(&plugin.component_path()))?;
            all().flat_map(|plugin| plugin.folders().values()).try_for_each(|other| folder.does_not_hold(other))?;
            self.all_workflows().chain(self.input()).try_for_each(|file| folder.does_not_hold(file))?;
        }
        Ok(())
    }

    /// The same with another way to deal with its lock.
    #[must_use]
    pub fn with_locking(mut self, locking: Locking) -> Self {
        self.locking = locking;
        self
    }

    /// What is done with its lock.
    #[must_use]
    pub fn locking(&self) -> Locking {
        self.locking
    }

    /// Its file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The folder of its file.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of its workflow.
    ///
    /// # Errors
    /// [`Error::NoWorkflow`] if it names none.
    pub fn workflow(&self) -> Result<&Path, Error> {
        self.workflow.as_deref().ok_or_else(|| Error::NoWorkflow { file: self.file.clone() })
    }

    /// The files of all its workflows: the one that runs by itself, and the further ones.
    pub fn all_workflows(&self) -> impl Iterator<Item = &Path> {
        self.workflow.iter().chain(&self.workflows).map(PathBuf::as_path)
    }

    /// The file of the input that its workflow gets when none is given.
    #[must_use]
    pub fn input(&self) -> Option<&Path> {
        self.input.as_deref()
    }

    /// Its plugins, in the order of their names.
    pub fn plugins(&self) -> impl ExactSizeIterator<Item = &Plugin> {
        self.plugins.values()
    }

    /// The secrets that it defines, in the order of their names.
    pub fn secrets(&self) -> impl Iterator<Item = (&Name, &SecretEntry)> {
        self.secrets.iter()
    }

    /// How much it may take up and cost.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The plugin of a name.
    ///
    /// # Errors
    /// [`Error::NoPlugin`] with the names that there are.
    pub fn plugin(&self, name: &str) -> Result<&Plugin, Error> {
        let refuse = || Error::NoPlugin { name: name.to_owned(), known: self.plugins.keys().cloned().collect() };
        self.plugins.get(name).ok_or_else(refuse)
    }

    /// The plugins whose components are missing or older than their sources. What they share is looked at once.
    #[must_use]
    pub fn stale(&self) -> Vec<(&Plugin, Freshness)> {
        let mut sources = Sources::default();
        let all = self.plugins().map(|plugin| (plugin, plugin.freshness_among(&mut sources)));
        all.filter(|(_, freshness)| *freshness != Freshness::Fresh).collect()
    }

    /// What the operator should know.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// What is granted and not asked for, and what is asked for and not granted at all.
fn compared(plugin: &Name, asked: &Grants, granted: &Grants) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let surplus = granted.except(asked);
    if !surplus.is_empty() {
        warnings.push(Warning::WiderThanAsked { plugin: plugin.clone(), surplus });
    }
    let missing = entries::not_at_all(asked, granted);
    if !missing.is_empty() {
        let grants = Grants::effective(asked, granted).union(&missing).completed();
        warnings.push(Warning::AskedNotGranted { plugin: plugin.clone(), missing, grants: Box::new(grants) });
    }
    warnings
}

fn beyond(plugin: Option<&Name>, limits: LimitsOverride) -> Vec<Warning> {
    let warn = |limit| Warning::BeyondMaximum { plugin: plugin.cloned(), limit };
    limits.beyond().into_iter().map(warn).collect()
}

#[cfg(test)]
mod tests;
