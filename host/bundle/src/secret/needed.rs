//! The secrets of a project: which are defined, which are needed, and their values when a host begins to work. It does
//! not read the environment: its caller does.

use std::path::Path;

use baton_policy::Name;

use super::{SecretEntry, SecretValue, Source};
use crate::error::{Error, Fault};
use crate::file;
use crate::place::Place;
use crate::project::{Project, ProjectFile};
use crate::text;

/// A secret with its value.
#[derive(Clone, Debug)]
pub struct FilledSecret {
    /// Its name.
    pub name: Name,
    /// Where it goes.
    pub entry: SecretEntry,
    /// Its value.
    pub value: SecretValue,
}

impl Project {
    /// The secrets that a plugin may use: what nobody may use needs no value.
    pub fn needed_secrets(&self) -> impl Iterator<Item = (&Name, &SecretEntry)> {
        let may =
            |name: &Name, plugin: &crate::Plugin| plugin.policy().effective().secrets.names().any(|of| of == name);
        self.secrets().filter(move |(name, _)| self.plugins().any(|plugin| may(name, plugin)))
    }

    /// The secrets that a plugin may use, with their values; `variable` reads one of the environment.
    ///
    /// # Errors
    /// [`Error::Secret`] of the first that has no value, or none that can be used.
    pub fn fill_secrets(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Vec<FilledSecret>, Error> {
        let fill = |(name, entry): (&Name, &SecretEntry)| {
            let value = value(self.folder(), &entry.from, &variable).map_err(|problem| Error::Secret {
                name: name.clone(),
                from: entry.from.clone(),
                problem,
            })?;
            Ok(FilledSecret { name: name.clone(), entry: entry.clone(), value })
        };
        self.needed_secrets().map(fill).collect()
    }
}

fn value(folder: &Path, from: &Source, variable: &impl Fn(&str) -> Option<String>) -> Result<SecretValue, String> {
    match from {
        Source::Environment(name) => SecretValue::new(&variable(name).ok_or("is not set")?),
        Source::File(path) => SecretValue::read(&file::join(folder, path)),
    }
}

/// Looks for a plugin that is granted a secret which is not defined.
///
/// # Errors
/// [`Error::Text`] with the place of the grant and the lines to add.
pub(crate) fn check_defined(file: &Path, source: &str, project: &ProjectFile) -> Result<(), Error> {
    for (plugin, entry) in &project.plugins {
        let undefined = entry.grants.secrets.names().find(|name| !project.secrets.contains_key(*name));
        if let Some(name) = undefined {
            return Err(not_defined(file, source, plugin, name));
        }
    }
    Ok(())
}

fn not_defined(file: &Path, source: &str, plugin: &Name, name: &Name) -> Error {
    let span = text::entry_span(source, &["plugins", plugin.as_str(), "grants", "secrets"], name.as_str());
    let variable = name.as_str().replace('-', "_").to_uppercase();
    Error::Text {
        place: Box::new(Place::of(file, source, span.unwrap_or(0..0))),
        fault: Fault::Value,
        message: format!("there is no secret `{name}`"),
        hint: Some(format!(
            "add a table: [secrets.{name}] with from = \"env:{variable}\", origin = \"https://api.example.com\" and \
             header = \"authorization\""
        )),
    }
}
