//! A guest that makes the same call again and again, and is told the same, is ended, and what it did is said.

use std::sync::Arc;

use baton_journal::{Event, Limit, Outcome, Store};
use baton_runtime::Silent;
use baton_store::MemoryStore;
use baton_tests::{Desk, Scratch, approval, example};
use serde_json::{Value, json};

const WORKFLOW: &str = "workflow: w
steps:
  only:
    agent: acts
    input: { acts: \"${{ input }}\" }
output: ${{ steps.only.output }}
";

/// A project whose agent does what its input says; `terms` are lines of its table.
fn project(workflow: &str, terms: &str) -> Scratch {
    let granted = "tools = [\"crm/*\"], state = [\"agent\"]";
    let (asks, facts) = (
        "tools = [\"crm/*\"]\nstate = [\"agent\"]\n",
        "[tools.\"contacts.get\"]\neffect = \"read\"\n[asks]\nstate = [\"agent\"]\n",
    );
    let terms = format!("grants = {{ {granted} }}\n{terms}");
    Scratch::new(workflow).agent("acts", &terms, asks).tool("crm", "grants = { state = [\"agent\"] }", facts)
}

fn get(id: &str) -> Value {
    json!({ "act": "call", "tool": "crm/contacts.get", "arguments": { "id": id } })
}

fn look() -> Value {
    json!({ "act": "get", "scope": "agent", "key": "rules" })
}

fn remove(id: &str) -> Value {
    json!({ "act": "call", "tool": "crm/contacts.remove", "arguments": { "id": id } })
}

fn upsert(name: &str) -> Value {
    let client = json!({ "name": name, "kind": "person", "country": "DE" });
    json!({ "act": "call", "tool": "crm/contacts.upsert", "arguments": { "client": client } })
}

/// Acts, so many times over.
fn rounds(acts: &[Value], times: usize) -> Value {
    acts.iter().cloned().cycle().take(acts.len() * times).collect()
}

/// How the agent ends when it does this.
async fn outcome(terms: &str, acts: &Value) -> Outcome {
    let scratch = project(WORKFLOW, terms);
    let desk = Desk::new(scratch.path()).unwrap();
    let run = desk.run(acts).await.unwrap().run;
    desk.outcomes(&run).await.pop().unwrap().1
}

fn found(outcome: Outcome) -> String {
    match outcome {
        Outcome::Exhausted { limit: Limit::Repeats, message } => message,
        other => panic!("expected a loop, found {other}"),
    }
}

#[tokio::test]
async fn a_tool_that_is_asked_the_same_too_often_ends_who_asks() {
    let told = found(outcome("", &rounds(&[get("C-0")], 500)).await);
    insta::assert_snapshot!(told);
    let told = found(outcome("limits = { repeats = 2 }", &rounds(&[get("C-0"), look(), get("C-1")], 9)).await);
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn what_is_done_and_undone_again_is_a_loop() {
    let told = found(outcome("limits = { repeats = 3 }", &rounds(&[upsert("Ada"), remove("C-0")], 9)).await);
    assert!(told.contains("host calls") && told.contains("4 times"), "{told}");
}

#[tokio::test]
async fn who_gets_on_is_let_be() {
    let each: Vec<Value> = (0..150).flat_map(|n| [get("C-0"), look(), upsert(&format!("Client {n}"))]).collect();
    assert!(matches!(outcome("", &json!(each)).await, Outcome::Completed { .. }), "it changes something each time");
    let each: Vec<Value> = (0..150).flat_map(|n| [look(), get(&format!("C-{n}"))]).collect();
    assert!(matches!(outcome("", &json!(each)).await, Outcome::Completed { .. }), "it learns something each time");
    let more = outcome("limits = { repeats = 500 }", &rounds(&[get("C-0")], 500)).await;
    assert!(matches!(more, Outcome::Completed { .. }), "{more}");
}

#[tokio::test]
async fn a_workflow_goes_another_way_when_its_agent_is_in_a_loop() {
    let workflow = WORKFLOW.replace("  only:", "  only:\n    on_failure: { continue: { acts: none } }");
    let scratch = project(&workflow, "");
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&rounds(&[get("C-0")], 500)).await.unwrap();
    assert_eq!((ending.outcome, ending.output), ("completed", Some(json!({ "acts": "none" }))), "{:?}", ending.error);
}

#[tokio::test]
async fn a_host_that_dies_meanwhile_changes_nothing() {
    let scratch = project(WORKFLOW, "limits = { repeats = 4 }");
    let whole: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let desk = Desk::over(scratch.path(), Arc::clone(&whole)).unwrap();
    let run = desk.run(&rounds(&[get("C-0"), remove("C-0")], 20)).await.unwrap().run;
    let (entries, expect) = (whole.entries(run.clone()).await.unwrap(), desk.outcomes(&run).await.pop());
    for length in (2..entries.len() - 2).step_by(5) {
        if matches!(entries[length - 1].event, Event::HostCallStarted { .. }) {
            continue; // a call in flight is asked about
        }
        let rest: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let run = super::nested::cut(whole.as_ref(), &entries[..length], rest.as_ref()).await;
        let next = Desk::over(scratch.path(), rest).unwrap();
        let ending = next.host.resume(&run, &next.project, Arc::new(Silent)).await.unwrap();
        if ending.outcome != "parked" {
            assert_eq!(next.outcomes(&run).await.pop(), expect, "after {length} entries");
        }
    }
}

#[tokio::test]
async fn a_guest_in_a_process_of_its_own_ends_at_the_same_call_with_the_same_fuel() {
    let acts = rounds(&[get("C-0"), look()], 9);
    let terms = "limits = { repeats = 5 }";
    let shared = found(outcome(terms, &acts).await);
    let apart = found(outcome(&format!("{terms}\nisolation = \"process\""), &acts).await); // the desk replays it in this process
    assert_eq!(apart, shared);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agent_of_the_example_is_caught_and_a_person_answers() {
    let desk = Desk::new(&example("failures/tool-loop")).unwrap();
    let parked = desk.run_file("questions/unanswered.json").await;
    assert_eq!((parked.outcome, parked.waiting[0].step.as_str()), ("parked", "office"), "{:?}", parked.error);
    let calls = found(desk.outcomes(&parked.run).await.pop().unwrap().1);
    assert!(calls.contains("pages.search") && calls.contains("6 times, in host calls 2, 3, 4 … 7"), "{calls}");
    let answer = json!({ "text": "The reception does." });
    let ending = desk.answer(&parked.run, "office", approval("office", Some(&answer))).await.unwrap();
    assert_eq!(ending.output, Some(json!("The reception does.")), "{:?}", ending.error);
    let found = desk.run_file("questions/answered.json").await.output.unwrap();
    assert!(found.as_str().unwrap().contains("28 days"), "{found}");
}
