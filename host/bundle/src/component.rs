//! The bytes of a component and their digest. It looks at the first eight bytes only: whether the rest is sound,
//! the engine says.

use std::path::Path;

use baton_policy::Bytes;

use crate::digest::Digest;
use crate::error::Error;
use crate::file;

/// The most bytes of a component. The largest that known toolchains make is a Python agent of 22 MB, so 64 MiB leaves
/// three times that; compiling takes time and memory in proportion.
pub const MAX_COMPONENT: Bytes = Bytes(64 << 20);

/// What every WebAssembly binary begins with.
const MAGIC: [u8; 4] = *b"\0asm";

/// The layer of a core module, and of a component.
const CORE: u16 = 0;
const COMPONENT: u16 = 1;

/// The version of the component encoding that engines of today read.
const ENCODING: u16 = 13;

/// A component that was read, and is one by its first bytes.
#[derive(Clone)]
pub struct Component {
    /// The binary.
    pub bytes: Vec<u8>,
    /// Its digest.
    pub digest: Digest,
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Component({} bytes, {})", self.bytes.len(), self.digest)
    }
}

impl Component {
    /// Reads a component from a file.
    ///
    /// # Errors
    /// [`Error::Unreadable`], [`Error::TooLarge`], [`Error::CoreModule`] or [`Error::NotAComponent`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let bytes = file::read(path, MAX_COMPONENT, "the `component` of a plugin.toml")?;
        judge(path, &bytes)?;
        Ok(Component { digest: Digest::of(&bytes), bytes })
    }
}

/// Tells a component from everything else by its preamble: magic, version, layer.
fn judge(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let refuse = |found: String| Err(Error::NotAComponent { path: path.to_owned(), found });
    if bytes.is_empty() {
        return refuse("the file is empty".to_owned());
    }
    match (bytes.get(..4), bytes.get(4..8)) {
        (Some(magic), Some(&[v0, v1, l0, l1])) if magic == MAGIC => {
            match (u16::from_le_bytes([l0, l1]), u16::from_le_bytes([v0, v1])) {
                (COMPONENT, ENCODING) => Ok(()),
                (COMPONENT, other) => refuse(format!("its encoding has version {other}, and only {ENCODING} is known")),
                (CORE, _) => Err(Error::CoreModule { path: path.to_owned() }),
                (other, _) => refuse(format!("it is WebAssembly of an unknown layer, {other}")),
            }
        }
        _ if bytes.starts_with(b"(component") || bytes.starts_with(b"(module") => {
            refuse("it is WebAssembly text; run `wasm-tools parse` to make a binary of it".to_owned())
        }
        _ => refuse("it does not begin as WebAssembly does".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{COMPONENT, report};

    fn check(bytes: &[u8]) -> String {
        match judge(Path::new("agent.wasm"), bytes) {
            Ok(()) => "a component".to_owned(),
            Err(error) => report(&error, Path::new("@")),
        }
    }

    #[test]
    fn a_component_is_told_from_everything_else() {
        assert_eq!(check(COMPONENT), "a component");
        assert_eq!(check(b"\0asm\x0d\0\x01\0and more"), "a component");
        let reports = [
            check(b""),
            check(b"\0as"),
            check(b"\0asm"),
            check(b"\0asm\x01\0\0\0"),
            check(b"\0asm\x0a\0\x01\0"),
            check(b"\0asm\x01\0\x02\0"),
            check(b"\x7fELF\x02\x01\x01\0"),
            check(b"(component)"),
        ];
        insta::assert_snapshot!(reports.join("\n"));
    }
}
