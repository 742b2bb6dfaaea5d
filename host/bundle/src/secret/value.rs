//! A secret's value: read from a file, fit for a header, and shown to nobody. It does not know where it goes.

use std::fmt;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// The fewest bytes of a secret. What is shorter could be guessed, and would be found by chance in what servers answer.
const SHORTEST: usize = 8;

/// The most bytes of a secret: what fits into a header that common servers take.
const LONGEST: usize = 4 << 10;

/// Who else than its owner may read a file.
const OTHERS: u32 = 0o077;

/// A secret's value. It is not shown by `Debug`, and it cannot be written out by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(String);

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

impl SecretValue {
    /// Takes a text that can stand in a header; a line break at its end is taken away.
    ///
    /// # Errors
    /// What is wrong with it, without the text.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        match text {
            "" => Err("is empty".to_owned()),
            text if text.len() < SHORTEST => Err(format!("has fewer than {SHORTEST} bytes")),
            text if text.len() > LONGEST => Err(format!("has more than {LONGEST} bytes")),
            text if !fits_header(text) => Err("has characters that cannot stand in a header".to_owned()),
            text => Ok(SecretValue(text.to_owned())),
        }
    }

    /// Reads a file that only its owner may read.
    ///
    /// # Errors
    /// What is wrong with the file, without what is in it.
    pub fn read(path: &Path) -> Result<Self, String> {
        let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
        // Looked at before it is opened: opening a pipe would wait for a writer.
        if !fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err("is not a regular file".to_owned());
        }
        let file = File::open(path).map_err(unreadable)?;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode();
        if mode & OTHERS != 0 {
            return Err(format!("can be read by others (mode {:03o})", mode & 0o777));
        }
        let mut text = String::new();
        let room = LONGEST as u64 + 2; // with a line break
        file.take(room + 1).read_to_string(&mut text).map_err(unreadable)?;
        SecretValue::new(&text)
    }

    /// The value, for the one who puts it into a request.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Whether a text can stand in a header: characters that are seen, and single spaces between.
pub(super) fn fits_header(text: &str) -> bool {
    !text.starts_with(' ') && !text.ends_with(' ') && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}
