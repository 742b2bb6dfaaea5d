//! Which changes make a component stale.

use tempfile::TempDir;

use super::*;
use crate::testing::{COMPONENT, folder, set_all, set_time, write};

const CARGO: &str = "[package]\nname = 'crm'\n[dependencies]\nsdk.workspace = true\nserde = '1'\n\
    [target.'cfg(unix)'.build-dependencies]\ngen = { path = '../gen' }";
const WORKSPACE: &str = "[workspace]\nmembers = ['*']\n[workspace.dependencies]\nsdk = { path = 'sdk' }\nserde = '1'";

/// A workspace of guests, all of it as old as the component.
fn workspace() -> TempDir {
    let folder = folder(&[
        ("plugins/Cargo.toml", WORKSPACE),
        ("plugins/Cargo.lock", ""),
        ("plugins/crm/Cargo.toml", CARGO),
        ("plugins/crm/src/lib.rs", ""),
        ("plugins/crm/target/debug/x", ""),
        ("plugins/crm/.git/HEAD", ""),
        ("plugins/crm/node_modules/x/index.js", ""),
        ("plugins/sdk/Cargo.toml", "[package]\nname = 'sdk'\n[dependencies]\ncore = { path = '../core' }"),
        ("plugins/sdk/src/lib.rs", ""),
        ("plugins/core/src/lib.rs", ""),
        ("plugins/gen/src/lib.rs", ""),
        ("plugins/billing/src/lib.rs", ""),
        ("wit/v0.1/agent.wit", ""),
    ]);
    write(folder.path(), "plugins/target/crm.wasm", COMPONENT);
    set_all(folder.path(), 100);
    folder
}

/// What the component is, after one file was changed.
fn check(section: &BuildSection, changed: &str) -> String {
    let folder = workspace();
    set_time(&folder.path().join(changed), 200);
    let build = Build::new(&folder.path().join("plugins/crm"), section);
    match build.freshness(&folder.path().join("plugins/target/crm.wasm"), &mut Sources::default()) {
        Freshness::Stale { newer, .. } => newer.strip_prefix(folder.path()).unwrap().display().to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_cargo_build_is_a_release_build_for_the_target() {
    let build = Build::new(Path::new("plugins/crm"), &BuildSection::Cargo("crm".to_owned()));
    assert_eq!(build.argv.join(" "), "cargo build --release --target wasm32-wasip2 -p crm");
    assert_eq!((build.folder.as_path(), build.target), (Path::new("plugins/crm"), Some("wasm32-wasip2")));
}

#[test]
fn a_package_is_stale_when_what_it_is_made_of_changed() {
    let cargo = BuildSection::Cargo("crm".to_owned());
    for source in [
        "plugins/crm/src/lib.rs",
        "plugins/crm/Cargo.toml",
        "plugins/Cargo.toml",
        "plugins/Cargo.lock",
        "plugins/sdk/src/lib.rs",
        "plugins/core/src/lib.rs",
        "plugins/gen/src/lib.rs",
        "wit/v0.1/agent.wit",
    ] {
        assert_eq!(check(&cargo, source), source);
    }
    for other in [
        "plugins/billing/src/lib.rs",
        "plugins/crm/target/debug/x",
        "plugins/crm/.git/HEAD",
        "plugins/crm/node_modules/x/index.js",
        "plugins/target/crm.wasm",
    ] {
        assert_eq!(check(&cargo, other), "Fresh", "{other}");
    }
}

#[test]
fn a_command_is_stale_when_its_folder_changed() {
    let command = BuildSection::Command(vec!["make".to_owned()]);
    assert_eq!(check(&command, "plugins/crm/src/lib.rs"), "plugins/crm/src/lib.rs");
    assert_eq!(check(&command, "plugins/sdk/src/lib.rs"), "Fresh");
}

#[test]
fn packages_that_depend_on_each_other_and_broken_manifests_end() {
    let folder = folder(&[
        ("a/Cargo.toml", "[dependencies]\nb = { path = '../b' }\nc = { path = '../c' }"),
        ("b/Cargo.toml", "[dev-dependencies]\n[dependencies]\na = { path = '../a' }"),
        ("c/Cargo.toml", "[dependencies"),
    ]);
    let at = |name: &str| folder.path().join(name);
    let places = Sources::default().of_package(&at("a"));
    assert!(places.iter().eq([&at("a"), &at("b"), &at("c")]), "{places:?}");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_not_followed() {
    let folder = workspace();
    std::os::unix::fs::symlink("..", folder.path().join("plugins/crm/up")).unwrap();
    set_time(&folder.path().join("plugins/billing/src/lib.rs"), 200);
    let build = Build::new(&folder.path().join("plugins/crm"), &BuildSection::Command(vec!["make".to_owned()]));
    assert_eq!(
        build.freshness(&folder.path().join("plugins/target/crm.wasm"), &mut Sources::default()),
        Freshness::Fresh
    );
}
