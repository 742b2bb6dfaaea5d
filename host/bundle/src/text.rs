//! Reads TOML and JSON texts into types, and makes the parsers' complaints into errors with a place and a hint.
//! It does not know which keys there are: the types say it.

use std::ops::Range;
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
    let question = if likeness(&nearest) >= 0.5 { format!("did you mean `{nearest}`? ") } else { String::new() };
    Some(format!("{question}known here: {list}"))
}

/// Makes an error of what the parser says. Its own complaints are told from those of our types by how they begin;
/// ours have the form `what is wrong: what would be right`.
fn explain(file: &Path, source: &str, error: &toml::de::Error) -> Error {
    // A key may have control characters in it, written as escapes.
    let said = error.message().trim().replace('\n', ", ").replace(char::is_control, "\u{fffd}");
    let words: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let (word, known) = words.split_first().map_or(("", [].as_slice()), |(first, rest)| (*first, rest));
    let known = || suggestion(word, known.iter().copied());
    let (fault, message, hint) = if is_broken(source) {
        (Fault::Syntax, format!("not TOML: {said}"), None)
    } else if said.starts_with("unknown field") {
        (Fault::UnknownKey, format!("unknown key `{word}`"), known())
    } else if said.starts_with("unknown variant") {
        (Fault::Value, format!("`{word}` is not known here"), known())
    } else if said.starts_with("missing field") {
        (Fault::MissingKey, format!("the key `{word}` is missing"), example(word).map(|line| format!("write {line}")))
    } else {
        let (message, hint) = value_fault(&said);
        (Fault::Value, message, hint)
    };
    let span = narrow(source, error.span().unwrap_or(0..0), word);
    Error::Text { place: Box::new(Place::of(file, source, span)), fault, message, hint }
}

/// Tells whether a text is not even TOML, whatever its keys.
fn is_broken(source: &str) -> bool {
    source.parse::<toml::Table>().is_err()
}

/// Takes a complaint about a value apart: what is wrong, and what would be right.
fn value_fault(said: &str) -> (String, Option<String>) {
    match (said.strip_prefix("invalid type: "), said.split_once(", expected "), said.split_once(": ")) {
        (Some(_), Some((found, expected)), _) => {
            let found = found.trim_start_matches("invalid type: ");
            let expected = expected.replace("a map", "a table").replace("a sequence", "an array");
            (format!("{found} does not belong here"), Some(format!("write {expected}")))
        }
        (None, _, Some((message, hint))) => (message.to_owned(), Some(hint.to_owned())),
        _ => (said.to_owned(), None),
    }
}

/// A line that has a key that must be there.
fn example(key: &str) -> Option<&'static str> {
    match key {
        "name" => Some("name = \"crm\""),
        "version" => Some("version = \"0.1.0\""),
        "component" => Some("component = \"agent.wasm\", the path of what the build makes"),
        "path" => Some("path = \"plugins/crm\", the folder with its plugin.toml"),
        _ => None,
    }
}

/// The part of a range in which the offending word is: the parser means the whole array where one entry is wrong.
fn narrow(source: &str, span: Range<usize>, word: &str) -> Range<usize> {
    let found = source.get(span.clone()).filter(|_| !word.is_empty()).and_then(|text| text.find(word));
    found.map_or(span.clone(), |at| span.start + at..span.start + at + word.len())
}

/// The offset of a line and a column (both from 1, the column in bytes).
fn offset(source: &str, line: usize, column: usize) -> usize {
    let before: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column.saturating_sub(1)
}
