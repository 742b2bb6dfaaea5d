//! The command that makes a component, and whether it must run again. It runs nothing: that is its caller's job.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::manifest::BuildSection;
use crate::sources::Sources;

/// The target that cargo packages are built for.
pub const TARGET: &str = "wasm32-wasip2";

/// Variables that would make a cargo build put the component elsewhere than where the manifest says, or make another one.
/// Whoever runs a build takes them out of its environment.
pub const UNSET: [&str; 5] =
    ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_TARGET", "CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"];

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
    pub(crate) fn freshness(&self, component: &Path, sources: &mut Sources) -> Freshness {
        let Ok(made) = component.metadata().and_then(|found| found.modified()) else { return Freshness::Missing };
        let newest = match self.target {
            Some(_) => sources.newest_of_package(&self.folder),
            None => sources.newest(&self.folder),
        };
        match newest {
            Some((at, newer)) if at > made => Freshness::Stale { newer, at },
            _ => Freshness::Fresh,
        }
    }
}

#[cfg(test)]
mod tests;
