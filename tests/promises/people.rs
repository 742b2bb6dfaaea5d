//! People are asked in time, answer in time, and lock nobody out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use baton_journal::{BoxFuture, Decision, StoreError, Timestamp};
use baton_runtime::plan::Ask;
use baton_runtime::{Clock, Error, Host, Observer, Sandbox, Silent, SystemClock, workflow};
use baton_store::MemoryStore;
use baton_tests::{Desk, Scratch, approval};
use serde_json::json;

/// Is asked, and never answers.
struct Hesitant;

impl Observer for Hesitant {
    fn ask<'a>(&'a self, _: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        Box::pin(std::future::pending())
    }
}

/// The clock of the machine, so many milliseconds later.
#[derive(Default)]
struct Moved(AtomicU64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0 + self.0.load(Ordering::Relaxed))
    }
}

fn asking(timeout: &str) -> (Scratch, Desk) {
    let workflow = format!("workflow: w\nsteps:\n  ask: {{ approve: {{ question: Go on?, timeout: {timeout} }} }}\n");
    let scratch = Scratch::new(&workflow).file("baton.toml", "workflow = \"w.workflow.yaml\"\n");
    let desk = Desk::new(scratch.path()).unwrap();
    (scratch, desk)
}

#[tokio::test]
async fn a_question_that_somebody_looks_at_expires_too() {
    let (_project, desk) = asking("1s");
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    let input = json!({});
    let run = desk.host.start(plan, &desk.plugins, &input, Arc::new(Hesitant));
    let ending = tokio::time::timeout(Duration::from_secs(10), run).await.expect("it expires").unwrap();
    assert_eq!(ending.outcome, "failed");
}

#[tokio::test]
async fn an_answer_after_the_deadline_is_refused() {
    let (_project, mut desk) = asking("1h");
    let clock = Arc::new(Moved::default());
    let sandbox = Arc::new(Sandbox::new(baton_sandbox::Options::default()).unwrap());
    desk.host = Host::of(sandbox, Arc::new(MemoryStore::new()), Arc::clone(&clock) as _).unwrap();
    let parked = desk.run(&json!({})).await.unwrap();
    assert_eq!(parked.outcome, "parked");
    clock.0.store(3_600_000, Ordering::Relaxed);
    let late = desk.host.decide(&parked.run, "ask", approval("anybody", None)).await.unwrap_err();
    assert!(matches!(late, Error::TooLate(_)), "{late}");
    let ending = desk.host.resume(&parked.run, &desk.project, Arc::new(Silent)).await.unwrap();
    assert_eq!(ending.outcome, "failed");
}

#[tokio::test]
async fn a_run_that_nobody_waits_for_any_more_can_be_resumed() {
    let (_project, desk) = asking("1h");
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    let input = json!({});
    let run = desk.host.start(plan, &desk.plugins, &input, Arc::new(Hesitant));
    assert!(tokio::time::timeout(Duration::from_millis(100), run).await.is_err(), "it waits for an answer");
    let run = desk.host.runs(1).await.unwrap()[0].run.clone();
    for _ in 0..100 {
        match desk.host.resume(&run, &desk.project, Arc::new(Silent)).await {
            Err(Error::Store(StoreError::Claimed(_))) => tokio::time::sleep(Duration::from_millis(10)).await,
            resumed => return assert_eq!(resumed.unwrap().outcome, "parked"),
        }
    }
    panic!("the claim was kept");
}
