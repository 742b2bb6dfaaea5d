//! Folders for the tests of this crate, and errors as a person reads them.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::error::Error;

/// The first bytes of a component.
pub(crate) const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// A manifest of a plugin that is built by cargo.
pub(crate) const CRM: &str = r#"
name = "crm"
version = "0.1.0"
description = "Keeps the contacts of the firm."
component = "../target/wasm32-wasip2/release/crm.wasm"

[build]
cargo = "crm"

[agent]
input = "schemas/input.json"

[tools."contacts.upsert"]
description = "Adds a contact or brings it up to date."
effect = "write"
idempotent = true

[asks]
state = ["agent"]
"#;

/// A folder with files in it.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

/// Writes a file and the folders that it is in.
pub(crate) fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Makes a file as old as if it had been written some seconds after the epoch.
pub(crate) fn set_time(path: &Path, seconds: u64) {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

/// Makes all files of a folder that old.
pub(crate) fn set_all(folder: &Path, seconds: u64) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { set_all(&path, seconds) } else { set_time(&path, seconds) }
    }
}

/// An error with its code, excerpt, source and hint; a temporary folder is shown as `@`.
pub(crate) fn report(error: &Error, folder: &Path) -> String {
    let mut lines = vec![format!("{}: {error}", error.code())];
    lines.extend(error.place().map(|place| place.excerpt()));
    lines.extend(std::error::Error::source(error).map(|source| format!("because: {source}")));
    lines.extend(error.hint().map(|hint| format!("hint: {hint}")));
    lines.join("\n").replace(&folder.display().to_string(), "@")
}
