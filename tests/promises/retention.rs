//! What operators are promised of the runs they keep: a full journal loses nothing, what is pruned is gone with all that
//! was its own, and a check finds damage and leaves the rest usable.

use std::fs;
use std::process::Output;

use baton_tests::Copy;
use serde_json::Value;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)))
}

/// Adds to the project's file.
fn configure(copy: &Copy, lines: &str) {
    let file = copy.path().join("baton.toml");
    let before = fs::read_to_string(&file).unwrap();
    let before = before.split("\n[store]").next().unwrap().to_owned();
    fs::write(file, format!("{before}\n[store]\n{lines}\n")).unwrap();
}

#[test]
fn a_full_journal_stops_its_run_and_nothing_is_lost_when_the_quota_is_raised() {
    let copy = Copy::of("client-onboarding");
    configure(&copy, "run_entries = 9");
    let full = copy.baton(&["run", "."]);
    let told = text(&full.stderr);
    assert_eq!(full.status.code(), Some(1), "{told}");
    assert!(told.contains("is full: it has the 9 entries that are allowed"), "{told}");
    assert!(told.contains("[store] run_entries = 18"), "the line that raises it: {told}");
    let before = json(&copy.baton(&["show", "last", "-o", "json"]));
    configure(&copy, "run_entries = 100_000");
    let parked = copy.baton(&["resume", "last", "-o", "json"]);
    assert_eq!(parked.status.code(), Some(3), "{}", text(&parked.stderr));
    let after = json(&copy.baton(&["show", "last", "-o", "json"]));
    let entries = |story: &Value| story["entries"].as_array().unwrap().clone();
    assert!(entries(&before).len() >= 9 && entries(&after).starts_with(&entries(&before)), "what was recorded stays");
}

#[test]
fn runs_are_pruned_with_all_that_was_only_theirs() {
    let copy = Copy::of("client-onboarding");
    for input in ["clients/low-risk.json", "clients/sign-off.json"] {
        let ran = copy.baton(&["run", ".", "--input", input]);
        assert!(matches!(ran.status.code(), Some(0 | 3)), "{}", text(&ran.stderr));
    }
    let runs = |status: &str| {
        let runs = json(&copy.baton(&["runs", ".", "-o", "json"]));
        runs.as_array().unwrap().iter().filter(|run| run["status"] == status).count()
    };
    assert_eq!((runs("completed"), runs("parked")), (1, 1));
    let size = fs::metadata(copy.store()).unwrap().len();
    let would = json(&copy.baton(&["runs", "prune", ".", "--keep", "0", "--dry-run", "-o", "json"]));
    assert_eq!((would["dry_run"].as_bool(), would["runs"].as_array().unwrap().len()), (Some(true), 1));
    assert_eq!((runs("completed"), runs("parked")), (1, 1), "nothing was removed");
    let none = json(&copy.baton(&["runs", "prune", ".", "--older-than", "30d", "-o", "json"]));
    assert_eq!(none["runs"].as_array().unwrap().len(), 0, "nothing is so old");
    let pruned = json(&copy.baton(&["runs", "prune", ".", "--keep", "0", "-o", "json"]));
    assert_eq!((&pruned["entries"], &pruned["bytes"]), (&would["entries"], &would["bytes"]));
    assert_eq!((runs("completed"), runs("parked")), (0, 1), "who waits is not touched");
    let given_up = copy.baton(&["runs", "prune", ".", "--run", "last"]);
    assert_eq!(given_up.status.code(), Some(0), "{}", text(&given_up.stderr));
    assert_eq!(runs("parked"), 0);
    let checked = json(&copy.baton(&["store", "check", ".", "-o", "json"]));
    assert_eq!((&checked["runs"], &checked["blobs"], &checked["damage"]), (&0.into(), &0.into(), &0.into()));
    assert!(fs::metadata(copy.store()).unwrap().len() < size / 2, "the room went back to the file system");
}

/// Changes a byte of an entry, and tells what the store is then and what its check says. A text may stand in a part of the
/// file that is free by now, where nobody reads it.
fn damaged_body(copy: &Copy) -> (Vec<u8>, std::process::Output) {
    let body = br#"{"event":"invocation-ended""#;
    let whole = fs::read(copy.store()).unwrap();
    for place in (0..whole.len() - body.len()).filter(|place| whole[*place..].starts_with(body)) {
        let mut bytes = whole.clone();
        bytes[place + 3] ^= 1;
        fs::write(copy.store(), &bytes).unwrap();
        let checked = copy.baton(&["store", "check", "-o", "json"]);
        if checked.status.code() == Some(1) {
            return (bytes, checked);
        }
    }
    panic!("no damage was found");
}

#[test]
fn a_check_finds_a_changed_byte_with_its_run_and_entry_and_leaves_others_usable() {
    let copy = Copy::of("client-onboarding");
    for input in ["clients/low-risk.json", "clients/low-risk.json"] {
        let ran = copy.baton(&["run", ".", "--input", input]);
        assert!(matches!(ran.status.code(), Some(0 | 3)), "{}", text(&ran.stderr));
    }
    let whole = copy.baton(&["store", "check"]);
    assert_eq!(whole.status.code(), Some(0), "{}", text(&whole.stdout));
    let (bytes, damaged) = damaged_body(&copy);
    let finding = json(&damaged)["findings"][0].clone();
    assert!(finding["run"].is_string() && finding["entry"].is_u64(), "{finding}");
    let broken = finding["run"].as_str().unwrap();
    let runs = json(&copy.baton(&["runs", ".", "-o", "json"]));
    for run in runs.as_array().unwrap().iter().map(|run| run["run"].as_str().unwrap()) {
        let shown = copy.baton(&["show", run]);
        assert_eq!(shown.status.success(), run != broken, "{}", text(&shown.stderr));
    }
    assert_eq!(fs::read(copy.store()).unwrap(), bytes, "nothing was written");
}

#[test]
fn who_only_reads_leaves_no_trace() {
    let copy = Copy::of("client-onboarding");
    assert_eq!(copy.baton(&["run", ".", "--input", "clients/low-risk.json"]).status.code(), Some(0));
    let folder = copy.path().join(".baton");
    let files = || {
        let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        entries.map(|path| (path.clone(), fs::read(path).unwrap())).collect::<std::collections::BTreeMap<_, _>>()
    };
    let before = files();
    for arguments in [&["runs"][..], &["show", "last"], &["replay", "last"], &["verify", "last"], &["store", "check"]] {
        let read = copy.baton(arguments);
        assert_eq!(read.status.code(), Some(0), "{arguments:?}: {}", text(&read.stderr));
        assert!(before == files(), "{arguments:?} left something in {:?}", files().keys());
    }
}
