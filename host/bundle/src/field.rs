//! Fields of a manifest that are stricter than their types: its author is a stranger, and what is read here is shown
//! to people and, one day, to models. It does not look at the files that a path names.

use std::path::{Component, Path, PathBuf};

use serde::de::Error;
use serde::{Deserialize, Deserializer};

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
