//! A run can be begun again from any step: what was done before is taken over, and is the new run's record too.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_journal::{Event, RunId, Store};
use baton_runtime::{Components, Error, Forking, Silent, Story, Verification, export, verify};
use baton_store::MemoryStore;
use baton_tests::{Desk, Dying, Scratch, approval, sandbox};
use serde_json::{Value, json};

/// An agent that keeps and calls something, a question, and an agent that goes on with both.
const WORKFLOW: &str = r#"
workflow: w
steps:
  first:
    agent: acts
    input: { acts: [ { act: random }, { act: swap, scope: run, key: n, expected: null, value: 1 },
      { act: call, tool: crm/contacts.upsert, arguments: { client: { name: "${{ input.name }}", kind: person, country: DE } } } ] }
  ask: { needs: [first], approve: { question: Go on?, show: "${{ input.note }}" } }
  second:
    needs: [ask]
    agent: acts
    input: { acts: [ { act: random }, { act: get, scope: run, key: n }, { act: swap, scope: run, key: n, expected: 1, value: 2 },
      { act: log, message: "${{ input.note }}" } ] }
  third:
    needs: [second]
    agent: acts
    input: { acts: [ { act: get, scope: run, key: n } ] }
output: { first: "${{ steps.first.output }}", second: "${{ steps.second.output }}", third: "${{ steps.third.output }}" }
"#;

fn project() -> Scratch {
    let facts = "[tools.\"contacts.upsert\"]\neffect = \"write\"\nidempotent = true\n[asks]\nstate = [\"agent\"]\n";
    let grants = "grants = { state = [\"run\"], tools = [\"crm/*\"] }";
    Scratch::new(WORKFLOW).agent("acts", grants, "state = [\"run\"]\ntools = [\"crm/*\"]\n").tool(
        "crm",
        "grants = { state = [\"agent\"] }",
        facts,
    )
}

fn input(name: &str, note: &str) -> Value {
    json!({ "name": name, "note": note })
}

async fn finished(desk: &Desk) -> Story {
    let parked = desk.run(&input("Ada", "one")).await.unwrap();
    let ending = desk.answer(&parked.run, "ask", approval("anybody", None)).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    desk.story(&ending.run).await
}

async fn fork(desk: &Desk, story: &Story, step: &str, input: Option<Value>) -> Result<RunId, Error> {
    let forking = Forking { step: step.to_owned(), input, ..Forking::default() };
    Ok(desk.host.fork(story, &forking, &desk.plugins).await?.run)
}

async fn resumed(desk: &Desk, run: &RunId) -> (Story, Value) {
    let mut ending = desk.host.resume(run, &desk.project, Arc::new(Silent)).await.unwrap();
    if ending.outcome == "parked" {
        ending = desk.answer(run, "ask", approval("anybody", None)).await.unwrap();
    }
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    (desk.story(run).await, ending.output.unwrap())
}

async fn verified(desk: &Desk, story: &Story) -> Verification {
    let components = desk.host.components(story).await.unwrap();
    verify(desk.host.sandbox(), &components, story, |_| {}).await.unwrap()
}

/// How often each step's invocations began after what was taken over.
fn begun(story: &Story) -> BTreeMap<String, u32> {
    let own = story.entries().iter().rposition(|entry| matches!(entry.event, Event::Forked)).unwrap_or_default();
    let mut begun = BTreeMap::new();
    for entry in &story.entries()[own..] {
        if let Event::InvocationStarted { site, .. } = &entry.event {
            *begun.entry(site.step.clone()).or_default() += 1;
        }
    }
    begun
}

#[tokio::test]
async fn what_was_done_is_taken_over_and_the_new_run_is_evidence_too() {
    let scratch = project();
    let desk = Desk::new(scratch.path()).unwrap();
    let story = finished(&desk).await;
    let run = fork(&desk, &story, "third", None).await.unwrap();
    let (forked, output) = resumed(&desk, &run).await;
    // The question is asked again, and what waits for it is done again; the state is as it was after the first step.
    assert_eq!(begun(&forked), BTreeMap::from([("second".to_owned(), 1), ("third".to_owned(), 1)]));
    assert_eq!(output, story.ending().output.unwrap(), "the same seed, the same state, the same result");
    let found = verified(&desk, &forked).await;
    assert!(found.holds() && found.is_whole(), "{found:?}");
    assert_eq!(found.replay.invocations.len(), 3, "those that were taken over are made again as well");

    let again = fork(&desk, &forked, "second", Some(input("Ada", "two"))).await.unwrap();
    let (again, _) = resumed(&desk, &again).await;
    let mut file = Vec::new();
    export::write(&desk.host.export(&again, true).await.unwrap(), &mut file).unwrap();
    let exported = export::read("file", file.as_slice()).unwrap();
    let components = Components::of(exported.components);
    let elsewhere = Story::of(exported.run, exported.entries).unwrap();
    let found = verify(&sandbox().unwrap(), &components, &elsewhere, |_| {}).await.unwrap();
    assert!(found.holds() && found.is_whole(), "a fork of a fork: {found:?}");
}

#[tokio::test]
async fn what_does_not_follow_from_another_input_is_not_taken_over() {
    let scratch = project();
    let desk = Desk::new(scratch.path()).unwrap();
    let story = finished(&desk).await;
    let error = fork(&desk, &story, "second", Some(input("Bob", "one"))).await.unwrap_err();
    assert!(error.to_string().contains("the input of `first`"), "{error}");
    assert!(error.hint().unwrap().contains("before it"));
    let run = fork(&desk, &story, "first", Some(input("Bob", "one"))).await.unwrap();
    let (forked, _) = resumed(&desk, &run).await;
    assert_eq!(begun(&forked).len(), 3);
    assert!(verified(&desk, &forked).await.holds());
    let error = fork(&desk, &story, "fourth", None).await.unwrap_err().to_string();
    assert!(error.contains("its steps: first, ask, second, third"), "{error}");
}

#[tokio::test]
async fn a_run_that_failed_is_forked_where_it_failed_once_it_is_granted_what_it_lacked() {
    let grants = "grants = { state = [\"run\"], tools = [\"crm/*\"] }";
    let lacking = "grants = { tools = [\"crm/*\"] }";
    let scratch = project();
    let file = scratch.path().join("baton.toml");
    let granted = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, granted.replace(grants, lacking)).unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let desk = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
    let parked = desk.run(&input("Ada", "one")).await.unwrap();
    let ending = desk.answer(&parked.run, "ask", approval("anybody", None)).await.unwrap();
    std::fs::write(&file, granted).unwrap();
    let desk = Desk::over(scratch.path(), store).unwrap();
    let story = desk.story(&ending.run).await;
    let run = fork(&desk, &story, "first", None).await.unwrap();
    let (_, output) = resumed(&desk, &run).await;
    assert_eq!(output["third"][0], json!({ "ok": "2" }), "{output}");
}

#[tokio::test]
async fn a_fork_that_was_not_finished_is_not_gone_on_with() {
    let scratch = project();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let desk = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
    let story = finished(&desk).await;
    let dying = Desk::over(scratch.path(), Arc::new(Dying::after(4, Arc::clone(&store)))).unwrap();
    assert!(fork(&dying, &story, "third", None).await.is_err());
    let half = store.runs(1).await.unwrap()[0].run.clone();
    assert_ne!(half, *story.id());
    let desk = Desk::over(scratch.path(), store).unwrap();
    let error = desk.host.resume(&half, &desk.project, Arc::new(Silent)).await.unwrap_err();
    assert!(matches!(error, Error::HalfForked(_)), "{error}");
}
