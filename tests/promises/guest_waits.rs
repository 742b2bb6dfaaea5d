//! An agent waits for events from its own code: the run is parked, and what comes brings the agent back to this very call.

use std::sync::Arc;

use baton_journal::{Event, Payload, RunStatus, Store};
use baton_runtime::{Ending, Silent, verify, workflow};
use baton_store::{MemoryStore, SqliteStore};
use baton_tests::{Copy, Desk, Dying, Scratch, guest};
use serde_json::{Value, json};

use super::events::{DAY, Place};
use super::verify::forged;

const ALONE: &str =
    "workflow: w\nsteps:\n  only:\n    agent: boss\n    input: ${{ input }}\noutput: ${{ steps.only.output }}\n";

fn project(workflow: &str) -> Scratch {
    let asks =
        "[agent]\n[asks]\nagents = [\"writer\"]\nevents = [\"wait order.*\", \"emit order.*\"]\nstate = [\"run\"]\n";
    let grants = "grants = { state = [\"run\"], agents = [\"writer\"], events = [\"wait order.*\", \"emit order.*\"] }";
    let add = |scratch: Scratch, name: &str| scratch.plugin(name, &guest("acts"), asks, grants);
    ["boss", "writer"].into_iter().fold(Scratch::new(workflow), add)
}

/// Waits two days for the payment of an order.
fn wait(id: u32) -> Value {
    json!({ "act": "wait", "event": "order.paid", "having": [["/order/id", id]], "within_ms": 2 * DAY })
}

fn any() -> Value {
    json!({ "act": "wait", "event": "order.paid", "having": [], "within_ms": 2 * DAY })
}

fn count() -> Value {
    json!({ "act": "increment", "scope": "run", "key": "n", "by": 1 })
}

fn paid(id: u32) -> Value {
    json!({ "order": { "id": id }, "by": "Ada" })
}

fn output(ending: &Ending) -> &Value {
    ending.output.as_ref().unwrap_or_else(|| panic!("{} {:?}", ending.outcome, ending.error))
}

fn awaited(ending: &Ending) -> Vec<(&str, Option<&str>)> {
    assert_eq!(ending.outcome, "parked", "{:?}", ending.error);
    let mut awaited: Vec<_> = ending.awaits.iter().map(|wait| (wait.step.as_str(), wait.event.as_deref())).collect();
    awaited.sort_unstable(); // items are suspended in any order
    awaited
}

async fn holds(desk: &Desk, ending: &Ending) -> bool {
    let story = desk.story(&ending.run).await;
    let components = desk.host.components(&story).await.unwrap();
    verify(desk.host.sandbox(), &components, &story, |_| {}).await.unwrap().holds()
}

#[tokio::test]
async fn the_event_brings_an_agent_back_to_the_very_call_though_its_process_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let open = || Arc::new(SqliteStore::open(folder.path().join("store.db")).unwrap());
    let mut place = Place::over(project(ALONE), open());
    let acts = json!([count(), { "act": "random" }, wait(7), count(), wait(8)]);
    let parked = place.start_with(&json!({ "acts": acts })).await;
    assert_eq!(awaited(&parked), [("only#1/1", Some("order.paid"))]);
    assert_eq!(parked.steps[0].outcome, "sleeping");
    place.restart(open());
    assert_eq!(place.emit("order.paid", paid(6)).await, 0, "the filter is of another order");
    assert_eq!(place.emit("order.paid", paid(8)).await, 0);
    assert_eq!(place.resume(&parked).await.outcome, "parked");
    place.restart(open());
    assert_eq!(place.emit("order.paid", paid(7)).await, 1);
    place.pass(DAY);
    let ending = place.resume(&parked).await;
    let told = output(&ending);
    assert_eq!((&told[2]["ok"], &told[4]["ok"]), (&paid(7), &paid(8)), "one came before it was waited for");
    assert_eq!((&told[0]["ok"], &told[3]["ok"]), (&json!(1), &json!(2)), "nothing was done twice");
    assert!(holds(&place.desk, &ending).await);
}

