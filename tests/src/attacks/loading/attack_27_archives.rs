//! Archives that write outside their folder. A plugin is a folder of the operator's: nothing is unpacked.

use crate::Scratch;
use crate::attacks::source::{host_never_says, packages};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 27, name: "archives", run };

/// What unpacks archives.
const UNPACKERS: [&str; 7] = ["tar", "tokio-tar", "async-tar", "astral-tokio-tar", "zip", "async_zip", "sevenz-rust"];

/// How archives begin.
const ARCHIVES: [(&str, &[u8]); 3] = [("p.zip", b"PK\x03\x04"), ("p.tar.gz", b"\x1f\x8b\x08"), ("p.tar", b"../evil\0")];

fn run(_: &Arena) -> Verdict {
    let packages = packages();
    assert!(packages.len() > 100, "the list of packages was not found");
    for unpacker in UNPACKERS {
        assert!(!packages.iter().any(|package| package == unpacker), "{unpacker} is built in");
    }
    host_never_says(&["tar::", "zip::", "Archive::new", "ZipArchive"]);
    Verdict::of(ARCHIVES.map(|(name, bytes)| refused(name, bytes)))
}

fn refused(name: &str, bytes: &[u8]) -> Verdict {
    let project = Scratch::new("").file("baton.toml", format!("[plugins.p]\npath = \"{name}\"\n")).file(name, bytes);
    let error = baton_runtime::bundle::Project::load(project.path()).expect_err("an archive is no plugin");
    let error = error.to_string().replace(&project.path().display().to_string(), "[project]");
    Verdict::no_surface("nothing is unpacked", error)
}
