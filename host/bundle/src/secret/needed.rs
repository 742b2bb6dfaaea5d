//! The secrets of a project: which are defined, which are needed, and their values when a host begins to work. It does
//! not read the environment: its caller does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

    /// The files that secrets are read from.
    pub(crate) fn secret_files(&self) -> impl Iterator<Item = (&Name, PathBuf)> {
        self.secrets().filter_map(|(name, entry)| match &entry.from {
            Source::File(path) => Some((name, file::join(self.folder(), path))),
            Source::Environment(_) => None,
        })
    }

    /// The secrets that a plugin may use, with their values; `variable` reads one of the environment.
    ///
    /// # Errors
    /// [`Error::Secret`] of the first that has no value, or none that can be used.
    pub fn fill_secrets(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Vec<FilledSecret>, Error> {
        self.needed_secrets().map(|(name, entry)| fill(self.folder(), name, entry, &variable)).collect()
    }
}

/// A secret of a project in this folder, with its value.
pub(crate) fn fill(
    folder: &Path,
    name: &Name,
    entry: &SecretEntry,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<FilledSecret, Error> {
    let value = value(folder, &entry.from, variable).map_err(|problem| Error::Secret {
        name: name.clone(),
        from: entry.from.clone(),
        problem,
    })?;
    Ok(FilledSecret { name: name.clone(), entry: entry.clone(), value })
}

fn value(folder: &Path, from: &Source, variable: &impl Fn(&str) -> Option<String>) -> Result<SecretValue, String> {
    match from {
        Source::Environment(name) => SecretValue::new(&variable(name).ok_or("is not set")?),
        Source::File(path) => SecretValue::read(&file::join(folder, path)),
    }
}

/// Looks for a plugin that is granted a secret which is not defined, or two of which a request could carry only one.
///
/// # Errors
/// [`Error::Text`] with the place of the grant and what to do.
pub(crate) fn check_granted(file: &Path, source: &str, project: &ProjectFile) -> Result<(), Error> {
    for (plugin, entry) in &project.plugins {
        let mut taken = BTreeMap::new();
        for name in entry.grants.secrets.names() {
            let fault = |(message, hint)| Error::Text {
                place: Box::new(grant(file, source, plugin, name)),
                fault: Fault::Value,
                message,
                hint: Some(hint),
            };
            let secret = project.secrets.get(name).ok_or_else(|| fault(not_defined(name)))?;
            let place = (secret.origin.to_string(), secret.header.as_str());
            if let Some(other) = taken.insert(place, name) {
                return Err(fault(not_both(other, name, secret)));
            }
        }
    }
    Ok(())
}

/// Where a plugin is granted a secret.
fn grant(file: &Path, source: &str, plugin: &Name, name: &Name) -> Place {
    let span = text::entry_span(source, &["plugins", plugin.as_str(), "grants", "secrets"], name.as_str());
    Place::of(file, source, span.unwrap_or(0..0))
}

fn not_defined(name: &Name) -> (String, String) {
    let variable = name.as_str().replace('-', "_").to_uppercase();
    let hint = format!(
        "add a table: [secrets.{name}] with from = \"env:{variable}\", origin = \"https://api.example.com\" and \
         header = \"authorization\""
    );
    (format!("there is no secret `{name}`"), hint)
}

fn not_both(one: &Name, other: &Name, secret: &SecretEntry) -> (String, String) {
    let (origin, header) = (&secret.origin, secret.header.as_str());
    let message = format!("`{one}` and `{other}` are both put into `{header}` of requests to {origin}");
    (message, "grant one of them: a request carries a header once".to_owned())
}
