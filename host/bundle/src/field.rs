//! Fields of a manifest that are stricter than their types: its author is a stranger, and what is read here is shown
//! to people and, one day, to models. It does not look at the files that a path names.

use std::fmt;
use std::marker::PhantomData;
use std::path::{Component, Path, PathBuf};

use baton_policy::{Bytes, Fuel, Grants, LimitsOverride, Wall};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::store::StoreEntry;

/// The longest sentence, in bytes: a description is for a list, the rest belongs to a README.
const MAX_SENTENCE: usize = 1_000;

/// A text of one line, without characters that could move a terminal's cursor.
pub(crate) fn sentence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.len() > MAX_SENTENCE || text.contains(char::is_control) {
        return Err(D::Error::custom(
            "this is not a description: write one line of at most 1000 bytes, without control characters",
        ));
    }
    Ok(text)
}

/// A path relative to the manifest's folder.
pub(crate) fn relative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    let text = String::deserialize(deserializer)?;
    let rooted = |part: Component<'_>| matches!(part, Component::RootDir | Component::Prefix(_));
    if text.is_empty() || text.contains(char::is_control) || Path::new(&text).components().any(rooted) {
        return Err(D::Error::custom("this is not a relative path: write it relative to the folder of plugin.toml"));
    }
    Ok(PathBuf::from(text))
}

/// A path that, as far as its text says, stays in the manifest's folder.
pub(crate) fn inside<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = relative(deserializer)?;
    if path.components().any(|part| part == Component::ParentDir) {
        return Err(D::Error::custom("this leaves the plugin's folder: name a file inside it, without `..`"));
    }
    Ok(Some(path))
}

/// Grants, as a table: a list of them would be taken for the table's values in their order.
pub(crate) fn grants<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Grants, D::Error> {
    deserializer.deserialize_any(Table::new("a table, such as { state = [\"agent\"] }"))
}

/// Grants of an operator: nothing is left open.
pub(crate) fn complete_grants<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Grants, D::Error> {
    let grants = grants(deserializer)?;
    match grants.is_complete() {
        Ok(()) => Ok(grants),
        Err(error) => Err(D::Error::custom(format_args!("{error}: {}", error.hint()))),
    }
}

/// Limits, as a table; none of them may be zero.
pub(crate) fn limits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LimitsOverride, D::Error> {
    let limits = deserializer.deserialize_any(Table::new("a table, such as { fuel = \"1G\", wall = \"10s\" }"))?;
    more_than_zero(limits, zero(limits))
}

/// What one run's journal may take up, as a table; none of it may be zero.
pub(crate) fn store<'de, D: Deserializer<'de>>(deserializer: D) -> Result<StoreEntry, D::Error> {
    let entry: StoreEntry = deserializer.deserialize_any(Table::new("a table, such as { run_bytes = \"1GiB\" }"))?;
    more_than_zero(entry, entry.zero())
}

fn more_than_zero<T, E: Error>(table: T, zero: Option<&'static str>) -> Result<T, E> {
    match zero {
        None => Ok(table),
        Some(key) => Err(E::custom(format!("`{key}` must be more than zero: leave it out for the default"))),
    }
}

/// The first limit that is zero.
fn zero(limits: LimitsOverride) -> Option<&'static str> {
    let LimitsOverride { fuel, memory, wall, calls, bytes, log_bytes, payload, depth, repeats } = limits;
    let zeros = [
        ("fuel", fuel == Some(Fuel(0))),
        ("memory", memory == Some(Bytes(0))),
        ("wall", wall == Some(Wall(0))),
        ("calls", calls == Some(0)),
        ("bytes", bytes == Some(Bytes(0))),
        ("log_bytes", log_bytes == Some(Bytes(0))),
        ("payload", payload == Some(Bytes(0))),
        ("depth", depth == Some(0)),
        ("repeats", repeats == Some(0)),
    ];
    zeros.into_iter().find(|(_, is_zero)| *is_zero).map(|(key, _)| key)
}

/// Reads a table, and says how it looks if there is something else.
struct Table<T> {
    form: &'static str,
    read: PhantomData<T>,
}

impl<T> Table<T> {
    fn new(form: &'static str) -> Self {
        Table { form, read: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Table<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.form)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}
