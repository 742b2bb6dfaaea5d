//! Components from source: the guests of this package and the plugins we ship, built once for each test process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

/// The folder of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The folder of the guests' workspace.
#[must_use]
pub fn plugins_folder() -> PathBuf {
    root().join("plugins")
}

/// A project of the examples, its plugins built.
#[must_use]
pub fn example(name: &str) -> PathBuf {
    build_shipped();
    root().join("examples").join(name)
}

/// Where compiled code is kept from test to test.
#[must_use]
pub fn compiled() -> PathBuf {
    root().join("target/compiled-guests")
}

/// The component of a guest in `tests/guests/examples`.
#[must_use]
pub fn guest(name: &str) -> Vec<u8> {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| build(&["-p", "guests", "--examples"]));
    read(&released().join("examples").join(format!("{name}.wasm")))
}

/// The component of a plugin that we ship.
#[must_use]
pub fn shipped(name: &str) -> Vec<u8> {
    build_shipped();
    read(&released().join(format!("{}.wasm", name.replace('-', "_"))))
}

fn build_shipped() {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| build(&["--workspace", "--exclude", "guests"]));
}

fn released() -> PathBuf {
    plugins_folder().join("target/wasm32-wasip2/release")
}

fn build(arguments: &[&str]) {
    add_target();
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--target", "wasm32-wasip2"]).args(arguments);
    for variable in baton_runtime::bundle::build::UNSET {
        cargo.env_remove(variable);
    }
    let status = cargo.current_dir(plugins_folder()).status().unwrap();
    assert!(status.success(), "the guests do not build");
}

/// Installs the guests' target where rustup can; where there is no rustup, the build tells what is missing.
fn add_target() {
    let listed = Command::new("rustup").args(["target", "list", "--installed"]).output();
    let missing = listed.is_ok_and(|list| !String::from_utf8_lossy(&list.stdout).contains("wasm32-wasip2"));
    if missing {
        assert!(Command::new("rustup").args(["target", "add", "wasm32-wasip2"]).status().unwrap().success());
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
