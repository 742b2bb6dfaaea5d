//! What can be wrong with a project, a plugin or a component. It does not know who reads it: no colours, no printing.
//!
//! Each error has a stable code:
//!
//! | code | meaning |
//! |---|---|
//! | B0001 | a file cannot be read |
//! | B0002 | a file is larger than such a file may be |
//! | B0003 | a text is not TOML, or a schema not JSON |
//! | B0004 | a key is unknown |
//! | B0005 | a key is missing |
//! | B0006 | a value is wrong |
//! | B0007 | a file that a manifest names is outside the plugin's folder |
//! | B0008 | a component is not built yet |
//! | B0009 | a file is not a component |
//! | B0010 | a file is a core module, not a component |
//! | B0011 | a component is not the one that the project pins |
//! | B0012 | a project has no plugin of that name |
//! | B0013 | a project names no workflow |
//! | B0014 | a build ended well and made no component |
//! | B0015 | a folder cannot be granted |
//! | B0016 | a plugin changed since it was accepted |
//! | B0017 | a lock was edited by hand |
//! | B0018 | a lock is of another version |
//! | B0019 | a lock would have to be written, and must not be |
//! | B0020 | a lock cannot be written |
//! | B0021 | a component was replaced while it was being loaded |
//! | B0022 | a secret has no value, or none that can be used |
//! | B0023 | a plugin's manifest, as it was deployed, cannot be read |

mod hint;

use std::io;
use std::path::PathBuf;

use baton_policy::{Bytes, Name};

use crate::acceptance::Refusal;
use crate::digest::Digest;
use crate::place::Place;
use crate::secret::Source;

/// Why a project, a plugin or a component was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Where its path comes from, for the hint: `the path of [plugins.crm] in baton.toml`.
        named_by: String,
        /// What the system said.
        source: io::Error,
    },
    /// A file is larger than such a file may be.
    #[error("{} is larger than {cap}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes that such a file may have.
        cap: Bytes,
    },
    /// A text is wrong at some place.
    #[error("{place}: {message}")]
    Text {
        /// The place, with the offending line.
        place: Box<Place>,
        /// What kind of fault it is.
        fault: Fault,
        /// What is wrong, with the offending text.
        message: String,
        /// What would be right, if it can be told.
        hint: Option<String>,
    },
    /// A file that a manifest names is, by a link, outside the plugin's folder.
    #[error("{}: by a link, `{}` leaves the plugin's folder", manifest.display(), path.display())]
    Outside {
        /// The manifest.
        manifest: PathBuf,
        /// The path, as it is written.
        path: PathBuf,
    },
    /// A component is not there.
    #[error("the component of `{plugin}` is not there: {}", path.display())]
    NotBuilt {
        /// The plugin.
        plugin: Name,
        /// Where the component should be.
        path: PathBuf,
        /// Whether its manifest says how to build it.
        buildable: bool,
    },
    /// A file is not a component at all.
    #[error("{} is not a component: {found}", path.display())]
    NotAComponent {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        found: String,
    },
    /// A file is a core module.
    #[error("{} is a core module, not a component", path.display())]
    CoreModule {
        /// The file.
        path: PathBuf,
    },
    /// A component is not the one that the project pins.
    #[error("the component of `{plugin}` is {found}, but the project pins {pinned}")]
    Mismatch {
        /// The plugin.
        plugin: Name,
        /// The digest that the project pins.
        pinned: Digest,
        /// The digest of the file.
        found: Digest,
    },
    /// A project has no plugin of that name.
    #[error("the project has no plugin `{name}`")]
    NoPlugin {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<Name>,
    },
    /// A project names no workflow.
    #[error("{} names no workflow", file.display())]
    NoWorkflow {
        /// The project's file.
        file: PathBuf,
    },
    /// A folder cannot be granted.
    #[error("[plugins.{plugin}] grants `{entry}`, but {} {problem}", path.display())]
    Folder {
        /// The plugin.
        plugin: Name,
        /// The entry of `files`.
        entry: String,
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A build ended well and made no component.
    #[error("the build of `{plugin}` ended well, but {} is not there", path.display())]
    NothingMade {
        /// The plugin.
        plugin: Name,
        /// Where the component should be.
        path: PathBuf,
    },
    /// Plugins changed since they were accepted, so they do not run.
    #[error("not what was accepted: {}", .refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Refused {
        /// The project's folder.
        folder: PathBuf,
        /// The plugins, and how they changed.
        refusals: Vec<Refusal>,
    },
    /// The lock would have to be written, and must not be.
    #[error("{} {}", path.display(), if *.missing { "is missing" } else { "is not up to date" })]
    Stale {
        /// The lock.
        path: PathBuf,
        /// Whether there is none.
        missing: bool,
    },
    /// The lock cannot be written.
    #[error("cannot write {}", path.display())]
    Unwritable {
        /// The lock.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A component was replaced between being held against the lock and being loaded.
    #[error(
        "the component of `{plugin}` was replaced while it was being loaded: {accepted} is accepted, found {found}"
    )]
    Swapped {
        /// The plugin.
        plugin: Name,
        /// The digest that was accepted.
        accepted: Digest,
        /// The digest of what was to be loaded.
        found: Digest,
    },
    /// The manifest of a version's plugin, which was read when it was deployed, is none for this version of the host.
    #[error("the manifest of `{plugin}`, as it was deployed, cannot be read: {problem}")]
    NotThawed {
        /// The plugin.
        plugin: Name,
        /// What is wrong with it.
        problem: String,
    },
    /// A secret that a plugin may use has no value, or none that can be used.
    #[error("the secret `{name}` cannot be used: {from} {problem}")]
    Secret {
        /// The secret.
        name: Name,
        /// Where its value should be.
        from: Source,
        /// What is wrong there; never the value.
        problem: String,
    },
}

/// What kind of fault a text has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not parse.
    Syntax,
    /// A key is unknown.
    UnknownKey,
    /// A key is missing.
    MissingKey,
    /// A value is wrong.
    Value,
    /// A part of a lock is not what was sealed.
    Seal,
    /// A lock is of a version that is not known.
    Version,
}

impl Error {
    /// The stable code, as listed above.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Error::Unreadable { .. } => "B0001",
            Error::TooLarge { .. } => "B0002",
            Error::Text { fault: Fault::Syntax, .. } => "B0003",
            Error::Text { fault: Fault::UnknownKey, .. } => "B0004",
            Error::Text { fault: Fault::MissingKey, .. } => "B0005",
            Error::Text { fault: Fault::Value, .. } => "B0006",
            Error::Text { fault: Fault::Seal, .. } => "B0017",
            Error::Text { fault: Fault::Version, .. } => "B0018",
            Error::Outside { .. } => "B0007",
            Error::NotBuilt { .. } => "B0008",
            Error::NotAComponent { .. } => "B0009",
            Error::CoreModule { .. } => "B0010",
            Error::Mismatch { .. } => "B0011",
            Error::NoPlugin { .. } => "B0012",
            Error::NoWorkflow { .. } => "B0013",
            Error::NothingMade { .. } => "B0014",
            Error::Folder { .. } => "B0015",
            Error::Refused { .. } => "B0016",
            Error::Stale { .. } => "B0019",
            Error::Unwritable { .. } => "B0020",
            Error::Swapped { .. } => "B0021",
            Error::Secret { .. } => "B0022",
            Error::NotThawed { .. } => "B0023",
        }
    }

    /// The place in a file, for those errors that have one.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Error::Text { place, .. } => Some(place),
            _ => None,
        }
    }
}
