//! The house is built as it is drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use baton_tests::root;
use serde_json::Value;

/// Which of our crates may use which; the drawing in `host/README.md`.
const GRAPH: [(&str, &[&str]); 9] = [
    ("policy", &[]),
    ("journal", &[]),
    ("egress", &["policy"]),
    ("sandbox", &["policy", "journal", "egress"]),
    ("bundle", &["policy"]),
    ("workflow", &["policy", "journal"]),
    ("store", &["journal"]),
    ("runtime", &["policy", "journal", "egress", "sandbox", "bundle", "workflow", "store"]),
    ("cli", &["runtime"]),
];

/// Only these crates may know these libraries.
const OWNERS: [(&str, &[&str]); 9] = [
    ("wasmtime", &["sandbox"]),
    ("rusqlite", &["store"]),
    ("clap", &["cli"]),
    ("seccompiler", &["sandbox"]),
    ("saphyr-parser", &["workflow"]),
    ("cel", &["workflow"]),
    ("schemars", &["bundle", "policy"]),
    ("hyper", &["egress"]),
    ("rustls", &["egress"]),
];

/// Direct dependencies of each of our host crates, without those of tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages
        .filter(|package| package["name"] != "baton-tests")
        .map(|package| (short(&package["name"]), normal(package)))
        .collect()
}

fn normal(package: &Value) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().unwrap().iter();
    all.filter(|dependency| dependency["kind"].is_null()).map(|dependency| short(&dependency["name"])).collect()
}

fn short(name: &Value) -> String {
    let name = name.as_str().unwrap();
    name.strip_prefix("baton-").unwrap_or(name).to_owned()
}

#[test]
fn crates_use_each_other_as_drawn() {
    let ours: BTreeSet<&str> = GRAPH.iter().map(|(name, _)| *name).collect();
    let found = dependencies();
    assert_eq!(found.keys().map(String::as_str).collect::<BTreeSet<_>>(), ours);
    for (name, allowed) in GRAPH {
        let used: BTreeSet<&str> = found[name].iter().map(String::as_str).filter(|used| ours.contains(used)).collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert!(used.is_subset(&allowed), "{name} uses {used:?}, may use {allowed:?}");
    }
}

#[test]
fn heavy_libraries_have_one_owner() {
    for (library, owners) in OWNERS {
        let users: Vec<String> =
            dependencies().into_iter().filter(|(_, used)| used.contains(library)).map(|(name, _)| name).collect();
        assert_eq!(users, owners, "{library}");
    }
}

#[test]
fn the_engines_identity_is_the_engine_that_is_linked() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let engine = lock.split("[[package]]").find(|package| package.contains("name = \"wasmtime\"\n")).unwrap();
    let version = engine.lines().find_map(|line| line.strip_prefix("version = ")).unwrap().trim_matches('"');
    assert!(baton_sandbox::IDENTITY.starts_with(&format!("wasmtime {version} ")), "{}", baton_sandbox::IDENTITY);
}

#[test]
fn every_guest_is_used_by_a_test() {
    let sections =
        ["cpu", "memory", "loading", "network", "data", "agents"].map(|section| format!("tests/src/attacks/{section}"));
    let folders = sections.iter().map(String::as_str).chain(["tests/promises"]);
    let tests: String = folders.flat_map(files).map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for guest in files("tests/guests/examples") {
        let name = guest.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(tests.contains(&format!("\"{name}\"")), "no test uses the guest {name}");
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let main = std::fs::read_to_string(root().join("tests/promises/main.rs")).unwrap();
    for file in files("tests/promises") {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(name == "main" || main.contains(&format!("mod {name};")), "{name} is not in main.rs");
    }
}

fn files(folder: &str) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
