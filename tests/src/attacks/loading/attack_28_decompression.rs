//! Layers of a bundle that unpack to more than there is room for. There are no layers, and a plugin's files have caps.

use std::fs::File;

use baton_runtime::bundle::Project;

use crate::Scratch;
use crate::attacks::source::host_never_says;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 28, name: "decompression bombs", run };

fn run(arena: &Arena) -> Verdict {
    host_never_says(&["GzDecoder", "ZlibDecoder", "zstd::", "brotli::", "XzDecoder", "bzip2::"]);
    let project = Scratch::new("").plugin("p", b"", "", "");
    sparse(&project, "p/p.wasm");
    let project = Project::load(project.path()).map(|loaded| (loaded, project)).unwrap();
    let component = arena.watch(|| (project.0.plugin("p").unwrap().component().unwrap_err().to_string(), 0));
    assert!(component.contains("64MiB"), "{component}");
    sparse(&project.1, "p/plugin.toml");
    let manifest = arena.watch(|| (Project::load(project.1.path()).unwrap_err().to_string(), 0));
    Verdict::no_surface("nothing is unpacked; files have caps", component.replace(&shown(&project.1), "[project]"))
        .and(Verdict::no_surface("nothing is unpacked; files have caps", manifest))
}

/// A file of a terabyte that takes no room on the disk.
fn sparse(project: &Scratch, name: &str) {
    File::create(project.path().join(name)).unwrap().set_len(1 << 40).unwrap();
}

fn shown(project: &Scratch) -> String {
    project.path().display().to_string()
}
