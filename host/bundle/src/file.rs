//! Reads files, no more of them than they may have. It does not know what is in them.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use baton_policy::Bytes;

use crate::error::Error;

/// The most bytes of `plugin.toml`, `baton.toml` or a `Cargo.toml`. Such files have a few kilobytes; what is larger is
/// no such file, and the parser's time and memory grow with it.
pub(crate) const MAX_MANIFEST: Bytes = Bytes(256 << 10);

/// Reads a whole file.
///
/// # Errors
/// [`Error::Unreadable`] if it is not there, is no regular file or cannot be read; [`Error::TooLarge`].
pub(crate) fn read(path: &Path, cap: Bytes, named_by: &str) -> Result<Vec<u8>, Error> {
    let bytes = read_capped(path, cap).map_err(|source| unreadable(path, named_by, source))?;
    bytes.ok_or_else(|| Error::TooLarge { path: path.to_owned(), cap })
}

/// Reads a whole file that must be UTF-8.
///
/// # Errors
/// As [`read`], and [`Error::Unreadable`] if it is not UTF-8.
pub(crate) fn read_text(path: &Path, cap: Bytes, named_by: &str) -> Result<String, Error> {
    String::from_utf8(read(path, cap, named_by)?)
        .map_err(|error| unreadable(path, named_by, io::Error::new(io::ErrorKind::InvalidData, error.utf8_error())))
}

/// One path after another, `.` and `..` taken away by their text alone (as cargo does), so that messages read well.
pub(crate) fn join(folder: &Path, path: &Path) -> PathBuf {
    let mut joined = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(joined.components().next_back(), Some(Component::Normal(_))) => {
                joined.pop();
            }
            other => joined.push(other),
        }
    }
    if joined.as_os_str().is_empty() { PathBuf::from(".") } else { joined }
}

/// Nothing if the file is larger: what its length says already is not read, and one that grows meanwhile is cut.
fn read_capped(path: &Path, cap: Bytes) -> io::Result<Option<Vec<u8>>> {
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    if metadata.len() > cap.0 {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(cap.0.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= cap.0).then_some(bytes))
}

fn unreadable(path: &Path, named_by: &str, source: io::Error) -> Error {
    Error::Unreadable { path: path.to_owned(), named_by: named_by.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{folder, report, write};

    #[test]
    fn paths_are_joined_without_detours() {
        let check = |folder: &str, path: &str, expect: &str| {
            assert_eq!(join(Path::new(folder), Path::new(path)), Path::new(expect), "{folder} {path}");
        };
        check("plugins/crm", "../target/crm.wasm", "plugins/target/crm.wasm");
        check("", "x.yaml", "x.yaml");
        check("", ".", ".");
        check("a", "..", ".");
        check("..", "../x", "../../x");
        check("./a/./b", "c", "a/b/c");
        check("/a", "../../b", "/../b");
        check("a", "/b", "/b");
    }

    #[test]
    fn files_that_cannot_be_read() {
        let folder = folder(&[("big", "123456"), ("whole", "12345")]);
        let at = folder.path();
        write(at, "latin", b"\xe4");
        let cap = Bytes(5);
        assert_eq!(read(&at.join("whole"), cap, "").unwrap(), b"12345");
        let reports = ["missing", ".", "big", "latin"]
            .map(|name| report(&read_text(&at.join(name), cap, "the file of the test").unwrap_err(), at));
        insta::assert_snapshot!(reports.join("\n\n"));
    }
}
