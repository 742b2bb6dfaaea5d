//! What is told of a checked store, and which runs a prune removes.

use baton_cli::command::runs::{Choice, chosen};
use baton_cli::command::store::{for_programs, line, summary};
use baton_cli::lookup::Known;
use baton_runtime::check::{Finding, Flaw, Kept, Place, Summary};
use baton_runtime::journal::{Digest, RunId, RunStatus, Timestamp};
use baton_runtime::policy::Wall;

use crate::lookup::{NEW, known};

fn findings() -> Vec<Finding> {
    let entry = |sequence| Place::Entry { run: NEW.to_owned(), sequence };
    let value = Place::Value { kind: "shared".to_owned(), name: "clients".to_owned(), key: "\u{1b}[2J".to_owned() };
    let payload = Flaw::Kept { what: "payload", digest: Digest::of(b"x"), kept: Kept::Missing };
    [
        (Place::File, Flaw::Database { message: "Tree 5 page 3: btreeInitPage() returns error code 11".to_owned() }),
        (Place::Blob(Digest::of(b"y")), Flaw::Changed),
        (entry(3), payload),
        (entry(7), Flaw::Missing { count: 2, next: 9 }),
        (Place::Run(NEW.to_owned()), Flaw::Row { column: "status" }),
        (value, Flaw::Value),
        (Place::Blob(Digest::of(b"z")), Flaw::Unused { bytes: 5_002 }),
    ]
    .map(|(place, flaw)| Finding { place, flaw })
    .into()
}

#[test]
fn findings_are_lines_with_their_places_and_a_sum() {
    let mut text: Vec<String> = findings().iter().map(line).collect();
    let whole = Summary { runs: 12, entries: 3_412, blobs: 40, values: 7, damage: 0, leftovers: 0 };
    for (damage, leftovers) in [(0, 0), (0, 1), (1, 0), (6, 1)] {
        text.push(summary(&Summary { damage, leftovers, ..whole }));
    }
    insta::assert_snapshot!(anstream::adapter::strip_str(&text.join("\n")).to_string());
}

#[test]
fn findings_have_their_places_in_fields_for_programs() {
    let values: Vec<_> = findings().iter().map(for_programs).collect();
    insta::assert_snapshot!(serde_json::to_string_pretty(&values).unwrap());
}

/// Runs that ended, or not, so many days before the tenth day, the newest first.
fn runs(ended: &[(u64, RunStatus)]) -> Vec<Known> {
    let day = |day: u64| Timestamp((10 - day) * 86_400_000);
    let run = |(number, (days, status)): (usize, &(u64, RunStatus))| {
        let mut known = known(RunId::new(day(*days), number as u128).as_str(), "/p/baton.toml");
        (known.summary.updated, known.summary.status) = (day(*days), *status);
        known
    };
    ended.iter().enumerate().map(run).collect()
}

fn pruned(choice: &Choice) -> Vec<u64> {
    use RunStatus::{Completed, Failed, Interrupted, Parked, Running};
    let all = [(0, Running), (1, Completed), (2, Failed), (3, Completed), (5, Parked), (6, Interrupted), (7, Failed)];
    let now = Timestamp(10 * 86_400_000);
    chosen(&runs(&all), choice, now).iter().map(|known| (now.0 - known.summary.updated.0) / 86_400_000).collect()
}

#[test]
fn only_runs_that_ended_are_pruned_by_age_number_and_end() {
    use baton_cli::command::runs::Ended;
    let days = |days: u64| Some(Wall(days * 86_400_000));
    let none = Choice::default();
    assert_eq!(pruned(&none), [1, 2, 3, 7]);
    assert_eq!(pruned(&Choice { older_than: days(3), ..none.clone() }), [3, 7]);
    assert_eq!(pruned(&Choice { keep: Some(1), ..none.clone() }), [2, 3, 7]);
    assert_eq!(pruned(&Choice { keep: Some(3), older_than: days(2), ..none.clone() }), [7]);
    assert_eq!(pruned(&Choice { status: Some(Ended::Failed), ..none.clone() }), [2, 7]);
    assert_eq!(pruned(&Choice { status: Some(Ended::Completed), keep: Some(1), ..none.clone() }), [3]);
    assert_eq!(pruned(&Choice { keep: Some(9), ..none }), [0; 0]);
}
