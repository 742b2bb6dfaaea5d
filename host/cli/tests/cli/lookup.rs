//! Which run is meant by a part of its id.

use std::path::PathBuf;

use baton_cli::lookup::{Known, pick};
use baton_runtime::journal::{RunStatus, RunSummary, Timestamp};

pub(crate) const OLD: &str = "01kaaaaaaa0000000000000abc";
pub(crate) const NEW: &str = "01kbbbbbbb0000000000000xyz";

pub(crate) fn known(id: &str, project: &str) -> Known {
    let summary = RunSummary {
        run: id.parse().unwrap(),
        workflow: "client-onboarding".to_owned(),
        version: None,
        started: Timestamp(1_764_000_000_000),
        updated: Timestamp(1_764_000_001_234),
        status: RunStatus::Parked,
        entries: 12,
        bytes: 3_456,
    };
    Known { project: PathBuf::from(project), summary }
}

fn check(text: &str, expect: &str) {
    let runs = [known(NEW, "/p/baton.toml"), known(OLD, "/p/baton.toml")];
    let found = match pick(text, &runs) {
        Ok(found) => found.map_or_else(|| "none".to_owned(), |found| found.run.to_string()),
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expect, "{text}");
}

#[test]
fn a_run_is_named_by_its_beginning_or_its_end() {
    check("01ka", OLD);
    check("01kb", NEW);
    check("0abc", OLD);
    check("0XYZ", NEW);
    check(OLD, OLD);
    check("last", NEW);
    check("zzzz", "none");
    check("0000", "none");
}

#[test]
fn what_means_several_or_is_too_short_is_refused() {
    check("abc", "`abc` is too short to name a run");
    check("", "`` is too short to name a run");
    check("01k", "`01k` is too short to name a run");
    let runs = [known(NEW, "/a/baton.toml"), known("01kb00000000000000000000zz", "/b/baton.toml")];
    let error = pick("01kb", &runs).unwrap_err();
    assert_eq!(error.to_string(), format!("`01kb` means 2 runs: {NEW}, 01kb00000000000000000000zz"));
    assert_eq!(pick("last", &[]), Ok(None));
}

#[test]
fn the_same_run_in_two_lists_is_one() {
    let runs = [known(NEW, "/a/baton.toml"), known(NEW, "/a/../a/baton.toml")];
    assert_eq!(pick("01kb", &runs).unwrap().unwrap().project, PathBuf::from("/a/baton.toml"));
}
