//! What a project may say, and what is said of those that say something else.

use std::fs;

use baton_policy::{Bytes, Decision, Fuel, Limits, Request, StateWanted, Wall};
use tempfile::TempDir;

use super::*;
use crate::testing::{CRM, folder, report};

fn project(text: &str) -> TempDir {
    let files = [
        ("app/baton.toml", text),
        ("plugins/crm/plugin.toml", CRM),
        ("plugins/crm/schemas/input.json", "{\"type\": \"object\"}"),
    ];
    folder(&files)
}

fn check(text: &str) -> String {
    let folder = project(text);
    match Project::load(&folder.path().join("app")) {
        Ok(project) => project.warnings().iter().map(|warning| format!("warning: {warning}\n")).collect(),
        Err(error) => report(&error, folder.path()),
    }
}

const GOOD: &str = r#"
workflow = "client-onboarding.workflow.yaml"
input = "clients/sign-off.json"

[plugins.contacts]
path = "../plugins/crm"
grants = { state = ["agent"] }
limits = { fuel = "1G", wall = "10s" }
isolation = "process"

[limits]
fuel = "2G"
calls = 100
"#;

#[test]
fn a_project_is_resolved_with_its_plugins() {
    let folder = project(GOOD);
    let project = Project::load(&folder.path().join("app")).unwrap();
    assert_eq!(project.workflow().unwrap(), folder.path().join("app/client-onboarding.workflow.yaml"));
    assert_eq!(project.input().unwrap(), folder.path().join("app/clients/sign-off.json"));
    assert!(project.warnings().is_empty());
    let plugin = project.plugin("contacts").unwrap();
    assert_eq!((plugin.name().as_str(), plugin.folder()), ("contacts", folder.path().join("plugins/crm").as_path()));
    assert_eq!(plugin.component_path(), folder.path().join("plugins/target/wasm32-wasip2/release/crm.wasm"));
    assert_eq!(
        plugin.policy().decide(&Request::State { wanted: StateWanted::parse("agent").unwrap() }),
        Decision::Allowed
    );
    let expect = Limits { fuel: Fuel(1_000_000_000), wall: Wall(10_000), calls: 100, ..Limits::default() };
    assert_eq!(*plugin.limits(), expect);
    assert_eq!(plugin.isolation(), Isolation::Process);
    assert_eq!(plugin.agent().unwrap().input.as_ref().unwrap()["type"], "object");
}

#[test]
fn a_project_is_found_by_its_file_or_by_its_folder() {
    let folder = project(GOOD);
    let by_file = Project::load(&folder.path().join("app/baton.toml")).unwrap();
    let by_folder = Project::load(&folder.path().join("app/")).unwrap();
    assert_eq!(by_file.folder(), by_folder.folder());
    fs::rename(folder.path().join("app/baton.toml"), folder.path().join("app/other.toml")).unwrap();
    assert!(Project::load(&folder.path().join("app/other.toml")).is_ok());
    let error = Project::load(&folder.path().join("app")).unwrap_err();
    insta::assert_snapshot!(report(&error, folder.path()));
}

#[test]
fn the_quota_of_a_run_is_what_is_written_or_the_stores_own() {
    let read = |text: &str| Project::load(&project(text).path().join("app")).unwrap().bounds().store;
    assert_eq!(read(""), StoreEntry::default());
    let written = read("[store]\nrun_bytes = '2GiB'\nrun_entries = 3_000_000");
    assert_eq!(written, StoreEntry { run_bytes: Some(Bytes(2 << 30)), run_entries: Some(3_000_000) });
}

#[test]
fn warnings_stop_nothing() {
    let text = r#"
[plugins.crm]
path = "../plugins/crm"
grants = { state = ["agent", "shared:all"], tools = ["billing/*"] }
limits = { memory = "1GiB" }
[limits]
wall = "1d"
"#;
    insta::assert_snapshot!(check(text));
}

#[test]
fn a_plugin_that_is_not_granted_what_it_asks_for_is_told_of() {
    let reports = [
        check("[plugins.crm]\npath = '../plugins/crm'"),
        check("[plugins.crm]\npath = '../plugins/crm'\ngrants = { state = ['run'] }"),
        check("[plugins.crm]\npath = '../plugins/crm'\ngrants = { state = ['agent'] }"),
    ];
    insta::assert_snapshot!(reports.join("\n"));
}

#[test]
fn every_limit_of_zero_is_refused() {
    let zeros = ["fuel = '0'", "memory = '0B'", "wall = '0ms'", "calls = 0", "bytes = '0KiB'", "log_bytes = '0B'"];
    for limit in zeros.into_iter().chain(["payload = '0B'", "depth = 0"]) {
        assert!(check(&format!("limits = {{ {limit} }}")).contains("` must be more than zero"), "{limit}");
    }
}

