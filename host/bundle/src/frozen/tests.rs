//! That a version is what it was, whatever became of the project, and never more than the operator says today.

use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::testing::{CRM, folder, report, write};

const PROJECT: &str = r#"
[plugins.crm]
path = "crm"
grants = { state = ["agent"], environment = ["REGION=eu"], secrets = ["token"], http = ["GET https://a.example/*"] }
limits = { fuel = "1G" }
on_unknown = { "contacts.upsert" = "retry" }

[secrets.token]
from = "env:TOKEN"
origin = "https://a.example"
header = "authorization"

[secrets.unused]
from = "env:UNUSED"
origin = "https://a.example"
header = "x-key"
"#;

const ASKS: &str = "environment = [\"REGION\"]\nsecrets = [\"token\"]\nhttp = [\"* https://a.example/*\"]\n";

fn project(text: &str) -> TempDir {
    let manifest = format!("{CRM}{ASKS}");
    folder(&[("baton.toml", text), ("crm/plugin.toml", &manifest), ("crm/schemas/input.json", "{\"b\": 1, \"a\": 2}")])
}

fn frozen(folder: &Path) -> Frozen {
    let project = Project::load(folder).unwrap();
    let plan = FrozenPlan { workflow: "w", content: Digest::of(b"plan"), text: Digest::of(b"text") };
    Frozen::of(&project, plan, &BTreeMap::from([("crm".to_owned(), Digest::of(b"crm"))])).unwrap()
}

fn today(text: &str) -> (TempDir, Today) {
    let folder = folder(&[("baton.toml", text)]);
    let today = Today::read(folder.path()).unwrap();
    (folder, today)
}

/// What the plugin may do today.
fn effective(frozen: &Frozen, text: &str) -> String {
    let (_folder, today) = today(text);
    frozen.plugins(&today).unwrap()[0].policy().effective().to_string()
}

#[test]
fn a_version_is_read_as_it_was_written_and_needs_no_file_of_its_plugins() {
    let folder = project(PROJECT);
    let then = Project::load(folder.path()).unwrap();
    let frozen = frozen(folder.path());
    let again = Frozen::from_json(&frozen.to_json()).unwrap();
    assert_eq!((&again, again.digest()), (&frozen, frozen.digest()));
    assert!(!frozen.to_json().contains("unused"), "only what a plugin may use is part of it");
    std::fs::remove_dir_all(folder.path().join("crm")).unwrap();
    let plugins = again.plugins(&Today::read(folder.path()).unwrap()).unwrap();
    let (now, then) = (&plugins[0], then.plugin("crm").unwrap());
    assert_eq!(now.policy().effective(), then.policy().effective());
    assert_eq!((now.limits(), now.isolation(), now.agent()), (then.limits(), then.isolation(), then.agent()));
    assert_eq!((now.unknowns(), now.manifest_digest()), (then.unknowns(), then.manifest_digest()));
    assert_eq!(now.tool("contacts.upsert"), then.tool("contacts.upsert"));
}

#[test]
fn everything_that_counts_makes_another_version_and_nothing_else() {
    let digest = |text: &str| frozen(project(text).path()).digest();
    let first = digest(PROJECT);
    assert_eq!(first, digest(&format!("# a comment\n{PROJECT}")));
    assert_eq!(first, digest(&PROJECT.replace("env:UNUSED", "env:OTHER")), "what no plugin may use");
    for (before, after) in [
        ("state = [\"agent\"], ", ""),
        ("fuel = \"1G\"", "fuel = \"2G\""),
        ("REGION=eu", "REGION=us"),
        ("env:TOKEN", "env:OTHER"),
        ("\"retry\"", "\"fail\""),
    ] {
        assert_ne!(first, digest(&PROJECT.replace(before, after)), "{before} becomes {after}");
    }
    let folder = project(PROJECT);
    let before = frozen(folder.path());
    let moved = Frozen { plan_text: Digest::of(b"other places"), ..before.clone() };
    assert_eq!(moved.digest(), before.digest(), "where in the file the plan's parts stand");
    write(folder.path(), "crm/schemas/input.json", b"{\"a\": 2, \"b\": 1}");
    assert_eq!(frozen(folder.path()).digest(), before.digest(), "the order of keys");
    write(folder.path(), "crm/schemas/input.json", b"{\"a\": 3}");
    assert_ne!(frozen(folder.path()).digest(), before.digest());
}

