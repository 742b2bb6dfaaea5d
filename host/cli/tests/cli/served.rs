//! What a server tells: a calm line for each thing, and the same for programs.

use baton_cli::served::{json, line};
use baton_runtime::News;
use baton_runtime::journal::{Canary, Cause, RunId, Timestamp, Weight};
use baton_runtime::serve::Began;
use jiff::tz::TimeZone;

/// The 23rd of November 2026, at noon (UTC).
const NOON: Timestamp = Timestamp(1_795_435_200_000);

fn run() -> RunId {
    "01kbbbbbbb0000000000000xyz".parse().unwrap()
}

fn all() -> Vec<News> {
    let (run, workflow) = (run(), "dossier".to_owned());
    let event = Cause::Event { number: 12, name: "client.registered".to_owned() };
    let canary = Some(Canary { version: 2, weight: Weight::percent(10).unwrap() });
    let message = "run 01k has the key `\u{1b}[31mred` already".to_owned();
    vec![
        News::Began(Began { run: run.clone(), workflow: workflow.clone(), cause: event.clone() }),
        News::Began(Began { run: run.clone(), workflow: workflow.clone(), cause: Cause::Schedule { at: NOON } }),
        News::Versions { workflow: workflow.clone(), current: 1, canary },
        News::NotBegun { workflow: workflow.clone(), cause: event, message },
        News::Rests { run: run.clone(), workflow: workflow.clone(), outcome: "parked", until: Some(NOON) },
        News::Ended { run: run.clone(), workflow: workflow.clone(), outcome: "completed", message: None },
        News::Ended { run: run.clone(), workflow, outcome: "failed", message: Some("permanent: no".to_owned()) },
        News::Trouble {
            run: Some(run.clone()),
            message: "the disk is full".to_owned(),
            hint: Some("make room".to_owned()),
        },
        News::Stops { at_work: 0 },
        News::Stops { at_work: 2 },
        News::Left { run, outcome: "running" },
    ]
}

#[test]
fn each_thing_that_a_server_does_is_a_line() {
    let lines: Vec<String> = all().iter().map(|news| line(news, NOON, &TimeZone::UTC)).collect();
    insta::assert_snapshot!(anstream::adapter::strip_str(&lines.join("\n")).to_string());
}

#[test]
fn for_programs_each_is_a_line_of_json() {
    let lines: Vec<String> = all().iter().map(|news| json(news, NOON)).collect();
    assert!(lines.iter().all(|line| !line.contains('\n') && !line.contains('\u{1b}')));
    insta::assert_snapshot!(lines.join("\n"));
}
