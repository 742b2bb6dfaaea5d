//! Reads TOML and JSON texts into types, and makes the parsers' complaints into errors with a place and a hint.
//! It does not know which keys there are: the types say it.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::error::{Error, Fault};
use crate::place::Place;

/// Reads a TOML text.
///
/// # Errors
/// [`Error::Text`] with the place of the first fault.
pub(crate) fn toml<T: DeserializeOwned>(file: &Path, source: &str) -> Result<T, Error> {
    toml::from_str(source).map_err(|error| explain(file, source, &error))
}

/// Reads a JSON text.
///
/// # Errors
/// [`Error::Text`] with the place of the first fault.
pub(crate) fn json(file: &Path, source: &str) -> Result<serde_json::Value, Error> {
    serde_json::from_str(source).map_err(|error| {
        let at = offset(source, error.line(), error.column());
        let message = error.to_string();
        let said = message.split(" at line ").next().unwrap_or(&message);
        Error::Text {
            place: Box::new(Place::of(file, source, at..at)),
            fault: Fault::Syntax,
            message: format!("not JSON: {said}"),
            hint: None,
        }
    })
}

/// A hint towards the known word that is most like the given one, and the list of all.
pub(crate) fn suggestion<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    let likeness = |word: &&str| strsim::normalized_damerau_levenshtein(given, word);
    let nearest = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    let list = known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    if likeness(&nearest) >= 0.5 {
        Some(format!("did you mean `{nearest}`? there is {list}"))
    } else {
        Some(format!("there is {list}"))
    }
}

fn explain(file: &Path, source: &str, error: &toml::de::Error) -> Error {
    let span = error.span().unwrap_or(0..0);
    let said = error.message();
    let words: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let (fault, message, hint) = match words.split_first() {
        Some((key, known)) if said.starts_with("unknown field") => {
            (Fault::UnknownKey, format!("unknown key `{key}`"), suggestion(key, known.iter().copied()))
        }
        Some((given, known)) if said.starts_with("unknown variant") => {
            (Fault::Value, format!("`{given}` is not known here"), suggestion(given, known.iter().copied()))
        }
        Some((key, _)) if said.starts_with("missing field") => {
            (Fault::MissingKey, format!("the key `{key}` is missing"), None)
        }
        _ => (Fault::Value, said.trim().replace('\n', ", "), None),
    };
    Error::Text { place: Box::new(Place::of(file, source, span)), fault, message, hint }
}

/// The offset of a line and a column (both from 1, the column in bytes).
fn offset(source: &str, line: usize, column: usize) -> usize {
    let before: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column.saturating_sub(1)
}
