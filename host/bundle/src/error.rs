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

use std::io;
use std::path::PathBuf;

use baton_policy::{Bytes, Name};

use crate::digest::Digest;
use crate::place::Place;

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
            Error::Outside { .. } => "B0007",
            Error::NotBuilt { .. } => "B0008",
            Error::NotAComponent { .. } => "B0009",
            Error::CoreModule { .. } => "B0010",
            Error::Mismatch { .. } => "B0011",
            Error::NoPlugin { .. } => "B0012",
            Error::NoWorkflow { .. } => "B0013",
            Error::NothingMade { .. } => "B0014",
            Error::Folder { .. } => "B0015",
        }
    }

    /// What would be right, in a line.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Unreadable { named_by, .. } => Some(format!("it is {named_by}")),
            Error::TooLarge { .. } | Error::NotAComponent { .. } => None,
            Error::Text { hint, .. } => hint.clone(),
            Error::Outside { .. } => Some("name a file inside the folder of plugin.toml".to_owned()),
            Error::NotBuilt { buildable: true, .. } => Some("run `baton build`".to_owned()),
            Error::NotBuilt { buildable: false, .. } => {
                Some("its plugin.toml has no [build], so put the component there".to_owned())
            }
            Error::CoreModule { path } => {
                Some(format!("build it for wasm32-wasip2, or run `wasm-tools component new {}`", path.display()))
            }
            Error::Mismatch { plugin, found, .. } => {
                Some(format!("if the change is meant, in baton.toml, under [plugins.{plugin}]: digest = \"{found}\""))
            }
            Error::NoPlugin { name, known } => crate::text::suggestion(name, known.iter().map(Name::as_str)),
            Error::NoWorkflow { .. } => Some("add a line such as workflow = \"main.workflow.yaml\"".to_owned()),
            Error::Folder { .. } => {
                Some("grant a folder that is there, and has nothing in it but what the plugin works with".to_owned())
            }
            Error::NothingMade { .. } => {
                Some("`component` in its plugin.toml must name what the build makes".to_owned())
            }
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
