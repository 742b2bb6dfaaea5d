//! An invocation that another one makes is counted, bounded and ended as if the workflow had made it.

use std::sync::Arc;

use baton_journal::{Entry, Event, Outcome, RunId, Store, Timestamp};
use baton_runtime::{Ending, Silent};
use baton_store::MemoryStore;
use baton_tests::{Desk, Scratch};
use serde_json::{Value, json};

const CALLS_CRM: &str = "grants = { tools = [\"crm/*\"] }";
const ASKS_CRM: &str = "tools = [\"crm/*\"]\n";

/// A tool that never answers.
const SPINS: &str = r#"(component
    (core module $m (func (export "spin") (loop $again (br $again))))
    (core instance $i (instantiate $m))
    (func (export "spin") (canon lift (core func $i "spin"))))"#;

/// A tool that works for some epochs.
const WORKS: &str = r#"(component
    (core module $m (func (export "work") (result i32) (local $left i32)
        (local.set $left (i32.const 50000000))
        (loop $again (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (i32.const 7)))
    (core instance $i (instantiate $m))
    (func (export "work") (result u32) (canon lift (core func $i "work"))))"#;

fn agent_calls(acts: &str) -> String {
    format!(
        "workflow: w\nsteps:\n  only:\n    agent: acts\n    input: {{ acts: [ {acts} ] }}\noutput: ${{{{ steps.only.output }}}}\n"
    )
}

fn with_crm(workflow: &str) -> Scratch {
    let facts = "[tools.\"contacts.get\"]\neffect = \"read\"\n[asks]\nstate = [\"agent\"]\n";
    Scratch::new(workflow).agent("acts", CALLS_CRM, ASKS_CRM).tool("crm", "grants = { state = [\"agent\"] }", facts)
}

const UPSERT: &str =
    "{ act: call, tool: crm/contacts.upsert, arguments: { client: { name: Ada, kind: person, country: DE } } }";

const GET: &str = "{ act: call, tool: crm/contacts.get, arguments: { id: C-0 } }";

fn steps(ending: &Ending) -> Value {
    serde_json::to_value(&ending.steps).unwrap()
}

#[tokio::test]
async fn what_nested_invocations_use_is_counted_while_the_run_goes_on_as_when_it_is_read() {
    let scratch = with_crm(&agent_calls(&format!("{GET}, {GET}")));
    let desk = Desk::new(scratch.path()).unwrap();
    let live = desk.run(&json!({})).await.unwrap();
    assert_eq!(live.outcome, "completed", "{:?}", live.error);
    assert_eq!(steps(&live), steps(&desk.story(&live.run).await.ending()));
}

#[tokio::test]
async fn nested_invocations_use_no_more_than_is_left_and_are_read_as_they_were() {
    let workflow = "workflow: w
budget: { calls: 3 }
steps:
  first:
    agent: acts
    input: { acts: [ UPSERT, UPSERT ] }
  second:
    needs: [first]
    agent: acts
    input: { acts: [] }
"
    .replace("UPSERT", UPSERT);
    let scratch = with_crm(&workflow);
    let desk = Desk::new(scratch.path()).unwrap();
    let live = desk.run(&json!({})).await.unwrap();
    let calls: u64 = live.steps.iter().map(|step| step.usage.host_calls).sum();
    assert!(calls <= 3, "{:?}", live.steps);
    let read = desk.story(&live.run).await.ending();
    assert_eq!((read.outcome, steps(&read)), (live.outcome, steps(&live)));
}

#[tokio::test]
async fn tools_that_only_agents_call_are_kept_for_a_run_that_waits() {
    let workflow = "workflow: w
steps:
  ask: { approve: { question: Go on? } }
  call:
    needs: [ask]
    agent: acts
    input: { acts: [ { act: tools }, GET ] }
output: ${{ steps.call.output }}
"
    .replace("GET", GET);
    let scratch = with_crm(&workflow);
    let desk = Desk::new(scratch.path()).unwrap();
    let parked = desk.run(&json!({})).await.unwrap();
    assert_eq!(parked.outcome, "parked", "{:?}", parked.error);
    let ending = desk.answer(&parked.run, "ask", baton_tests::approval("anybody", None)).await.unwrap();
    let told = ending.output.unwrap_or_else(|| panic!("{:?}", ending.error));
    assert_eq!(told[0], json!(["crm/contacts.get", "crm/contacts.remove", "crm/contacts.upsert"]));
    assert_eq!(told[1], json!({ "ok": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invocation_that_is_stopped_ends_those_it_waits_for() {
    let calls = "{ act: call-all, tool: spins/spin, arguments: [ {}, {} ] }";
    let scratch = Scratch::new(&agent_calls(calls))
        .agent("acts", "grants = { tools = [\"spins/*\"] }\nlimits = { wall = \"300ms\" }", "tools = [\"spins/*\"]\n")
        .plugin(
            "spins",
            &wat::parse_str(SPINS).unwrap(),
            "[tools.spin]\neffect = \"none\"\n",
            "limits = { fuel = \"100G\" }",
        );
    let desk = Desk::new(scratch.path()).unwrap();
    let ending = desk.run(&json!({})).await.unwrap();
    let ids: Vec<String> = desk.outcomes(&ending.run).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 3, "each ends once: {ids:?}");
    assert_eq!(ids.last().unwrap(), "only#1", "the caller ends last");
}

/// The same run once more, in a new store, as a host left it that died after some entries.
pub(super) async fn cut(from: &dyn Store, entries: &[Entry], store: &dyn Store) -> RunId {
    let Event::RunStarted(header) = &entries[0].event else { panic!("a run begins with its header") };
    for pin in &header.plugins {
        store.put_blob(from.blob(pin.component).await.unwrap()).await.unwrap();
    }
    let run = RunId::new(entries[0].at, 1);
    let (claim, _) = store.create(run.clone(), entries[0].at, entries[0].event.clone()).await.unwrap();
    for entry in &entries[1..] {
        store.append(&claim, entry.at, entry.event.clone()).await.unwrap();
    }
    store.release(claim).await.unwrap();
    run
}

#[tokio::test]
async fn an_agent_that_goes_on_after_its_deadline_can_still_call_tools() {
    let scratch = Scratch::new(&agent_calls("{ act: call, tool: works/work, arguments: {} }"))
        .agent("acts", "grants = { tools = [\"works/*\"] }", "tools = [\"works/*\"]\n")
        .plugin("works", &wat::parse_str(WORKS).unwrap(), "[tools.work]\neffect = \"none\"\n", "");
    let whole: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let desk = Desk::over(scratch.path(), Arc::clone(&whole)).unwrap();
    let run = desk.run(&json!({})).await.unwrap().run;
    let mut begun: Vec<Entry> = whole.entries(run).await.unwrap().into_iter().take(2).collect();
    let Event::InvocationStarted { deadline, .. } = &mut begun[1].event else { panic!("{:?}", begun[1]) };
    *deadline = Timestamp(1);
    let rest: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let run = cut(whole.as_ref(), &begun, rest.as_ref()).await;
    let next = Desk::over(scratch.path(), rest).unwrap();
    let ending = next.host.resume(&run, &next.project, Arc::new(Silent)).await.unwrap();
    assert_eq!(ending.output, Some(json!([{ "ok": 7 }])), "{:?}", ending.error);
}

#[tokio::test]
async fn a_call_of_which_only_the_intent_is_left_may_have_been_made() {
    let remove = "{ act: call, tool: crm/contacts.remove, arguments: { id: C-0 } }";
    let scratch = Scratch::new(&agent_calls(remove)).agent("acts", CALLS_CRM, ASKS_CRM).tool(
        "crm",
        "grants = { state = [\"agent\"] }\non_unknown = \"fail\"",
        "[tools.\"contacts.remove\"]\neffect = \"write\"\nidempotent = false\n[asks]\nstate = [\"agent\"]\n",
    );
    let whole: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let run = Desk::over(scratch.path(), Arc::clone(&whole)).unwrap().run(&json!({})).await.unwrap().run;
    let entries = whole.entries(run).await.unwrap();
    let intent = entries.iter().position(|entry| matches!(entry.event, Event::HostCallStarted { .. })).unwrap();
    let rest: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let run = cut(whole.as_ref(), &entries[..=intent], rest.as_ref()).await;
    let next = Desk::over(scratch.path(), rest).unwrap();
    let ending = next.host.resume(&run, &next.project, Arc::new(Silent)).await.unwrap();
    let told = ending.output.unwrap_or_else(|| panic!("{:?}", ending.error)).to_string();
    assert!(told.contains("nobody knows whether it took effect"), "{told}");
    let entries = next.story(&run).await.entries().to_vec();
    let intents = entries.iter().filter(|entry| matches!(entry.event, Event::HostCallStarted { .. })).count();
    assert_eq!(intents, 1, "an intent is written once");
    let nested = next.outcomes(&run).await.into_iter().find(|(id, _)| id == "only#1/0");
    assert!(matches!(nested, Some((_, Outcome::Failed { .. }))), "{nested:?}");
}
