//! The folders that a project grants: found, and kept apart from what a guest must never reach. It does not open them,
//! nor does it know what a guest does there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use baton_policy::{Access, FilesGrant, Mount, MountName, Name};

use crate::error::Error;
use crate::file;

/// Where a project keeps its runs and state, beside its file.
const STORE: &str = ".baton";

/// Folders in which the system shows itself: the host's own environment is a file there.
const OF_THE_SYSTEM: [&str; 3] = ["/proc", "/sys", "/dev"];

/// The folders of a plugin by the names that its guest sees, without links and `..`.
pub(crate) type Folders = BTreeMap<MountName, PathBuf>;

/// Finds the folders of a plugin's grant, relative to the project's.
///
/// # Errors
/// [`Error::Folder`] if one is not there, is no folder, or is none to be given away.
pub(crate) fn find(project: &Path, plugin: &Name, files: &FilesGrant) -> Result<Folders, Error> {
    let mut found = Folders::new();
    for mount in files.mounts() {
        let Some(written) = mount.folder else { continue };
        let path = file::join(project, Path::new(written));
        let refuse = |problem: &str| refused(plugin, &mount, &path, problem);
        let real = path.canonicalize().map_err(|error| refuse(&format!("cannot be opened: {error}")))?;
        if let Some(problem) = forbidden(project, &real) {
            return Err(refuse(problem));
        }
        found.insert(mount.name.clone(), real);
    }
    Ok(found)
}

/// Why a folder is given to no guest.
fn forbidden(project: &Path, real: &Path) -> Option<&'static str> {
    let store = real_path(&file::join(project, Path::new(STORE)));
    if !real.is_dir() {
        Some("is not a folder")
    } else if real.parent().is_none() {
        Some("is the root of the file system")
    } else if OF_THE_SYSTEM.iter().any(|system| real.starts_with(system)) {
        Some("is a folder in which the system shows itself")
    } else if store.starts_with(real) || real.starts_with(&store) {
        Some("holds the project's runs and state (.baton)")
    } else {
        None
    }
}

/// A folder that a guest sees.
pub(crate) struct Given<'a> {
    /// The plugin.
    pub(crate) plugin: &'a Name,
    /// The grant.
    pub(crate) mount: Mount<'a>,
    /// Where it is.
    pub(crate) path: &'a Path,
}

impl<'a> Given<'a> {
    /// Those of a plugin.
    pub(crate) fn of(plugin: &'a Name, files: &'a FilesGrant, folders: &'a Folders) -> impl Iterator<Item = Self> {
        files.mounts().filter_map(move |mount| Some(Given { plugin, mount, path: folders.get(mount.name)? }))
    }

    /// Whether the guest may change what is in it.
    pub(crate) fn is_writable(&self) -> bool {
        self.mount.access == Access::Write
    }

    /// Checks that a secret does not lie in the folder: what a guest reads there is no secret.
    ///
    /// # Errors
    /// [`Error::Folder`].
    pub(crate) fn holds_no_secret(&self, name: &Name, file: &Path) -> Result<(), Error> {
        if real_path(file).starts_with(self.path) {
            return Err(self.refused(&format!("holds {}, the file of the secret `{name}`", file.display())));
        }
        Ok(())
    }

    /// Checks that a plugin lies neither in the folder nor around it: a guest that changes components, manifests or
    /// sources would be granted whatever it likes, or be built by the host.
    ///
    /// # Errors
    /// [`Error::Folder`].
    pub(crate) fn is_apart_from(&self, plugin: &Path) -> Result<(), Error> {
        let plugin = real_path(plugin);
        if plugin.starts_with(self.path) || self.path.starts_with(&plugin) {
            return Err(self.refused(&format!("shares files with a plugin, {}", plugin.display())));
        }
        Ok(())
    }

    /// Checks that the folder does not hold this one: a guest could put a link in the place of what others are granted.
    ///
    /// # Errors
    /// [`Error::Folder`].
    pub(crate) fn does_not_hold(&self, other: &Path) -> Result<(), Error> {
        let other = real_path(other);
        if other != self.path && other.starts_with(self.path) {
            return Err(self.refused(&format!("holds {}, which could be replaced there", other.display())));
        }
        Ok(())
    }

    fn refused(&self, problem: &str) -> Error {
        refused(self.plugin, &self.mount, self.path, problem)
    }
}

/// A path without links and `..`, as far as it exists.
fn real_path(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = || Some(parent.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(beside).unwrap_or_else(|| path.to_owned())
}

fn refused(plugin: &Name, mount: &Mount<'_>, path: &Path, problem: &str) -> Error {
    Error::Folder {
        plugin: plugin.clone(),
        entry: mount.to_string(),
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests;