#[test]
fn each_command_is_a_process_of_its_own() {
    let copy = Copy::from(project(ALONE).path());
    let baton = |arguments: &[&str], code: i32| {
        let output = copy.baton(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let input = json!({ "acts": [count(), wait(7), count()] }).to_string();
    std::fs::write(copy.path().join("input.json"), input).unwrap();
    baton(&["run", ".", "--input", "input.json"], 3);
    let story = baton(&["show", "last"], 0);
    assert!(story.contains("no answer yet: the run waits for it") && !story.contains("the host died"), "{story}");
    baton(&["emit", "order.paid", "--data", &paid(6).to_string()], 0);
    baton(&["resume", "last"], 3);
    baton(&["emit", "order.paid", "--expect", "--data", &paid(7).to_string()], 0);
    let ending: Value = serde_json::from_str(&baton(&["resume", "last", "-o", "json"], 0)).unwrap();
    assert_eq!(ending["output"], json!([{ "ok": 1 }, { "ok": paid(7) }, { "ok": 2 }]));
    baton(&["verify", "last"], 0);
}

#[tokio::test]
async fn a_server_goes_on_with_an_agent_when_its_event_comes() {
    let place = Place::of(project(ALONE));
    let parked = place.start_with(&json!({ "acts": [wait(7)] })).await;
    assert_eq!(place.serve().await, RunStatus::Parked);
    place.emit("order.paid", paid(7)).await;
    assert_eq!(place.serve().await, RunStatus::Completed);
    assert_eq!(place.desk.story(&parked.run).await.ending().output, Some(json!([{ "ok": paid(7) }])));
}

#[tokio::test]
async fn who_waits_in_vain_is_told_nothing_when_the_time_is_over() {
    let place = Place::of(project(ALONE));
    let parked = place.start_with(&json!({ "acts": [wait(7), count()] })).await;
    place.pass(2 * DAY - 1);
    assert_eq!(place.serve().await, RunStatus::Parked);
    place.pass(1);
    assert_eq!(place.serve().await, RunStatus::Completed);
    let ending = place.desk.story(&parked.run).await.ending();
    assert_eq!(output(&ending), &json!([{ "ok": null }, { "ok": 1 }]));
    assert!(holds(&place.desk, &ending).await);
}

#[tokio::test]
async fn no_two_calls_of_a_step_take_the_same_event_and_another_attempt_hears_it_again() {
    let workflow = "workflow: w\nsteps:\n  each:\n    for_each: ${{ input.items }}\n    agent: boss\n    input: ${{ item }}\n    \
        check: [\"size(output) == 2 || output[0].ok >= 2\"]\n    retry: { max: 2, backoff: 1ms }\noutput: ${{ steps.each.output }}\n";
    let place = Place::of(project(workflow));
    let items = json!([{ "acts": [any(), any()] }, { "acts": [count(), any(), count()] }]);
    let parked = place.start_with(&json!({ "items": items })).await;
    assert_eq!(awaited(&parked), [("each[0]#1/0", Some("order.paid")), ("each[1]#1/1", Some("order.paid"))]);
    for id in 1..4 {
        place.emit("order.paid", paid(id)).await;
    }
    let mut ending = place.resume(&parked).await;
    while ending.outcome == "parked" {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        ending = place.resume(&ending).await;
    }
    let told = output(&ending);
    let ids: Vec<&Value> =
        [&told[0][0], &told[0][1], &told[1][1]].iter().map(|told| &told["ok"]["order"]["id"]).collect();
    assert_eq!(ids, [&json!(1), &json!(3), &json!(2)], "the failed attempt's is there again");
}

#[tokio::test]
async fn a_worker_that_waits_parks_its_manager() {
    let place = Place::of(project(ALONE));
    let work = json!({ "act": "delegate-all", "agent": "writer", "share": 40,
        "inputs": [{ "acts": [wait(1), count()] }, { "acts": [wait(2)] }] });
    let parked = place.start_with(&json!({ "acts": [work, count()] })).await;
    assert_eq!(awaited(&parked), [("only#1/0/0", Some("order.paid")), ("only#1/1/0", Some("order.paid"))]);
    place.emit("order.paid", paid(2)).await;
    let parked = place.resume(&parked).await;
    assert_eq!(awaited(&parked), [("only#1/0/0", Some("order.paid"))], "it goes on when both are there");
    place.emit("order.paid", paid(1)).await;
    let ending = place.resume(&parked).await;
    let told = output(&ending);
    assert_eq!((&told[0][0]["ok"][0]["ok"], &told[0][1]["ok"][0]["ok"]), (&paid(1), &paid(2)));
    assert_eq!((&told[0][0]["ok"][1]["ok"], &told[1]["ok"]), (&json!(1), &json!(2)));
    assert!(holds(&place.desk, &ending).await);
}

#[tokio::test]
async fn an_agent_hears_what_it_emits_itself_in_a_process_of_its_own_too() {
    let emit = json!({ "act": "emit", "event": "order.paid", "data": paid(7) });
    let mut spent = Vec::new();
    for is_isolated in [false, true] {
        let scratch = project(ALONE);
        if is_isolated {
            scratch.isolate();
        }
        let place = Place::of(scratch);
        let ending = place.start_with(&json!({ "acts": [emit, wait(7)] })).await;
        assert_eq!(output(&ending)[1]["ok"], paid(7));
        let published = place.store.published(0, 9).await.unwrap();
        assert_eq!(published.len(), 1, "it was begun again, and emitted nothing again");
        spent.push((ending.steps[0].usage.fuel, ending.steps[0].usage.host_calls, ending.steps[0].usage.bytes));
    }
    assert_eq!(spent[0], spent[1]);
}

#[tokio::test]
async fn a_filter_that_nothing_can_fit_is_refused_and_nothing_is_waited_for() {
    let scratch = project(ALONE);
    let desk = Desk::new(scratch.path()).unwrap();
    let with = |key: &str, value: Value| {
        let mut wait = any();
        wait[key] = value;
        wait
    };
    let fields: Vec<Value> = (0..17).map(|number| json!([format!("/{number}"), 1])).collect();
    let acts = json!([
        with("within_ms", json!(999)),
        with("within_ms", json!(31 * DAY)),
        with("having", json!([["order", 7]])),
        with("having", json!([[format!("/{}", "x".repeat(256)), 7]])),
        with("having", json!(fields)),
        with("having", json!([["/text", "x".repeat(16 << 10)]])),
    ]);
    let ending = desk.run(&json!({ "acts": acts })).await.unwrap();
    let told: Vec<&str> = (0..6).map(|at| output(&ending)[at]["err"].as_str().unwrap()).collect();
    assert!(told[..2].iter().all(|told| told.contains("a second to 30 days")), "{told:#?}");
    assert!(told[2..4].iter().all(|told| told.contains("JSON Pointer")), "{told:#?}");
    assert!(told[4..].iter().all(|told| told.contains("at most 16 fields")), "{told:#?}");
    let story = desk.story(&ending.run).await;
    let waited = |event: &Event| matches!(event, Event::Waiting { .. } | Event::HostCallStarted { .. });
    assert!(!story.entries().iter().any(|entry| waited(&entry.event)));
}

#[tokio::test]
async fn a_tool_waits_for_nothing() {
    let asks = "[tools.\"acting.act\"]\n[asks]\nevents = [\"wait order.paid\"]\n";
    let scratch =
        project(ALONE).plugin("deputy", &guest("deputy"), asks, "grants = { events = [\"wait order.paid\"] }");
    let error = Desk::new(scratch.path()).err().unwrap();
    assert!(error.to_string().contains("asks to wait for events, and is a tool"), "{error}");
}

#[tokio::test]
async fn an_event_that_did_not_come_is_found() {
    let place = Place::of(project(ALONE));
    let parked = place.start_with(&json!({ "acts": [wait(7)] })).await;
    place.emit("order.paid", paid(7)).await;
    let ending = place.resume(&parked).await;
    let whole = place.desk.story(&ending.run).await;
    let story = forged(&whole, |event| {
        if let Event::HostCall { reply, .. } = event {
            *reply = Payload::text(reply.as_str().unwrap().replace("Ada", "Eve"));
        }
    });
    let components = place.desk.host.components(&story).await.unwrap();
    let found = verify(place.desk.host.sandbox(), &components, &story, |_| {}).await.unwrap();
    let faults: Vec<&str> = found.faults.iter().map(|fault| fault.what.as_str()).collect();
    assert_eq!(faults, ["an agent was told another event by its call only#1/0 than came"]);
}

/// Brings a run to its end over a store: the payments that it waits for come.
async fn to_the_end(desk: &Desk, store: &dyn Store) -> Result<Ending, baton_runtime::Error> {
    let run = store.runs(1).await.unwrap()[0].run.clone();
    let mut ending = desk.host.resume(&run, &desk.project, Arc::new(Silent)).await?;
    while ending.outcome == "parked" {
        let id = 1 + u32::try_from(store.published(0, 9).await.unwrap().len()).unwrap();
        desk.host.emit("order.paid", &paid(id), "Ada", &[]).await?;
        ending = desk.host.resume(&run, &desk.project, Arc::new(Silent)).await?;
    }
    Ok(ending)
}

#[tokio::test]
async fn a_host_that_dies_at_any_write_takes_each_event_once() {
    let scratch = project(ALONE);
    let work = json!({ "act": "delegate", "agent": "writer", "share": 50, "input": { "acts": [wait(2), count()] } });
    let input = json!({ "acts": [count(), wait(1), work, any()] });
    let mut deaths = 0;
    for writes in 0.. {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let desk = Desk::over(scratch.path(), Arc::new(Dying::after(writes, Arc::clone(&store)))).unwrap();
        let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
        let begun = desk.host.start(plan, &desk.plugins, &input, Arc::new(Silent)).await;
        let ended = if begun.is_ok() { to_the_end(&desk, store.as_ref()).await } else { begun };
        let undisturbed = ended.is_ok();
        deaths += u32::from(!undisturbed);
        let next = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
        let ending = to_the_end(&next, store.as_ref()).await.unwrap();
        let told = output(&ending);
        let ids = [&told[1], &told[2]["ok"][0], &told[3]].map(|told| told["ok"]["order"]["id"].clone());
        assert_eq!(ids, [json!(1), json!(2), json!(3)], "died at write {writes}");
        assert_eq!(told[2]["ok"][1]["ok"], 2, "died at write {writes}");
        assert!(holds(&next, &ending).await, "died at write {writes}");
        if undisturbed {
            break;
        }
    }
    assert!(deaths > 20, "only {deaths} places to die at");
}
