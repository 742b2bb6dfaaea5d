//! The host may die between any two writes: the run goes on where it was, an agent to the very call, and comes to the
//! same end as if nothing had happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_journal::{Event, Store};
use baton_runtime::{Ending, Silent};
use baton_store::MemoryStore;
use baton_tests::{Desk, Dying, Scratch};
use serde_json::{Value, json};

use super::nested::cut;

/// Two agents that read, count up and call tools, and a tool of the workflow's own.
const WORKFLOW: &str = r#"
workflow: w
steps:
  first:
    agent: acts
    input: { acts: [
      { act: swap, scope: run, key: n, expected: null, value: 1 }, { act: log, message: one },
      { act: call, tool: crm/contacts.upsert, arguments: { client: { name: Ada, kind: person, country: DE } } },
      { act: swap, scope: run, key: n, expected: 1, value: 2 }, { act: now },
      { act: call-all, tool: crm/contacts.upsert, arguments: [
        { client: { name: Bob, kind: person, country: DE } }, { client: { name: Cyd, kind: person, country: DE } } ] },
      { act: get, scope: run, key: n } ] }
  second:
    needs: [first]
    tool: crm/contacts.upsert
    input: { client: { name: Dan, kind: person, country: DE }, letter: EL-1 }
  third:
    needs: [second]
    agent: acts
    input: { acts: [ { act: get, scope: run, key: n }, { act: swap, scope: run, key: n, expected: 2, value: 3 } ] }
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

/// What the run came to, without the times that its agents saw.
fn result(ending: &Ending) -> Value {
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let mut output = ending.output.clone().unwrap();
    output["first"][4] = Value::Null;
    output
}

async fn invocations(store: &dyn Store, ending: &Ending) -> BTreeMap<String, (u32, u32)> {
    let mut counts = BTreeMap::<String, (u32, u32)>::new();
    for entry in store.entries(ending.run.clone()).await.unwrap() {
        match &entry.event {
            Event::InvocationStarted { invocation, .. } => counts.entry(invocation.to_string()).or_default().0 += 1,
            Event::InvocationEnded { invocation, .. } => counts.entry(invocation.to_string()).or_default().1 += 1,
            _ => {}
        }
    }
    counts
}

#[tokio::test]
async fn a_host_that_dies_at_any_write_is_followed_by_one_that_finishes() {
    let project = project();
    let undisturbed = result(&Desk::new(project.path()).unwrap().run(&json!({})).await.unwrap());
    let mut deaths = 0;
    for writes in 0.. {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let dying: Arc<dyn Store> = Arc::new(Dying::after(writes, Arc::clone(&store)));
        let first = Desk::over(project.path(), dying).unwrap().run(&json!({})).await;
        if first.is_ok() {
            break;
        }
        deaths += 1;
        let run = store.runs(1).await.unwrap()[0].run.clone();
        let next = Desk::over(project.path(), Arc::clone(&store)).unwrap();
        let ending = next.host.resume(&run, &next.project, Arc::new(Silent)).await.unwrap();
        assert_eq!(result(&ending), undisturbed, "died at write {writes}");
        for (invocation, (began, ended)) in invocations(store.as_ref(), &ending).await {
            // A tool is not replayed: one that was at work begins again, under the same name and key.
            assert!(
                ended == 1 && (began == 1 || (began == 2 && invocation.contains('/'))),
                "{writes}: {invocation} {began} {ended}"
            );
        }
    }
    assert!(deaths > 30, "only {deaths} places to die at");
}

#[tokio::test]
async fn a_host_may_die_again_and_again() {
    let project = project();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let dying = |writes| Desk::over(project.path(), Arc::new(Dying::after(writes, Arc::clone(&store)))).unwrap();
    assert!(dying(1).run(&json!({})).await.is_err());
    let run = store.runs(1).await.unwrap()[0].run.clone();
    for _ in 0..100 {
        let desk = dying(3);
        if let Ok(ending) = desk.host.resume(&run, &desk.project, Arc::new(Silent)).await {
            assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
            return;
        }
    }
    panic!("three writes at a time did not bring the run to its end");
}

/// It may ask what is left and tell its host: with other limits it would tell something else.
#[tokio::test]
async fn an_agent_that_goes_on_has_the_limits_that_it_began_with() {
    const LIMITS: &str = "limits = { fuel = \"2G\", memory = \"32MiB\", calls = 100, bytes = \"1MiB\" }";
    let scratch = Scratch::new(
        "workflow: w
steps:
  only:
    agent: acts
    input: { acts: [ { act: set-budget, scope: run, key: a }, { act: set-budget, scope: run, key: b } ] }
output: ${{ steps.only.output }}
",
    )
    .agent("acts", &format!("grants = {{ state = [\"run\"] }}\n{LIMITS}"), "state = [\"run\"]\n");
    let whole: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let run = Desk::over(scratch.path(), Arc::clone(&whole)).unwrap().run(&json!({})).await.unwrap().run;
    let entries = whole.entries(run).await.unwrap();
    let first = entries.iter().position(|entry| matches!(entry.event, Event::HostCall { .. })).unwrap();
    let rest: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let run = cut(whole.as_ref(), &entries[..=first], rest.as_ref()).await;
    let file = scratch.path().join("baton.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(LIMITS));
    std::fs::write(&file, text.replace(LIMITS, "limits = { fuel = \"1G\", memory = \"16MiB\", calls = 50 }")).unwrap();
    let next = Desk::over(scratch.path(), Arc::clone(&rest)).unwrap();
    let ending = next.host.resume(&run, &next.project, Arc::new(Silent)).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let usage = |entries: &[baton_journal::Entry]| {
        let ended = entries.iter().find_map(|entry| match &entry.event {
            Event::InvocationEnded { usage, .. } => Some((usage.fuel, usage.host_calls, usage.bytes)),
            _ => None,
        });
        ended.unwrap()
    };
    assert_eq!(usage(&rest.entries(run).await.unwrap()), usage(&entries));
}
