//! What a cargo package is made of, as far as its manifests say. It does not run cargo, and it leaves out what it cannot
//! read: cargo itself says what is wrong with it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::file;

/// Tables of a manifest that name dependencies which end in the built component.
const TABLES: [&str; 2] = ["dependencies", "build-dependencies"];

/// The files and folders that a package is made of: its own folder, those of the packages it depends on by path,
/// and of their workspace `Cargo.toml`, `Cargo.lock` and a folder `wit` beside the workspace's.
pub(crate) fn sources(package: &Path) -> Vec<PathBuf> {
    let mut sources = BTreeSet::new();
    let workspace = workspace_of(package);
    if let Some((root, _)) = &workspace {
        sources.extend([root.join("Cargo.toml"), root.join("Cargo.lock"), file::join(root, Path::new("../wit"))]);
    }
    let inherited = workspace.as_ref().map(|(root, manifest)| (root.as_path(), manifest));
    add(package, inherited, &mut sources);
    sources.into_iter().collect()
}

/// Adds a package and, in turn, the packages it depends on by path.
fn add(package: &Path, workspace: Option<(&Path, &Table)>, sources: &mut BTreeSet<PathBuf>) {
    if !sources.insert(package.to_owned()) {
        return;
    }
    let Some(manifest) = read(package) else { return };
    for (name, dependency) in dependencies(&manifest) {
        if let Some(folder) = folder_of(package, name, dependency, workspace) {
            add(&folder, workspace, sources);
        }
    }
}

/// The dependencies of a manifest, those for a target included.
fn dependencies(manifest: &Table) -> impl Iterator<Item = (&String, &Value)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let places = targets.filter_map(Value::as_table).chain([manifest]);
    places.flat_map(|place| TABLES.iter().filter_map(|table| place.get(*table)?.as_table()).flatten())
}

/// The folder of a dependency by path, given in the manifest itself or in its workspace's.
fn folder_of(package: &Path, name: &str, dependency: &Value, workspace: Option<(&Path, &Table)>) -> Option<PathBuf> {
    let path = |value: &Value| value.get("path")?.as_str().map(PathBuf::from);
    if let Some(path) = path(dependency) {
        return Some(file::join(package, &path));
    }
    let inherits = dependency.get("workspace").and_then(Value::as_bool).unwrap_or_default();
    let (root, manifest) = workspace.filter(|_| inherits)?;
    let shared = manifest.get("workspace")?.get("dependencies")?.get(name)?;
    Some(file::join(root, &path(shared)?))
}

/// The workspace that a package belongs to: the nearest folder above it whose manifest has `[workspace]`.
fn workspace_of(package: &Path) -> Option<(PathBuf, Table)> {
    const HIGHEST: usize = 4;
    let mut folder = package.to_owned();
    for _ in 0..HIGHEST {
        if let Some(manifest) = read(&folder).filter(|manifest| manifest.contains_key("workspace")) {
            return Some((folder, manifest));
        }
        folder = file::join(&folder, Path::new(".."));
    }
    None
}

fn read(folder: &Path) -> Option<Table> {
    file::read_text(&folder.join("Cargo.toml"), file::MAX_MANIFEST, "").ok()?.parse().ok()
}
