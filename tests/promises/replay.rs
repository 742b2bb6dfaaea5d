//! A run that happened can be made once more from its journal alone, and comes out the same to the last bit.

use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Entry, Event, Payload, Store};
use baton_runtime::replay::Verdict;
use baton_runtime::{Replay, Story};
use baton_store::MemoryStore;
use baton_tests::{Desk, Scratch, approval, example, guest};
use serde_json::json;

use super::nested::cut;

const WORKFLOW: &str = r#"
workflow: w
steps:
  first:
    agent: acts
    input: { acts: [ { act: random }, { act: now }, { act: swap, scope: run, key: n, expected: null, value: 1 },
      { act: set-budget, scope: run, key: left }, { act: log, message: one },
      { act: call, tool: crm/contacts.upsert, arguments: { client: { name: Ada, kind: person, country: DE } } },
      { act: get, scope: run, key: n } ] }
  second:
    needs: [first]
    agent: acts
    input: { acts: [ { act: fail, case: declined, text: no } ] }
    on_failure: { continue: null }
  third:
    needs: [second]
    agent: loops
    budget: { fuel: 10M }
    on_failure: { continue: null }
"#;

fn project() -> Scratch {
    let facts = "[tools.\"contacts.upsert\"]\neffect = \"write\"\nidempotent = true\n[asks]\nstate = [\"agent\"]\n";
    let grants = "grants = { state = [\"run\"], tools = [\"crm/*\"] }";
    Scratch::new(WORKFLOW)
        .agent("acts", grants, "state = [\"run\"]\ntools = [\"crm/*\"]\n")
        .agent("loops", "", "")
        .tool("crm", "grants = { state = [\"agent\"] }", facts)
}

/// The replay of the same run with another past.
async fn replayed(desk: &Desk, store: &dyn Store, entries: &[Entry]) -> Replay {
    let other: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let run = cut(store, entries, other.as_ref()).await;
    let host = Desk::over(desk.project.folder(), Arc::clone(&other)).unwrap().host;
    let story = Story::of(run.clone(), other.entries(run).await.unwrap()).unwrap();
    let components = host.components(&story).await.unwrap();
    host.replay(&story, &components, |_| {}).await.unwrap()
}

