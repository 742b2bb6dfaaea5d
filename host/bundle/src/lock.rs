//! `baton.lock`, the host's: what of each plugin the operator has accepted. It is text and its meaning: it does not know
//! which plugins there are now, nor who reads or writes the file.
//!
//! Each plugin's table ends in a seal over the rest of it, so that an edit by hand or a merge gone wrong is seen. It is
//! no signature: whoever may write the file may accept plugins, with `baton grants accept`.

mod accepted;
mod change;
mod diff;
mod written;

use std::collections::BTreeMap;
use std::path::Path;

use baton_policy::Name;

pub use accepted::{Accepted, AcceptedTool, Schemas};
pub(crate) use accepted::{meaning, of_json};
pub use change::{Change, compare};
pub use diff::{Line, Sign, lines};

use crate::error::Error;

/// The version of the file's form.
pub const VERSION: i64 = 1;

/// What is written above all else.
const HEADER: &str = "\
# What each plugin was accepted with. Written by baton; commit it, and do not edit it.
# To accept a change of a plugin: baton grants accept PLUGIN
";

/// What was accepted, by the plugins' names in the project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// The plugins.
    pub plugins: BTreeMap<Name, Accepted>,
}

impl Lock {
    /// Reads a lock's text; `file` is for the errors.
    ///
    /// # Errors
    /// [`Error::Text`] with the place: it is no lock, is of another version, or was edited by hand.
    pub fn parse(file: &Path, source: &str) -> Result<Self, Error> {
        written::parse(file, source)
    }

    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let plugins = self.plugins.iter().map(|(name, accepted)| format!("\n{}", written::sealed(name, accepted)));
        format!("{HEADER}version = {VERSION}\n{}", plugins.collect::<String>())
    }
}

#[cfg(test)]
mod tests;