#[test]
fn texts_that_are_wrong() {
    let reports = [
        check("[plugin.crm]\npath = 'x'"),
        check("[plugins.CRM]\npath = 'x'"),
        check("[plugins.crm]"),
        check("[plugins.crm]\npath = '../plugins/cmr'"),
        check("[plugins.crm]\npath = '../plugins/crm'\ndigest = 'sha256:12'"),
        check("[plugins.crm]\npath = '../plugins/crm'\ngrant = { state = ['agent'] }"),
        check("[plugins.crm]\npath = '../plugins/crm'\ngrants = { sate = ['agent'] }"),
        check("[plugins.crm]\npath = '../plugins/crm'\ngrants = { state = ['agent', 'shared:*'] }"),
        check("[plugins.crm]\npath = '../plugins/crm'\nlimits = { feul = '1G' }"),
        check("[plugins.crm]\npath = '../plugins/crm'\nlimits = { fuel = 'much' }"),
        check("[limits]\nmemory = 64"),
        check("[limits]\ncalls = -1"),
        check("[limits]\nwall = 1.5"),
        check("[limits]\nwall = '10s'\ncalls = 0"),
        check("limits = '1G'"),
        check("[store]\nrun_bytes = 5"),
        check("[store]\nrun_entries = '5'"),
        check("[store]\nrun_byte = '1GiB'"),
        check("[store]\nrun_bytes = '1GiB'\nrun_entries = 0"),
        check("store = '1GiB'"),
        check("[plugins.crm]\npath = '../plugins/crm'\nprice = 0.01"),
        check("[plugins.crm]\npath = '../plugins/crm'\nprice = '1 cent'"),
        check("[budget]\nusd = 5"),
        check("[budget]\nper = 'week'"),
        check("budget = '5 usd'"),
        check("[plugins.crm]\npath = '../plugins/crm'\nlimits = { fuel = '1G', wall = '0s' }"),
        check("[plugins.crm]\npath = '../plugins/crm'\ngrants = ['state']"),
        check("[plugins.crm]\npath = 3"),
        check("[plugins.crm]\npath = '../plugins/crm'\nisolation = 'full'"),
        check("workflow = ['a']"),
        check("plugins = { crm = '../plugins/crm' }"),
        check("plugins = 3"),
    ];
    insta::assert_snapshot!(reports.join("\n\n"));
}

#[test]
fn names_that_are_not_there() {
    let folder = project("[plugins.crm]\npath = '../plugins/crm'");
    let project = Project::load(&folder.path().join("app")).unwrap();
    let reports = [
        report(&project.plugin("cmr").unwrap_err(), folder.path()),
        report(&project.plugin("billing").unwrap_err(), folder.path()),
        report(&project.workflow().unwrap_err(), folder.path()),
    ];
    insta::assert_snapshot!(reports.join("\n\n"));
}

#[test]
fn plugins_without_a_component_are_stale() {
    let folder = project("[plugins.crm]\npath = '../plugins/crm'\n[plugins.other]\npath = '../plugins/crm'");
    let project = Project::load(&folder.path().join("app")).unwrap();
    let stale: Vec<_> =
        project.stale().iter().map(|(plugin, freshness)| format!("{} {freshness:?}", plugin.name())).collect();
    assert_eq!(stale, ["crm Missing", "other Missing"]);
}

const SECRET: &str = r#"
[plugins.crm]
path = "../plugins/crm"
grants = { secrets = ["crm-token"] }

[secrets.crm-token]
from = "env:CRM_TOKEN"
origin = "https://api.crm.example"
header = "authorization"
"#;

const SAME_PLACE: &str =
    "[secrets.other]\nfrom = 'env:X'\norigin = 'https://API.crm.example:443'\nheader = 'Authorization'\n";

#[test]
fn two_secrets_of_one_place_are_for_different_plugins() {
    assert_eq!(check(&format!("{SECRET}{SAME_PLACE}")), check(SECRET));
}

#[test]
fn secrets_that_are_wrong() {
    let with = |from: &str, to: &str| check(&SECRET.replace(from, to));
    let reports = [
        with("[secrets.crm-token]", "[secrets.other]"),
        with("from = \"env:CRM_TOKEN\"\n", ""),
        with("env:CRM_TOKEN", "CRM_TOKEN"),
        with("https://", "http://"),
        with("authorization", "host"),
        with("header =", "haeder ="),
        with("header = ", "value = \"Bearer\"\nheader = "),
        with("[secrets.crm-token]", "[secrets.CRM]"),
        check(&format!("{}{SAME_PLACE}", SECRET.replace("[\"crm-token\"]", "[\"crm-token\", \"other\"]"))),
    ];
    insta::assert_snapshot!(reports.join("\n\n"));
}

#[test]
fn a_value_is_needed_only_where_a_plugin_may_use_it() {
    let fill = |asks: &str, value: Option<&str>| {
        let folder = project(SECRET);
        let manifest = CRM.replace("[asks]\n", &format!("[asks]\n{asks}\n"));
        crate::testing::write(folder.path(), "plugins/crm/plugin.toml", manifest.as_bytes());
        let project = Project::load(&folder.path().join("app")).unwrap();
        let filled = project.fill_secrets(|variable| value.filter(|_| variable == "CRM_TOKEN").map(str::to_owned));
        let shown = |secret: crate::secret::FilledSecret| {
            format!("{} {}: {}", secret.entry.origin, secret.entry.template(), secret.value.expose())
        };
        match filled {
            Ok(secrets) => secrets.into_iter().map(shown).collect::<Vec<_>>().join("\n"),
            Err(error) => report(&error, folder.path()),
        }
    };
    assert_eq!(fill("", None), "");
    let asks = "secrets = [\"crm-token\"]";
    assert_eq!(fill(asks, Some("s3cret-1")), "https://api.crm.example Bearer {}: s3cret-1");
    insta::assert_snapshot!([fill(asks, None), fill(asks, Some("")), fill(asks, Some("s3cret-1\nx: y"))].join("\n\n"));
}