#[tokio::test]
async fn a_run_is_replayed_from_its_journal_alone_and_what_is_forged_is_found() {
    let scratch = project();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let desk = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
    let run = desk.run(&json!({})).await.unwrap().run;
    let entries = store.entries(run).await.unwrap();
    let replay = replayed(&desk, store.as_ref(), &entries).await;
    let verdicts: Vec<_> = replay.invocations.iter().map(|one| (one.invocation.to_string(), &one.verdict)).collect();
    assert_eq!(verdicts.len(), 3, "tools are not replayed: {verdicts:?}");
    assert!(replay.is_same() && verdicts.iter().all(|(_, verdict)| **verdict == Verdict::Same), "{verdicts:?}");

    let forge = |change: fn(&mut Event)| {
        let mut entries = entries.clone();
        entries.iter_mut().for_each(|entry| change(&mut entry.event));
        entries
    };
    let other_call = forge(|event| {
        if let Event::HostCall { sequence: 0, request, .. } = event {
            *request = Payload::text("{}");
        }
    });
    let other_reply = forge(|event| {
        if let Event::HostCall { operation, reply, .. } = event
            && operation == "tools.call"
        {
            *reply = Payload::text(reply.as_str().unwrap().replace("C-", "X-"));
        }
    });
    let other_fuel = forge(|event| {
        if let Event::InvocationEnded { usage, .. } = event {
            usage.fuel += 1;
        }
    });
    let no_call = forge(|_| {});
    let last = no_call.iter().rposition(|entry| matches!(entry.event, Event::HostCall { .. })).unwrap();
    let no_call = [&no_call[..last], &no_call[last + 1..]].concat();
    let first = async |entries: &[Entry]| replayed(&desk, store.as_ref(), entries).await.invocations[0].verdict.clone();
    let mut other_engine = entries.clone();
    if let Event::RunStarted(header) = &mut other_engine[0].event {
        header.engine = "wasmtime 1".to_owned();
    }
    assert_eq!(replayed(&desk, store.as_ref(), &other_engine).await.other_engine.as_deref(), Some("wasmtime 1"));
    let [call, reply, fuel, none] =
        [first(&other_call).await, first(&other_reply).await, first(&other_fuel).await, first(&no_call).await];
    assert!(matches!(call, Verdict::Diverged { .. }), "{call:?}");
    assert!(matches!(reply, Verdict::Differs { .. }), "{reply:?}");
    assert!(matches!(fuel, Verdict::Differs { .. }), "{fuel:?}");
    assert!(matches!(none, Verdict::Diverged { .. }), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_is_replayed_with_nothing_at_hand_but_its_store() {
    let desk = Desk::new(&example("client-onboarding")).unwrap();
    let parked = desk.run_file("clients/sign-off.json").await;
    let ending = desk.answer(&parked.run, "sign_off", approval("partner", None)).await.unwrap();
    let story = desk.story(&ending.run).await;
    let components = desk.host.components(&story).await.unwrap();
    let replay = desk.host.replay(&story, &components, |_| {}).await.unwrap();
    assert!(replay.is_same() && replay.other_engine.is_none(), "{replay:?}");
    assert!(replay.invocations.iter().all(|one| one.verdict == Verdict::Same), "{replay:?}");
    assert!(replay.invocations.len() >= 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_time_stopped_takes_no_longer_when_it_is_replayed() {
    let workflow =
        "workflow: w\nsteps:\n  only:\n    agent: loops\n    timeout: 50ms\n    on_failure: { continue: null }\n";
    let limits = "limits = { fuel = \"1T\", wall = \"1h\" }";
    let scratch = Scratch::new(workflow).agent("loops", limits, "");
    let desk = Desk::new(scratch.path()).unwrap();
    let run = desk.run(&json!({})).await.unwrap().run;
    let story = desk.story(&run).await;
    let components = desk.host.components(&story).await.unwrap();
    let replay = desk.host.replay(&story, &components, |_| {});
    let replay = tokio::time::timeout(Duration::from_secs(20), replay).await.expect("it takes 50 ms").unwrap();
    assert_eq!(replay.invocations[0].verdict, Verdict::Stopped);
}

#[tokio::test]
async fn another_version_is_held_against_what_was_recorded() {
    let scratch = project();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let desk = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
    let run = desk.run(&json!({})).await.unwrap().run;
    let story = desk.story(&run).await;
    let components = desk.host.components(&story).await.unwrap();
    let other = async |plugin: &str, component: Vec<u8>| {
        let components = components.clone().with(plugin, component);
        desk.host.replay(&story, &components, |_| {}).await
    };
    // A custom section at its end changes no instruction.
    let mut same = guest("acts");
    same.extend([0, 3, 1, b'x', 0]);
    let replay = other("acts", same).await.unwrap();
    assert!(replay.is_same(), "{replay:?}");
    assert!(replay.invocations[0].usage_now.is_some() && replay.invocations[2].usage_now.is_none());
    let replay = other("acts", guest("says_no_json")).await.unwrap();
    assert!(replay.invocations[0].verdict.is_other() && !replay.is_same(), "{replay:?}");
    let error = other("crm", guest("acts")).await.unwrap_err().to_string();
    assert!(error.contains("its agents: acts, loops"), "{error}");
}

#[tokio::test]
async fn a_trace_has_the_fuel_at_each_call() {
    let scratch = project();
    let desk = Desk::new(scratch.path()).unwrap();
    let story = desk.story(&desk.run(&json!({})).await.unwrap().run).await;
    let components = desk.host.components(&story).await.unwrap();
    let replay = desk.host.replay(&story, &components, |_| {}).await.unwrap();
    let first = &replay.invocations[0];
    let calls = story
        .entries()
        .iter()
        .filter(|entry| matches!(&entry.event, Event::HostCall { invocation, .. } if *invocation == first.invocation));
    assert_eq!(first.fuel.len(), calls.count());
    assert!(first.fuel.is_sorted() && first.fuel.iter().all(|fuel| (1..first.usage.fuel).contains(fuel)), "{first:?}");
}
