//! What a person gives: JSON as a text, a file or stdin, or a component. It does not know what it is for.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use baton_runtime::journal::json;
use baton_runtime::workflow::MAX_FILE;
use serde_json::Value;

use crate::error::Error;

/// Reads JSON from a file, or from stdin for `-`.
///
/// # Errors
/// It cannot be read, is too large, not UTF-8 or not JSON.
pub fn from_file(path: &Path) -> Result<Value, Error> {
    if path.as_os_str() == "-" {
        return parse("stdin", &read("stdin", io::stdin().lock())?);
    }
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Error::usage(format!("{name}: cannot be opened: {error}")))?;
    parse(&name, &read(&name, file)?)
}

/// Reads a component from a file.
///
/// # Errors
/// It cannot be read, or is too large.
pub fn component(path: &Path) -> Result<Vec<u8>, Error> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Error::usage(format!("{name}: cannot be opened: {error}")))?;
    read(&name, file)
}

/// Takes JSON as an argument gives it: the text itself, `@FILE`, or `-` for stdin.
///
/// # Errors
/// As [`from_file`].
pub fn from_argument(argument: &str) -> Result<Value, Error> {
    match argument.strip_prefix('@') {
        Some(path) => from_file(Path::new(path)),
        None if argument == "-" => from_file(Path::new("-")),
        None => parse("the argument", argument.as_bytes())
            .map_err(|error| error.hint("quote it for the shell, or give a file: @input.json")),
    }
}

fn read(name: &str, from: impl Read) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::usage(format!("{name}: cannot be read: {error}")))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Error::usage(format!("{name}: has more than {} MiB", MAX_FILE >> 20)));
    }
    Ok(bytes)
}

fn parse(name: &str, bytes: &[u8]) -> Result<Value, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::usage(format!("{name}: is not UTF-8: byte {} cannot be read as text", error.valid_up_to()))
    })?;
    json::parse_file(text).map_err(|error| Error::usage(format!("{name}: is not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn an_argument_is_a_text_or_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("input.json");
        fs::write(&file, "[1]").unwrap();
        assert_eq!(from_argument(r#"{"a": 1}"#).unwrap(), serde_json::json!({"a": 1}));
        assert_eq!(from_argument(&format!("@{}", file.display())).unwrap(), serde_json::json!([1]));
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("input.json");
        let check = |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            from_file(&file).unwrap_err().message().replace(&file.display().to_string(), "FILE")
        };
        assert_eq!(check(b""), "FILE: is not JSON: EOF while parsing a value at line 1 column 0");
        assert_eq!(check(b"\"\xff\""), "FILE: is not UTF-8: byte 1 cannot be read as text");
        assert!(from_file(&folder.path().join("none")).unwrap_err().message().contains("cannot be opened"));
        assert_eq!(from_argument("{a}").unwrap_err().hints().len(), 1);
    }
}
