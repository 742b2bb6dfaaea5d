//! A plugin that comes from elsewhere than the operator thinks: another source, a look-alike name, a dependency.

use baton_runtime::bundle::Project;

use crate::Scratch;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 32, name: "confused sources", run };

fn run(_: &Arena) -> Verdict {
    let sources = ["registry = \"https://evil.example\"", "git = \"https://evil.example/p\"", "url = \"http://x\""];
    let named = sources.map(|source| refused(&Scratch::new("").plugin("p", b"", "", source)));
    let dependency = Scratch::new("").plugin("p", b"", "[dependencies]\nq = \"1\"\n", "");
    let remote = Scratch::new("").file("baton.toml", "[plugins.p]\npath = \"https://evil.example/p\"\n");
    let lookalike = Scratch::new("").file("baton.toml", "[plugins.\"\u{441}rm\"]\npath = \"p\"\n");
    let without = Scratch::new("").file("baton.toml", "[plugins.p]\n");
    Verdict::of(named).and(Verdict::of([dependency, remote, lookalike, without].iter().map(refused)))
}

fn refused(project: &Scratch) -> Verdict {
    let error = Project::load(project.path()).expect_err("it is refused").to_string();
    Verdict::contained("refused", error.replace(&project.path().display().to_string(), "[project]"))
}
