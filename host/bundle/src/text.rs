//! Reads TOML and JSON texts into types, and makes the parsers' complaints into errors with a place and a hint.
//! It does not know which keys there are: the types say it.

use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::de::DeTable;

use crate::build::TARGET;
use crate::error::{Error, Fault};
use crate::manifest::is_package;
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

/// Where an entry of an array stands, given the keys that lead to the array.
pub(crate) fn entry_span(source: &str, keys: &[&str], entry: &str) -> Option<Range<usize>> {
    let document = DeTable::parse(source).ok()?;
    let (last, tables) = keys.split_last()?;
    let table = tables.iter().try_fold(document.get_ref(), |table, key| table.get(*key)?.get_ref().as_table())?;
    let entries = table.get(*last)?.get_ref().as_array()?;
    entries.iter().find(|found| found.get_ref().as_str() == Some(entry)).map(|found| found.span())
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
    let span = error.span().unwrap_or(0..0);
    let (fault, message, hint) = if is_broken(source) {
        (Fault::Syntax, format!("not TOML: {said}"), None)
    } else if let Some(fault) = key_fault(&said, source) {
        fault
    } else {
        let (message, hint) = value_fault(&said);
        (Fault::Value, with_text(message, source, &span), hint)
    };
    let word = message.split('`').nth(1).filter(|_| fault == Fault::Value).unwrap_or_default();
    let span = narrow(source, span, word);
    Error::Text { place: Box::new(Place::of(file, source, span)), fault, message, hint }
}

/// Takes a complaint about a key or a word of a choice apart; nothing if it is another.
fn key_fault(said: &str, source: &str) -> Option<(Fault, String, Option<String>)> {
    let mut words = said.split('`').skip(1).step_by(2);
    let word = words.next()?;
    if said.starts_with("unknown field") {
        Some((Fault::UnknownKey, format!("unknown key `{word}`"), suggestion(word, words)))
    } else if said.starts_with("unknown variant") {
        Some((Fault::Value, format!("`{word}` is not known here"), suggestion(word, words)))
    } else if said.starts_with("missing field") {
        let line = made_by_cargo(word, source).or_else(|| example(word).map(str::to_owned));
        Some((Fault::MissingKey, format!("the key `{word}` is missing"), line.map(|line| format!("write {line}"))))
    } else {
        None
    }
}

/// A message that begins with `this` gets the offending text in its place.
fn with_text(message: String, source: &str, span: &Range<usize>) -> String {
    const LONGEST: usize = 60;
    let text = source.get(span.clone()).and_then(|text| text.lines().next()).unwrap_or_default();
    match message.strip_prefix("this ") {
        Some(rest) if !text.is_empty() && text.chars().count() <= LONGEST => format!("`{text}` {rest}"),
        _ => message,
    }
}

/// Tells whether a text is not even TOML, whatever its keys.
fn is_broken(source: &str) -> bool {
    source.parse::<toml::Table>().is_err()
}

/// Takes a complaint about a value apart: what is wrong, and what would be right.
fn value_fault(said: &str) -> (String, Option<String>) {
    let of_the_parser = said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: "));
    if let Some((found, expected)) = of_the_parser.and_then(|said| said.split_once(", expected ")) {
        let expected = match expected {
            "a map" => "a table",
            "a sequence" => "an array",
            "a boolean" => "true or false",
            "path string" => "a path in quotes",
            "u32" | "u64" => "a whole number, not below 0",
            other if other.starts_with("struct ") => "a table",
            other => other,
        };
        let found = match found {
            "map" => "a table",
            "sequence" => "an array",
            other => other,
        };
        return (format!("{found} does not belong here"), Some(format!("write {expected}")));
    }
    match said.split_once(": ") {
        Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
        None => (said.to_owned(), None),
    }
}

/// A line that has a key that must be there.
fn example(key: &str) -> Option<&'static str> {
    match key {
        "name" => Some("name = \"crm\""),
        "version" => Some("version = \"0.1.0\""),
        "component" => Some("component = \"agent.wasm\", the path of what the build makes"),
        "from" => Some("from = \"env:CRM_TOKEN\", or \"file:PATH\""),
        "origin" => Some("origin = \"https://api.crm.example\", the only one that gets it"),
        "header" => Some("header = \"authorization\""),
        "path" => Some("path = \"plugins/crm\", the folder with its plugin.toml"),
        _ => None,
    }
}

/// The line that names what a manifest's own cargo build makes.
fn made_by_cargo(key: &str, source: &str) -> Option<String> {
    let table: toml::Table = source.parse().ok().filter(|_| key == "component")?;
    let package = table.get("build")?.get("cargo")?.as_str().filter(|package| is_package(package))?;
    let file = package.replace('-', "_"); // as cargo names a library's file
    Some(format!("component = \"target/{TARGET}/release/{file}.wasm\", above [build]: what the build makes"))
}

/// The part of a range in which the offending word is: the parser means the whole array where one entry is wrong.
fn narrow(source: &str, span: Range<usize>, word: &str) -> Range<usize> {
    let found = source.get(span.clone()).filter(|_| !word.is_empty()).and_then(|text| text.find(word));
    let at = found.map(|at| span.start + at).or_else(|| key_below(source, &span, word));
    at.map_or(span, |at| at..at + word.len())
}

/// Where a key stands below the header of its table, if the range is that of a header.
fn key_below(source: &str, header: &Range<usize>, key: &str) -> Option<usize> {
    source.get(header.clone()).filter(|text| text.starts_with('[') && !key.is_empty())?;
    let mut at = header.start;
    for line in source.get(at..)?.split_inclusive('\n') {
        let text = line.trim_start();
        if at > header.start && text.starts_with('[') {
            return None;
        }
        if text.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('=')) {
            return Some(at + line.len() - text.len());
        }
        at += line.len();
    }
    None
}

/// The offset of a line and a column (both from 1, the column in bytes).
fn offset(source: &str, line: usize, column: usize) -> usize {
    let before: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column.saturating_sub(1)
}
