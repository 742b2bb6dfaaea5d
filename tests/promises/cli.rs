//! What the command line promises: exit codes, JSON on stdout, and a store that tells what is wrong with it.

use std::fs;

use baton_tests::Copy;
use serde_json::Value;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_run_parks_is_approved_and_is_shown() {
    let copy = Copy::of("client-onboarding");
    let parked = copy.baton(&["run", ".", "-o", "json"]);
    assert_eq!(parked.status.code(), Some(3), "{}", text(&parked.stderr));
    let ending: Value = serde_json::from_slice(&parked.stdout).unwrap();
    let run = ending["run"].as_str().unwrap();
    assert_eq!((ending["outcome"].as_str(), ending["waiting"][0]["step"].as_str()), (Some("parked"), Some("sign_off")));
    for key in ["name", "outcome", "attempts", "usage"] {
        assert!(ending["steps"][0].get(key).is_some(), "{key}");
    }
    for key in ["fuel", "memory_bytes", "wall_ms", "host_calls", "bytes"] {
        assert!(ending["steps"][0]["usage"][key].is_u64(), "{key}");
    }
    let wrong = copy.baton(&["approve", run, "sign_off", "--role", "intern"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", text(&wrong.stderr));
    let approved = copy.baton(&["approve", run, "sign_off", "--role", "partner", "-o", "json"]);
    assert_eq!(approved.status.code(), Some(0), "{}", text(&approved.stderr));
    let ending: Value = serde_json::from_slice(&approved.stdout).unwrap();
    assert_eq!(ending["output"]["decision"], "accepted");
    let shown = copy.baton(&["show", run]);
    let story = text(&shown.stdout);
    for part in ["summarise", "jurisdiction.high", "sign_off", "partner", "fuel", "state.compare-and-swap"] {
        assert!(story.contains(part), "`baton show` does not tell of {part}");
    }
    let shown: Value = serde_json::from_slice(&copy.baton(&["show", run, "-o", "json"]).stdout).unwrap();
    assert_eq!(shown["run"], run);
}

#[test]
fn a_project_is_deployed_run_by_its_name_rolled_back_and_a_run_is_migrated() {
    let copy = Copy::of("client-onboarding");
    let json = |arguments: &[&str], code: i32| -> Value {
        let output = copy.baton(&[arguments, &["-o", "json"]].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let deployed = json(&["deploy", "--by", "ada"], 0);
    assert_eq!((&deployed["number"], &deployed["new"]), (&1.into(), &true.into()));
    assert_eq!(json(&["deploy"], 0)["new"], false);
    let input = ["--input", "clients/sign-off.json"];
    let parked = json(&[&["run", "client-onboarding"], &input[..]].concat(), 3);
    let run = parked["run"].as_str().unwrap();

    let workflow = copy.path().join("client-onboarding.workflow.yaml");
    let one = fs::read_to_string(&workflow).unwrap();
    fs::write(&workflow, one.replace("  invoice: ${{ steps.invoice", "  first_invoice: ${{ steps.invoice")).unwrap();
    assert_eq!(json(&["deploy", "--weight", "10%"], 0)["line"]["canary"]["version"], 2);
    let listed = json(&["versions", "client-onboarding"], 0);
    let of = |number: usize, field: &str| listed["versions"][number - 1][field].clone();
    assert_eq!((of(1, "weight"), of(2, "weight")), (90.into(), 10.into()));
    assert_eq!((of(1, "runs"), of(2, "runs"), of(1, "by")), (1.into(), 0.into(), "ada".into()));
    assert_eq!(json(&["promote", "client-onboarding"], 0)["current"], 2);
    let fixed = json(&[&["run", "client-onboarding@1"], &input[..]].concat(), 3);
    let runs = json(&["runs", "."], 0);
    assert_eq!((&runs[0]["run"], &runs[0]["version"]), (&fixed["run"], &1.into()));

    let tried = json(&["migrate", run, "--to", "2", "--dry-run"], 0);
    assert_eq!((&tried["fits"], &tried["migrated"]), (&true.into(), &false.into()));
    assert_eq!(json(&["migrate", run, "--to", "2"], 0)["migrated"], true);
    assert_eq!(json(&["approve", run, "sign_off", "--role", "partner"], 0)["output"]["decision"], "accepted");
    assert_eq!(json(&["verify", run], 0)["faults"], serde_json::json!([]));
    assert!(text(&copy.baton(&["show", run]).stdout).contains("version 2"), "it is shown");

    let back = json(&["rollback", "client-onboarding", "--by", "bob"], 0);
    assert_eq!((&back["current"], &back["deed"], &back["by"]), (&1.into(), &"rolled-back".into(), &"bob".into()));
    assert_eq!(json(&["versions"], 0)["history"].as_array().unwrap().len(), 4);
    let refused = copy.baton(&["rollback", "client-onboarding", "--to", "9"]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
    fs::write(&workflow, one.replace("max_parallel: 4", "max_parallel: 3")).unwrap();
    let file = copy.path().join("baton.toml");
    let granted = fs::read_to_string(&file).unwrap();
    fs::write(&file, granted.replacen("grants = { state = [\"agent\"] }", "", 1)).unwrap();
    let told = text(&copy.baton(&["deploy"]).stderr);
    assert!(told.contains("1 run is on version 1 whose `"), "who loses by a revocation is told: {told}");
    let parked = fixed["run"].as_str().unwrap();
    let refused = json(&["migrate", parked, "--to", "3"], 1);
    assert_eq!((&refused["fits"], &refused["migrated"]), (&false.into(), &false.into()));
    for field in ["what", "was", "would_be"] {
        assert!(refused["difference"][field].is_string(), "{refused}");
    }
}

#[test]
fn usage_and_configuration_are_told_apart_from_failure() {
    let copy = Copy::of("client-onboarding");
    for arguments in [
        vec!["run", "nowhere"],
        vec!["run", ".", "--input", "nothing.json"],
        vec!["run", ".", "--input", "baton.toml"],
        vec!["show", "01zzzzzzzzzzzzzzzzzzzzzzzz"],
        vec!["resume", "not a run"],
        vec!["no-such-command"],
        vec!["call", "crm", "contacts.nothing", "{}"],
        vec!["call", "nobody", "run", "{}"],
        vec!["call", "crm", "contacts.get", "{not json"],
        vec!["call", "crm", "contacts.get", r#"{"id": 7}"#],
        vec!["call", "summariser", "run", r#"{"document": {}}"#],
    ] {
        let output = copy.baton(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output.stderr));
        assert!(
            output.stdout.is_empty() && text(&output.stderr).contains("error:"),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn a_function_can_be_called_alone() {
    let copy = Copy::of("client-onboarding");
    let client = r#"{"client": {"name": "Ada", "kind": "person", "country": "DE"}}"#;
    let first = copy.baton(&["call", "crm", "contacts.upsert", client]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let again: Value = serde_json::from_slice(&copy.baton(&["call", "crm", "contacts.upsert", client]).stdout).unwrap();
    assert_eq!(again["created"], false, "the state is the project's");
    let failed = copy.baton(&[
        "call",
        "crm",
        "contacts.upsert",
        r#"{"client": {"name": "", "kind": "person", "country": "DE"}}"#,
    ]);
    assert_eq!(failed.status.code(), Some(1), "{}", text(&failed.stderr));
}

#[test]
fn grants_are_shown_and_explained() {
    let copy = Copy::of("client-onboarding");
    insta::assert_snapshot!(text(&copy.baton(&["grants"]).stdout));
    let explained = ["agent", "shared:clients", "crm/contacts.remove"].map(|call| {
        let output = copy.baton(&["grants", "explain", "crm", call]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    });
    insta::assert_snapshot!(explained.join("\n"));
    let listed: Value = serde_json::from_slice(&copy.baton(&["grants", "-o", "json"]).stdout).unwrap();
    assert_eq!(listed[2]["effective"], serde_json::json!({ "state": ["agent up to 64MiB"] }));
    assert_eq!(copy.baton(&["grants", "explain", "crm", "the moon"]).status.code(), Some(2));
    assert_eq!(copy.baton(&["grants", "explain", "nobody", "agent"]).status.code(), Some(2));
}

#[test]
fn a_damaged_store_stops_neither_a_check_nor_a_drawing() {
    let copy = Copy::of("client-onboarding");
    fs::create_dir_all(copy.path().join(".baton")).unwrap();
    fs::write(copy.store(), "this is no store").unwrap();
    for command in [&["check"][..], &["graph"], &["graph", "-o", "mermaid"]] {
        let output = copy.baton(command);
        assert_eq!(output.status.code(), Some(0), "{command:?}: {}", text(&output.stderr));
    }
    assert_eq!(copy.baton(&["run"]).status.code(), Some(1));
}

#[test]
fn a_project_is_checked_without_running_it() {
    let copy = Copy::of("client-onboarding");
    let good = copy.baton(&["check", "."]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    let path = copy.path().join("client-onboarding.workflow.yaml");
    let broken = fs::read_to_string(&path).unwrap().replace("agent: compliance", "agent: complaince");
    fs::write(&path, broken).unwrap();
    let bad = copy.baton(&["check", "."]);
    assert_eq!(bad.status.code(), Some(2));
    assert!(text(&bad.stderr).contains("did you mean `compliance`?"), "{}", text(&bad.stderr));
}

#[test]
fn a_store_that_is_damaged_or_from_the_future_is_refused_and_left_alone() {
    let copy = Copy::of("client-onboarding");
    assert_eq!(copy.baton(&["run", "."]).status.code(), Some(3));
    let whole = fs::read(copy.store()).unwrap();
    for damaged in
        [whole[..whole.len() / 2].to_vec(), b"this is no database, and never was one".to_vec(), from_the_future(&whole)]
    {
        for beside in ["store.db-wal", "store.db-shm"] {
            let _ = fs::remove_file(copy.path().join(".baton").join(beside));
        }
        fs::write(copy.store(), &damaged).unwrap();
        let output = copy.baton(&["run", "."]);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("store"), "{}", text(&output.stderr));
        assert_eq!(fs::read(copy.store()).unwrap(), damaged, "a store that is refused is left as it was");
    }
}

/// The format number lies at byte 60 of the file, big-endian (`user_version`, SQLite's file format, section 1.3).
fn from_the_future(whole: &[u8]) -> Vec<u8> {
    let mut future = whole.to_vec();
    future[60..64].copy_from_slice(&999_u32.to_be_bytes());
    future
}