#[test]
fn what_is_revoked_today_is_revoked_and_what_is_new_is_not_granted() {
    let folder = project(PROJECT);
    let frozen = frozen(folder.path());
    let check = |before: &str, after: &str, expect: &str| {
        assert_eq!(effective(&frozen, &PROJECT.replace(before, after)), expect, "{before} becomes {after}");
    };
    let all = frozen.plugins(&Today::read(folder.path()).unwrap()).unwrap()[0].policy().effective().to_string();
    check("state = [\"agent\"]", "state = [\"agent\", \"shared:clients\"]", &all);
    check("REGION=eu", "REGION=us", &all);
    check("state = [\"agent\"], ", "", all.replace("state = [\"agent up to 64MiB\"], ", "").as_str());
    check("env:TOKEN", "env:ROTATED", &all);
    let without = all.replace("secrets = [\"token\"], ", "");
    check("header = \"authorization\"", "header = \"x-other\"", &without);
    assert_eq!(effective(&frozen, ""), "{}", "a plugin that is no longer there may do nothing");
    let (_folder, today) = today("");
    assert_eq!(frozen.revoked(&today)[0].1.to_string(), all);
    assert_eq!(frozen.revoked(&Today::read(folder.path()).unwrap()), []);
}

#[test]
fn a_network_that_is_granted_today_is_not_the_versions() {
    let folder = project(PROJECT);
    let frozen = Frozen::from_json(&frozen(folder.path()).to_json()).unwrap();
    let wider = PROJECT.replace("https://a.example/*\"] }", "https://a.example/* at 10.0.0.0/8\"] }");
    assert_ne!(wider, PROJECT);
    assert_eq!(effective(&frozen, &wider), effective(&frozen, PROJECT));
    assert!(!effective(&frozen, &wider).contains("10.0.0.0"));
}

#[test]
fn a_secret_is_found_where_the_file_says_today() {
    let folder = project(PROJECT);
    let frozen = frozen(folder.path());
    let fill = |text: &str| {
        let (_folder, today) = today(text);
        let variable = |name: &str| Some(format!("value-of-{name}")).filter(|_| name != "MISSING");
        let filled = frozen.fill_secrets(&today, variable);
        filled.map(|filled| filled.iter().map(|one| one.value.expose().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(fill(PROJECT).unwrap(), ["value-of-TOKEN"]);
    assert_eq!(fill(&PROJECT.replace("env:TOKEN", "env:ROTATED")).unwrap(), ["value-of-ROTATED"]);
    assert!(
        fill(&PROJECT.replace("https://a.example\"\nheader = \"auth", "https://b.example\"\nheader = \"auth"))
            .unwrap()
            .is_empty()
    );
    assert!(fill("").unwrap().is_empty());
    let error = fill(&PROJECT.replace("env:TOKEN", "env:MISSING")).unwrap_err();
    assert!(report(&error, folder.path()).starts_with("B0022"), "{error}");
}

#[test]
fn stricter_isolation_holds_at_once() {
    let folder = project(PROJECT);
    let frozen = frozen(folder.path());
    let (_folder, today) = today(&PROJECT.replace("[secrets.token]", "isolation = \"process\"\n[secrets.token]"));
    assert_eq!(frozen.plugins(&today).unwrap()[0].isolation(), Isolation::Process);
}

#[test]
fn rates_are_those_of_today_as_they_go_for_all_runs() {
    let folder = project(PROJECT);
    let frozen = frozen(folder.path());
    let (_folder, today) = today(&PROJECT.replace("[secrets.token]", "rate = \"7/s\"\n[secrets.token]"));
    assert!(frozen.plugins(&today).unwrap()[0].guarding().rate.is_some());
}

#[test]
fn what_is_no_version_is_refused() {
    let folder = project(PROJECT);
    let text = frozen(folder.path()).to_json();
    for odd in ["", "{}", &text.replace("\"format\":1", "\"format\":2"), &text.replace("\"plan\":", "\"plot\":")] {
        assert!(Frozen::from_json(odd).is_err(), "{odd}");
    }
}
