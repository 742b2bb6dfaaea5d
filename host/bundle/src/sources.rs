//! What a component is made of, and which of it was changed last. It does not run cargo, and it leaves out what it
//! cannot read: the build itself says what is wrong with it.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use toml::{Table, Value};

use crate::file;

/// A file, and when it was changed.
pub(crate) type Change = (SystemTime, PathBuf);

/// Tables of a cargo manifest that name dependencies which end in the built component.
const TABLES: [&str; 2] = ["dependencies", "build-dependencies"];

/// How many folders above a package its workspace may be.
const HIGHEST: usize = 4;

/// Folders that hold what builds make, not what they are made of.
const SKIPPED: [&str; 3] = ["target", "node_modules", "__pycache__"];

/// The deepest folder that is looked into: deeper trees are no sources, and a circle of mounts ends here.
const DEEPEST: usize = 32;

/// What was read of the sources so far: the plugins of a project share their workspace, their SDK and their contract.
#[derive(Default)]
pub(crate) struct Sources {
    manifests: HashMap<PathBuf, Option<Rc<Table>>>,
    newest: HashMap<PathBuf, Option<Change>>,
}

impl Sources {
    /// The last change of what a cargo package is made of.
    pub(crate) fn newest_of_package(&mut self, package: &Path) -> Option<Change> {
        let places = self.of_package(package);
        places.iter().filter_map(|place| self.newest(place)).max()
    }

    /// The last change of a file, or of a folder.
    pub(crate) fn newest(&mut self, place: &Path) -> Option<Change> {
        if let Some(known) = self.newest.get(place) {
            return known.clone();
        }
        let mut newest = None;
        visit(place, 0, &mut |change| newest = newest.take().max(Some(change)));
        self.newest.insert(place.to_owned(), newest.clone());
        newest
    }

    /// The files and folders that a cargo package is made of: its own folder, those of the packages that it depends on
    /// by path, and of their workspace `Cargo.toml`, `Cargo.lock` and a folder `wit` beside the workspace's.
    pub(crate) fn of_package(&mut self, package: &Path) -> BTreeSet<PathBuf> {
        let mut places = BTreeSet::new();
        let workspace = self.workspace_of(package);
        if let Some((root, _)) = &workspace {
            places.extend(["Cargo.toml", "Cargo.lock", "../wit"].map(|path| file::join(root, Path::new(path))));
        }
        self.add(package, workspace.as_ref(), &mut places);
        places
    }

    /// Adds a package and, in turn, the packages that it depends on by path.
    fn add(&mut self, package: &Path, workspace: Option<&(PathBuf, Rc<Table>)>, places: &mut BTreeSet<PathBuf>) {
        if !places.insert(package.to_owned()) {
            return;
        }
        let Some(manifest) = self.manifest(package) else { return };
        for (name, dependency) in dependencies(&manifest) {
            if let Some(folder) = folder_of(package, name, dependency, workspace) {
                self.add(&folder, workspace, places);
            }
        }
    }

    /// The workspace that a package belongs to: the nearest folder, its own or above, whose manifest has `[workspace]`.
    fn workspace_of(&mut self, package: &Path) -> Option<(PathBuf, Rc<Table>)> {
        let mut folder = package.to_owned();
        for _ in 0..HIGHEST {
            if let Some(manifest) = self.manifest(&folder).filter(|manifest| manifest.contains_key("workspace")) {
                return Some((folder, manifest));
            }
            folder = file::join(&folder, Path::new(".."));
        }
        None
    }

    fn manifest(&mut self, folder: &Path) -> Option<Rc<Table>> {
        if let Some(known) = self.manifests.get(folder) {
            return known.clone();
        }
        let source = file::read_text(&folder.join("Cargo.toml"), file::MAX_MANIFEST, "").ok();
        let manifest = source.and_then(|source| source.parse().ok()).map(Rc::new);
        self.manifests.insert(folder.to_owned(), manifest.clone());
        manifest
    }
}

/// The dependencies of a manifest, those for a target included.
fn dependencies(manifest: &Table) -> impl Iterator<Item = (&String, &Value)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let places = targets.filter_map(Value::as_table).chain([manifest]);
    places.flat_map(|place| TABLES.iter().filter_map(|table| place.get(*table)?.as_table()).flatten())
}

/// The folder of a dependency by path, given in the manifest itself or in its workspace's.
fn folder_of(
    package: &Path,
    name: &str,
    dependency: &Value,
    workspace: Option<&(PathBuf, Rc<Table>)>,
) -> Option<PathBuf> {
    let path = |value: &Value| value.get("path")?.as_str().map(PathBuf::from);
    if let Some(path) = path(dependency) {
        return Some(file::join(package, &path));
    }
    let inherits = dependency.get("workspace").and_then(Value::as_bool).unwrap_or_default();
    let (root, manifest) = workspace.filter(|_| inherits)?;
    let shared = manifest.get("workspace")?.get("dependencies")?.get(name)?;
    Some(file::join(root, &path(shared)?))
}

/// Calls back with each file of a tree.
fn visit(path: &Path, depth: usize, found: &mut impl FnMut(Change)) {
    let Ok(metadata) = fs::metadata(path) else { return };
    if metadata.is_file() {
        if let Ok(at) = metadata.modified() {
            found((at, path.to_owned()));
        }
        return;
    }
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        let link_to_folder = entry.file_type().is_ok_and(|kind| kind.is_symlink()) && entry.path().is_dir();
        if depth < DEEPEST && !link_to_folder && !is_skipped(&entry.file_name().to_string_lossy()) {
            visit(&entry.path(), depth + 1, found);
        }
    }
}

fn is_skipped(name: &str) -> bool {
    name.starts_with('.') || SKIPPED.contains(&name)
}
