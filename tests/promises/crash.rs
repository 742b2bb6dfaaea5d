//! `kill -9` at any time, then `baton resume`, finishes the run; finished work is not done again.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_journal::{Event, RunSummary, Store};
use baton_store::SqliteStore;
use baton_tests::Copy;
use baton_tests::crash::{Aim, Deed, Mark, Point, Side, Sweep, Tally};

async fn runs(copy: &Copy) -> (Arc<SqliteStore>, Vec<RunSummary>) {
    let store = Arc::new(SqliteStore::open(copy.store()).unwrap());
    let runs = store.runs(10).await.unwrap();
    (store, runs)
}

/// How often each invocation began and ended.
async fn counts(copy: &Copy) -> BTreeMap<String, (u32, u32)> {
    let (store, runs) = runs(copy).await;
    let mut counts = BTreeMap::<String, (u32, u32)>::new();
    for entry in store.entries(runs[0].run.clone()).await.unwrap() {
        match &entry.event {
            Event::InvocationStarted { invocation, .. } => counts.entry(invocation.to_string()).or_default().0 += 1,
            Event::InvocationEnded { invocation, .. } => counts.entry(invocation.to_string()).or_default().1 += 1,
            _ => {}
        }
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_killed_goes_on_where_it_was() {
    let mut resumed = 0;
    for lines in 1..14 {
        let copy = Copy::of("client-onboarding");
        if !copy.killed_after(lines, &["run", ".", "--input", "clients/low-risk.json"]) {
            break; // it had told its whole story before
        }
        let began = copy.store().exists() && !runs(&copy).await.1.is_empty();
        if !began {
            continue; // it was killed before it had begun a run: there is nothing to go on with, and nothing was told
        }
        let output = copy.baton(&["resume", "last"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "killed after line {lines}: {told}");
        for (invocation, count) in counts(&copy).await {
            assert_eq!(count, (1, 1), "killed after line {lines}: {invocation}");
        }
        resumed += 1;
    }
    assert!(resumed >= 5, "only {resumed} runs were killed while they ran");
}

#[test]
fn a_run_can_be_killed_again_and_again() {
    let copy = Copy::of("client-onboarding");
    let mut lines = 2;
    let mut arguments = vec!["run", ".", "--input", "clients/low-risk.json"];
    while copy.killed_after(lines, &arguments) {
        if copy.store().exists() && copy.baton(&["runs", "."]).stdout.len() > 20 {
            arguments = vec!["resume", "last"];
        }
        lines += 1;
    }
    assert_eq!(copy.baton(&["resume", "last"]).status.code(), Some(0));
}

/// One passing of so many is tried of each place; `scoreboard crash` tries all.
const EVERY: u32 = 13;

/// What is tried: where an effect has just happened, or an event is published, all of them, because there a repetition shows.
fn is_tried(Mark { point, occurrence }: Mark) -> bool {
    let is_effect = point.side == Side::After && matches!(point.deed, Deed::Effect | Deed::EventPublish);
    is_effect || occurrence % EVERY == 1
}

fn nothing_wrong(tally: &Tally) {
    assert!(tally.problems.is_empty(), "{}", tally.problems.join("\n"));
    let total = tally.total();
    assert_eq!((total.recovered, tally.repeated, tally.differing), (total.kills, 0, 0));
}

#[test]
fn a_run_that_is_killed_anywhere_ends_as_if_nobody_had_disturbed_it() {
    let sweep = Sweep::prepare().unwrap();
    let aims: Vec<Aim> = sweep.aims().into_iter().filter(|aim| is_tried(aim.mark)).collect();
    for aim in &aims {
        assert_eq!(aim.to_string().parse::<Aim>().as_ref(), Ok(aim), "it can be repeated by its name");
    }
    let tally = sweep.kill(&aims, &|_| {}).unwrap();
    nothing_wrong(&tally);
    for point in Point::all() {
        assert!(tally.rows.get(&Some(point)).is_some_and(|row| row.kills > 0), "nobody died at {point}");
    }
    let random = sweep.kill_randomly(10, 1, &|_| {});
    nothing_wrong(&random);
    assert!(random.total().kills > 0, "all had ended before");
}
