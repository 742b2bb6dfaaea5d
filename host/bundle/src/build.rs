//! The command that makes a component, and whether it must run again. It runs nothing: that is its caller's job.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::cargo;
use crate::manifest::BuildSection;

/// The target that cargo packages are built for.
pub const TARGET: &str = "wasm32-wasip2";

/// Variables that would lead a cargo build elsewhere than where the manifest says the component is made.
/// Whoever runs a build takes them out of its environment.
pub const UNSET: [&str; 4] = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_TARGET", "RUSTFLAGS"];

/// A command that makes a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The folder it runs in: the plugin's.
    pub folder: PathBuf,
    /// The target that rustup must have, if it is a cargo build.
    pub target: Option<&'static str>,
}

/// Whether a component is up to date with its sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// It is.
    Fresh,
    /// It is not there.
    Missing,
    /// A source is newer.
    Stale {
        /// The newest source.
        newer: PathBuf,
        /// When it was changed.
        at: SystemTime,
    },
}

impl Build {
    pub(crate) fn new(folder: &Path, section: &BuildSection) -> Self {
        let folder = folder.to_owned();
        match section {
            BuildSection::Cargo(package) => {
                let argv = ["cargo", "build", "--release", "--target", TARGET, "-p", package];
                Build { argv: argv.map(str::to_owned).to_vec(), folder, target: Some(TARGET) }
            }
            BuildSection::Command(argv) => Build { argv: argv.clone(), folder, target: None },
        }
    }

    /// Compares a component with the sources it is made of: the plugin's folder and, for cargo, those of the packages
    /// that it depends on by path, the workspace's `Cargo.toml` and `Cargo.lock`, and a `wit` folder beside them.
    pub(crate) fn freshness(&self, component: &Path) -> Freshness {
        let Ok(made) = fs::metadata(component).and_then(|found| found.modified()) else { return Freshness::Missing };
        let sources = match self.target {
            Some(_) => cargo::sources(&self.folder),
            None => vec![self.folder.clone()],
        };
        match sources.iter().filter_map(|source| newest(source)).max() {
            Some((at, newer)) if at > made => Freshness::Stale { newer, at },
            _ => Freshness::Fresh,
        }
    }
}

/// Folders that hold what builds make, not what they are made of.
const SKIPPED: [&str; 3] = ["target", "node_modules", "__pycache__"];

/// The deepest folder that is looked into: deeper trees are no sources, and a circle of mounts ends here.
const MAX_DEPTH: usize = 32;

/// The file of a tree that was changed last. What cannot be read is left out: the build itself will say so.
fn newest(path: &Path) -> Option<(SystemTime, PathBuf)> {
    let mut newest = None;
    visit(path, 0, &mut |found| newest = newest.take().max(Some(found)));
    newest
}

fn visit(path: &Path, depth: usize, found: &mut impl FnMut((SystemTime, PathBuf))) {
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
        if depth < MAX_DEPTH && !link_to_folder && !is_skipped(&entry.file_name().to_string_lossy()) {
            visit(&entry.path(), depth + 1, found);
        }
    }
}

fn is_skipped(name: &str) -> bool {
    name.starts_with('.') || SKIPPED.contains(&name)
}

#[cfg(test)]
mod tests;
