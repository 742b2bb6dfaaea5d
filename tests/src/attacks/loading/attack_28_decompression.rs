//! What unpacks to more than there is room for. Answers of servers are unpacked, up to a limit; bundles are not packed, and a
//! plugin's files have caps.

use std::fs::File;

use baton_runtime::bundle::Project;
use serde_json::json;

use crate::attacks::network::{bomb, get, http};
use crate::attacks::source::{host_never_says, only_says_in};
use crate::attacks::{Arena, Attack, Verdict};
use crate::{Call, Scratch, Server};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 28, name: "decompression bombs", run };

/// What bombs become, in mebibytes: beyond the largest payload, and far beyond it.
const BOMBS: [usize; 3] = [5, 64, 1024];

fn run(arena: &Arena) -> Verdict {
    host_never_says(&["zstd::", "brotli::", "XzDecoder", "bzip2::"]);
    only_says_in("egress/src/decode.rs", &["GzDecoder", "ZlibDecoder", "DeflateDecoder"]);
    files_have_caps(arena);
    Verdict::of(BOMBS.map(|mebibytes| stopped(arena, mebibytes)))
}

/// A guest that asks for a bomb is told that it is one.
fn stopped(arena: &Arena, mebibytes: usize) -> Verdict {
    let server = Server::answering(bomb(mebibytes));
    let grants = http(&[format!("GET {}", server.url("/*"))]);
    let input = json!([get(&server.url("/"))]).to_string();
    let told = arena.guest("fetches", Call { grants, input, ..Call::default() }).completed();
    let error = told[0]["err"].as_str().unwrap_or_default();
    assert!(error.contains("the response's body, unpacked, is larger than"), "{told}");
    Verdict::contained("stopped while it is unpacked", error)
}

fn files_have_caps(arena: &Arena) {
    let project = Scratch::new("").plugin("p", b"", "", "");
    sparse(&project, "p/p.wasm");
    let loaded = Project::load(project.path()).unwrap();
    let component = arena.watch(|| (loaded.plugin("p").unwrap().component().unwrap_err().to_string(), 0));
    assert!(component.contains("64MiB"), "{component}");
    sparse(&project, "p/plugin.toml");
    arena.watch(|| (Project::load(project.path()).unwrap_err(), 0));
}

/// A file of a terabyte that takes no room on the disk.
fn sparse(project: &Scratch, name: &str) {
    File::create(project.path().join(name)).unwrap().set_len(1 << 40).unwrap();
}
