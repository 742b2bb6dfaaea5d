//! A plugin's folder, sound and unsound.

use std::fs;

use tempfile::TempDir;

use super::*;
use crate::testing::{COMPONENT, CRM, folder, report, set_all, set_time, write};

const MODULE: &str = "plugins/target/wasm32-wasip2/release/crm.wasm";

fn terms(digest: Option<Digest>) -> Terms {
    let name = "crm".parse().unwrap();
    let (grants, folders, limits) = (Grants::default(), BTreeMap::new(), Limits::default());
    Terms {
        name,
        build: true,
        grants,
        folders,
        limits,
        digest,
        isolation: Isolation::default(),
        price: baton_policy::MicroUsd::default(),
        on_unknown: Unknowns::default(),
        guarding: Guarding::default(),
    }
}

fn load(folder: &TempDir) -> Result<Plugin, Error> {
    Plugin::load(&folder.path().join("plugins/crm"), terms(None))
}

fn good() -> TempDir {
    folder(&[
        ("plugins/crm/plugin.toml", CRM),
        ("plugins/crm/schemas/input.json", "{}"),
        ("plugins/crm/src/lib.rs", ""),
    ])
}

fn with_schema(schema: &str) -> String {
    let folder = folder(&[("plugins/crm/plugin.toml", CRM), ("plugins/crm/schemas/input.json", schema)]);
    match load(&folder) {
        Ok(_) => "sound".to_owned(),
        Err(error) => report(&error, folder.path()),
    }
}

#[test]
fn facts_of_tools_that_the_manifest_does_not_name_are_read_carefully() {
    let plugin = load(&good()).unwrap();
    assert!(plugin.tool("contacts.upsert").idempotent);
    assert_eq!(plugin.tool("contacts.remove"), ToolFacts::default());
    assert_eq!(
        (plugin.version().to_string().as_str(), plugin.description()),
        ("0.1.0", "Keeps the contacts of the firm.")
    );
}

#[test]
fn schemas_that_cannot_be_read() {
    let missing = folder(&[("plugins/crm/plugin.toml", CRM)]);
    let reports = [
        report(&load(&missing).unwrap_err(), missing.path()),
        with_schema(""),
        with_schema("{\n  \"type\": objekt\n}"),
        with_schema("{} {}"),
        with_schema(&"[".repeat(1_000)),
        with_schema(&" ".repeat(2 << 20)),
    ];
    insta::assert_snapshot!(reports.join("\n\n"));
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_a_schema_out_of_the_folder() {
    let folder = good();
    write(folder.path(), "secret.json", b"{\"password\": \"x\"}");
    let schema = folder.path().join("plugins/crm/schemas/input.json");
    fs::remove_file(&schema).unwrap();
    std::os::unix::fs::symlink("../../../secret.json", &schema).unwrap();
    insta::assert_snapshot!(report(&load(&folder).unwrap_err(), folder.path()));
}

#[test]
fn a_component_is_read_and_compared_with_the_pin() {
    let folder = good();
    let check = |pin| {
        let plugin = Plugin::load(&folder.path().join("plugins/crm"), terms(pin)).unwrap();
        plugin.component().map_err(|error| report(&error, folder.path()))
    };
    let missing = check(None).unwrap_err();
    write(folder.path(), MODULE, COMPONENT);
    let digest = Digest::of(COMPONENT);
    assert_eq!(check(None).unwrap().digest, digest);
    assert_eq!(check(Some(digest)).unwrap().bytes, COMPONENT);
    let other = check(Some(Digest::of(b""))).unwrap_err();
    write(folder.path(), MODULE, b"\0asm\x01\0\0\0");
    let core = check(None).unwrap_err();
    insta::assert_snapshot!([missing, other, core].join("\n\n"));
}

#[test]
fn a_plugin_without_a_build_is_fresh_as_soon_as_it_is_there() {
    let folder = folder(&[("plugins/crm/plugin.toml", "name='crm'\nversion='1.0.0'\ncomponent='a.wasm'")]);
    let plugin = load(&folder).unwrap();
    assert_eq!(plugin.freshness(), Freshness::Missing);
    insta::assert_snapshot!(report(&plugin.component().unwrap_err(), folder.path()));
    write(folder.path(), "plugins/crm/a.wasm", COMPONENT);
    set_time(&folder.path().join("plugins/crm/a.wasm"), 1);
    assert_eq!(plugin.freshness(), Freshness::Fresh);
}

#[test]
fn a_build_that_had_nothing_to_do_leaves_the_plugin_fresh() {
    let folder = good();
    let plugin = load(&folder).unwrap();
    assert_eq!(plugin.freshness(), Freshness::Missing);
    let error = plugin.mark_built(&Freshness::Missing).unwrap_err();
    insta::assert_snapshot!(report(&error, folder.path()));
    write(folder.path(), MODULE, COMPONENT);
    set_all(folder.path(), 100);
    set_time(&folder.path().join("plugins/crm/src/lib.rs"), 200);
    let stale = plugin.freshness();
    assert!(matches!(&stale, Freshness::Stale { newer, .. } if newer.ends_with("src/lib.rs")), "{stale:?}");
    plugin.mark_built(&stale).unwrap();
    assert_eq!(plugin.freshness(), Freshness::Fresh);
}

#[test]
fn a_change_during_a_build_is_not_forgotten() {
    let folder = good();
    let plugin = load(&folder).unwrap();
    write(folder.path(), MODULE, COMPONENT);
    set_all(folder.path(), 100);
    set_time(&folder.path().join("plugins/crm/src/lib.rs"), 200);
    let before = plugin.freshness();
    set_time(&folder.path().join("plugins/crm/src/lib.rs"), 300);
    plugin.mark_built(&before).unwrap();
    assert!(plugin.is_stale());
}
