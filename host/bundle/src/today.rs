//! What the operator says today: the grants, secrets and store of `baton.toml`, and nothing that it names. It is the bound of
//! what a deployed version may do. It does not know versions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use baton_policy::{Grants, Isolation, MicroUsd, Name};

use crate::budget::Bounds;
use crate::error::Error;
use crate::file;
use crate::guard::Guarding;
use crate::plugin::Plugin;
use crate::project::{FILE_NAME, PluginEntry, Project, ProjectFile};
use crate::secret::{self, SecretEntry, Source};
use crate::text;

/// What `baton.toml` says, as far as it bounds a version.
#[derive(Clone, Debug)]
pub struct Today {
    file: PathBuf,
    plugins: BTreeMap<Name, Terms>,
    secrets: BTreeMap<Name, SecretEntry>,
    bounds: Bounds,
}

/// What it says of a plugin. The default is what it says of one that it does not have: nothing is granted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) grants: Grants,
    pub(crate) isolation: Isolation,
    /// What each invocation of it costs.
    pub(crate) price: MicroUsd,
    pub(crate) guarding: Guarding,
}

impl Today {
    /// Reads the file of a project, or the one in a folder. Its plugins need not be there.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::TooLarge`] or [`Error::Text`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let file = if path.is_dir() { file::join(path, Path::new(FILE_NAME)) } else { path.to_owned() };
        let source = file::read_text(&file, file::MAX_MANIFEST, "the file of the project")?;
        let written: ProjectFile = text::toml(&file, &source)?;
        secret::check_granted(&file, &source, &written)?;
        let terms = |entry: PluginEntry| Terms {
            grants: entry.grants,
            isolation: entry.isolation,
            price: entry.price,
            guarding: Guarding { circuit: entry.circuit, rate: entry.rate, tools: entry.tools },
        };
        let plugins = written.plugins.into_iter().map(|(name, entry)| (name, terms(entry))).collect();
        Ok(Today {
            file,
            plugins,
            secrets: written.secrets,
            bounds: Bounds { store: written.store, budget: written.budget },
        })
    }

    /// The project's file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The folder of the project's file.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// How much it may take up and cost.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(crate) fn plugin(&self, name: &Name) -> Terms {
        self.plugins.get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn secret(&self, name: &Name) -> Option<&SecretEntry> {
        self.secrets.get(name)
    }

    /// The files that secrets are read from.
    pub(crate) fn secret_files(&self) -> impl Iterator<Item = (&Name, PathBuf)> {
        self.secrets.iter().filter_map(|(name, entry)| match &entry.from {
            Source::File(path) => Some((name, file::join(self.folder(), path))),
            Source::Environment(_) => None,
        })
    }
}

impl Project {
    /// What its file says, as far as it bounds a version.
    #[must_use]
    pub fn today(&self) -> Today {
        let terms = |plugin: &Plugin| Terms {
            grants: plugin.policy().granted().clone(),
            isolation: plugin.isolation(),
            price: plugin.price(),
            guarding: plugin.guarding().clone(),
        };
        Today {
            file: self.file().to_owned(),
            plugins: self.plugins().map(|plugin| (plugin.name().clone(), terms(plugin))).collect(),
            secrets: self.secrets().map(|(name, entry)| (name.clone(), entry.clone())).collect(),
            bounds: self.bounds(),
        }
    }
}
