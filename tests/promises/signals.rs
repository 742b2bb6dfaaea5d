//! People can end a run, let it rest and let it go on, whoever drives it.

use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Event, Outcome, RunStatus, Signal, StoreError};
use baton_runtime::{Ending, Error, Silent, workflow};
use baton_tests::{Desk, Scratch, approval};
use serde_json::{Value, json};

const ASKS: &str = "workflow: w\nsteps: { ask: { approve: { question: Go on?, timeout: 1h } } }\n";

fn cancel() -> Signal {
    Signal::Cancel { by: "Ada".to_owned(), reason: Some("it is not needed".to_owned()) }
}

fn pause() -> Signal {
    Signal::Pause { by: "Ada".to_owned(), reason: None }
}

async fn status(desk: &Desk) -> RunStatus {
    desk.host.runs(1).await.unwrap()[0].status
}

async fn resume(desk: &Desk, parked: &Ending) -> Ending {
    desk.host.resume(&parked.run, &desk.project, Arc::new(Silent)).await.unwrap()
}

#[tokio::test]
async fn a_run_that_waits_is_cancelled() {
    let scratch = Scratch::new(ASKS).file("baton.toml", "workflow = \"w.workflow.yaml\"\n");
    let desk = Desk::new(scratch.path()).unwrap();
    let parked = desk.run(&Value::Null).await.unwrap();
    desk.host.send(&parked.run, cancel()).await.unwrap();
    desk.host.send(&parked.run, cancel()).await.unwrap();
    let ending = resume(&desk, &parked).await;
    assert_eq!(ending.outcome, "cancelled");
    let wanted = desk.story(&parked.run).await;
    let wanted = wanted.entries().iter().filter(|entry| matches!(entry.event, Event::CancelRequested { .. })).count();
    assert!((1..=2).contains(&wanted));
    let late = desk.host.send(&parked.run, cancel()).await.unwrap_err();
    assert!(matches!(late, Error::Store(StoreError::Ended(_))), "{late}");
}

#[tokio::test]
async fn a_run_rests_until_it_is_told_to_go_on() {
    let scratch = Scratch::new(
        "workflow: w\nsteps:\n  ask: { approve: { question: Go on?, timeout: 1h } }\n  work: { needs: [ask], agent: acts, input: { acts: [] } }\n",
    )
    .agent("acts", "", "");
    let desk = Desk::new(scratch.path()).unwrap();
    let parked = desk.run(&Value::Null).await.unwrap();
    desk.host.send(&parked.run, pause()).await.unwrap();
    assert!(desk.host.deliver(&parked.run).await.unwrap());
    assert_eq!(status(&desk).await, RunStatus::Paused);
    desk.host.decide(&parked.run, "ask", approval("partner", None)).await.unwrap();
    assert_eq!(resume(&desk, &parked).await.outcome, "paused", "an answer is taken, and nothing begins");
    desk.host.send(&parked.run, Signal::Continue { by: "Ada".to_owned() }).await.unwrap();
    assert_eq!(resume(&desk, &parked).await.outcome, "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_at_work_is_stopped_when_its_run_is_cancelled() {
    let scratch = Scratch::new("workflow: w\nsteps: { only: { agent: loops, input: {} } }\n").agent(
        "loops",
        "limits = { fuel = \"100T\", wall = \"10m\" }",
        "",
    );
    let desk = Desk::new(scratch.path()).unwrap();
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    let (host, plugins) = (desk.host.clone(), desk.plugins.clone());
    let driven = tokio::spawn(async move { host.start(plan, &plugins, &json!({}), Arc::new(Silent)).await });
    let run = loop {
        match desk.host.runs(1).await.unwrap().first().filter(|run| run.entries > 1) {
            Some(run) => break run.run.clone(),
            None => tokio::task::yield_now().await,
        }
    };
    desk.host.send(&run, cancel()).await.unwrap();
    let ending = tokio::time::timeout(Duration::from_secs(30), driven).await.expect("it ends").unwrap().unwrap();
    assert_eq!(ending.outcome, "cancelled");
    assert_eq!(desk.outcomes(&run).await, [("only#1".to_owned(), Outcome::Cancelled)]);
}

/// Is asked, and never answers.
struct Hesitant;

impl baton_runtime::Observer for Hesitant {
    fn ask<'a>(
        &'a self,
        _: &'a baton_runtime::plan::Ask,
    ) -> baton_journal::BoxFuture<'a, Option<baton_journal::Decision>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_reaches_a_run_that_another_host_drives_and_the_second_one_is_told() {
    let scratch = Scratch::new(ASKS).file("baton.toml", "workflow = \"w.workflow.yaml\"\n");
    let desk = Desk::new(scratch.path()).unwrap();
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    let (host, plugins) = (desk.host.clone(), desk.plugins.clone());
    let driven = tokio::spawn(async move { host.start(plan, &plugins, &json!({}), Arc::new(Hesitant)).await });
    let run = loop {
        match desk.host.runs(1).await.unwrap().first().filter(|run| run.status == RunStatus::Parked) {
            Some(run) => break run.run.clone(),
            None => tokio::task::yield_now().await,
        }
    };
    desk.host.decide(&run, "ask", approval("partner", None)).await.unwrap();
    let second = desk.host.decide(&run, "ask", approval("partner", None)).await.unwrap_err();
    assert!(matches!(second, Error::Answered { .. } | Error::Store(StoreError::Ended(_))), "{second}");
    assert_eq!(driven.await.unwrap().unwrap().outcome, "completed");
}
