//! How versions, their history, and the trial of a migration are told.

use baton_cli::command::migrate::statement;
use baton_cli::command::versions::{Listed, history, table};
use baton_runtime::journal::{Canary, Deed, Deployment, Digest, Timestamp, Traffic, Version, VersionPin, Weight};
use baton_runtime::{Difference, Trial};
use jiff::tz::TimeZone;

use crate::lookup::NEW;

const AT: Timestamp = Timestamp(1_764_000_000_000);

fn listed(workflow: &str, number: u32, weight: u8, runs: u64, by: &str) -> Listed {
    let digest = Digest::of(format!("{workflow} {number}").as_bytes());
    let version = Version { workflow: workflow.to_owned(), number, digest, content: digest, at: AT, by: by.to_owned() };
    Listed { version, weight, runs, project: "/home/ada/a/baton.toml".to_owned() }
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn versions_are_lines_under_their_workflows() {
    let versions = [
        listed("billing", 1, 100, 0, "ada"),
        listed("onboarding", 1, 0, 12, "ada"),
        listed("onboarding", 2, 90, 1, "eve\u{1b}[2J"),
        listed("onboarding", 3, 10, 0, "bob"),
    ];
    insta::assert_snapshot!(plain(&table(&versions, &TimeZone::UTC)));
}

#[test]
fn the_history_is_told_with_who_did_what() {
    let canary = Some(Canary { version: 2, weight: Weight::percent(10).unwrap() });
    let line = |sequence, deed, current, canary| Deployment {
        workflow: "onboarding".to_owned(),
        sequence,
        at: AT,
        by: "ada".to_owned(),
        deed,
        traffic: Traffic { current, canary },
    };
    let lines = [
        line(1, Deed::Deployed, 1, None),
        line(2, Deed::Deployed, 1, canary),
        line(3, Deed::Promoted, 2, None),
        line(4, Deed::RolledBack, 1, None),
    ];
    insta::assert_snapshot!(plain(&history(&lines, &TimeZone::UTC)));
}

#[test]
fn a_trial_tells_what_differs_first_on_both_sides() {
    let pin = |number| VersionPin { number, digest: Digest::of(b"version") };
    let fits = Trial {
        run: NEW.parse().unwrap(),
        from: Some(pin(1)),
        to: pin(12),
        entries: 42,
        invocations: Vec::new(),
        difference: None,
    };
    let difference = Difference {
        entry: Some(5),
        what: "the question of `ask`".to_owned(),
        was: "“Go on?”".to_owned(),
        would_be: "“Shall \u{1b}[2Jwe?”".to_owned(),
    };
    let not = Trial { difference: Some(difference), ..fits.clone() };
    let without = Trial { from: None, ..not.clone() };
    let told = [(&fits, true), (&fits, false), (&not, false), (&without, true)];
    let told = told.map(|(trial, dry_run)| plain(&statement(trial, dry_run)));
    insta::assert_snapshot!(told.join("\n\n"));
}
