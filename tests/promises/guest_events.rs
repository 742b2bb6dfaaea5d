//! A guest emits events: to whom it is granted, once for each call, and never in a replay.

use std::sync::Arc;

use baton_journal::{Event, Limit, Outcome, Published, RunStatus, Source, Store};
use baton_runtime::{Ending, Error, Forking, Silent, workflow};
use baton_store::MemoryStore;
use baton_tests::{Desk, Dying, Scratch, guest};
use serde_json::{Value, json};

use super::events::Place;

const ALONE: &str =
    "workflow: w\nsteps:\n  only:\n    agent: acts\n    input: ${{ input }}\noutput: ${{ steps.only.output }}\n";

const ASKS: &str = "events = [\"emit order.*\"]\nstate = [\"run\"]\ntools = [\"deputy/*\"]\n";

fn project(workflow: &str, grants: &str) -> Scratch {
    let grants = format!("grants = {{ state = [\"run\"], tools = [\"deputy/*\"], {grants} }}");
    let deputy = "[tools.\"acting.act\"]\neffect = \"write\"\nidempotent = true\n[asks]\nevents = [\"emit *\"]\n";
    Scratch::new(workflow).agent("acts", &grants, ASKS).plugin(
        "deputy",
        &guest("deputy"),
        deputy,
        "grants = { events = [\"emit *\"] }",
    )
}

const MAY_EMIT: &str = "events = [\"emit order.*\"]";

fn emit(event: &str, data: Value) -> Value {
    json!({ "act": "emit", "event": event, "data": data })
}

fn count() -> Value {
    json!({ "act": "increment", "scope": "run", "key": "n", "by": 1 })
}

fn output(ending: &Ending) -> &Value {
    ending.output.as_ref().unwrap_or_else(|| panic!("{} {:?}", ending.outcome, ending.error))
}

fn open(scratch: &Scratch) -> (Arc<dyn Store>, Desk) {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    (Arc::clone(&store), Desk::over(scratch.path(), store).unwrap())
}

async fn published(store: &dyn Store) -> Vec<Published> {
    store.published(0, 999).await.unwrap()
}

#[tokio::test]
async fn what_an_agent_emits_is_heard_by_a_run_that_waits_and_begins_others() {
    let listens = "workflow: w\nsteps: { paid: { wait: { event: order.paid, if: event.data.id == 7, timeout: 2d } } }\n\
                   output: ${{ steps.paid.output.by }}\n";
    let emits =
        "workflow: emits\non: [{ event: order.go }]\nsteps:\n  only: { agent: acts, input: \"${{ input }}\" }\n";
    let also = "workflows = [\"emits.workflow.yaml\", \"begun.workflow.yaml\"]\n";
    let begun = "workflow: begun\non: [{ event: order.paid }]\nsteps: { rest: { wait: { timer: 1d } } }\n";
    let scratch = project(listens, MAY_EMIT).file("emits.workflow.yaml", emits).file("begun.workflow.yaml", begun);
    let text = std::fs::read_to_string(scratch.path().join("baton.toml")).unwrap();
    let place = Place::of(scratch.file("baton.toml", format!("{also}{text}")));
    place.serve_first().await;
    let waiting = place.start().await;
    assert_eq!(waiting.outcome, "parked");
    let acts = json!([emit("order.paid", json!({ "id": 6 })), emit("order.paid", json!({ "id": 7, "by": "Ada" }))]);
    place.emit("order.go", json!({ "acts": acts })).await;
    place.serve().await;
    assert_eq!(place.desk.story(&waiting.run).await.ending().output, Some(json!("Ada")));
    let runs = place.store.runs(9).await.unwrap();
    assert_eq!(runs.iter().filter(|run| run.workflow == "begun" && run.status == RunStatus::Parked).count(), 2);
    let emitter = runs.iter().find(|run| run.workflow == "emits").unwrap();
    let events = published(place.store.as_ref()).await;
    assert_eq!(events[1].publication.source, Source::Run(emitter.run.clone()));
}

#[tokio::test]
async fn what_is_not_granted_is_denied_with_the_line_that_allows_it() {
    let scratch = project(ALONE, "events = [\"emit order.paid\"]");
    let (store, desk) = open(&scratch);
    let deputy = |event: &str| {
        let acts = json!([emit(event, json!(1))]).to_string();
        json!({ "act": "call", "tool": "deputy/acting.act", "arguments": { "acts": acts } })
    };
    let wait = json!({ "act": "wait", "event": "order.paid", "having": [], "within_ms": 1_000 });
    let acts = json!([
        emit("order.paid", json!(1)),
        emit("order.lost", json!(1)),
        emit("stock.low", json!(1)),
        emit("webhook:order", json!(1)),
        wait,
        deputy("order.paid"),
        deputy("order.lost"),
    ]);
    let ending = desk.run(&json!({ "acts": acts })).await.unwrap();
    let told: Vec<String> = output(&ending).as_array().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(told[0], r#"{"ok":null}"#);
    assert!(told[1].contains("asked for in its plugin.toml but not granted"), "{}", told[1]);
    assert!(told[1].contains("emit order.lost") && told[2].contains("emit stock.low"), "{told:#?}");
    assert!(told[3].contains("there is no such thing") && told[4].contains("wait order.paid"), "{told:#?}");
    assert!(
        told[5].contains("null") && told[6].contains("may not use events to emit `order.lost` for `acts`"),
        "{told:#?}"
    );
    let names: Vec<String> = published(store.as_ref()).await.into_iter().map(|event| event.publication.name).collect();
    assert_eq!(names, ["order.paid", "order.paid"]);
}

#[tokio::test]
async fn what_is_no_event_is_refused_and_recorded() {
    let scratch = project(ALONE, MAY_EMIT);
    let (store, desk) = open(&scratch);
    let text = |text: &str| json!({ "act": "emit-text", "event": "order.paid", "text": text });
    let (most, more) = (format!("\"{}\"", "x".repeat((1 << 20) - 2)), format!("\"{}\"", "x".repeat((1 << 20) - 1)));
    let acts = json!([text("{"), text(&more), text(&most)]);
    let ending = desk.run(&json!({ "acts": acts })).await.unwrap();
    let told = output(&ending);
    assert!(told[0]["err"].as_str().unwrap().contains("not JSON"), "{told}");
    assert!(told[1]["err"].as_str().unwrap().contains("at most 1048576 bytes, not 1048577"), "{told}");
    assert_eq!(told[2], json!({ "ok": null }));
    assert_eq!(published(store.as_ref()).await.len(), 1);
    let story = desk.story(&ending.run).await;
    let recorded = story
        .entries()
        .iter()
        .filter(|entry| matches!(&entry.event, Event::HostCall { operation, .. } if operation == "events.emit"));
    assert_eq!(recorded.count(), 3, "each call is a call, whatever comes of it");
}

#[tokio::test]
async fn each_emission_costs_a_call_and_its_bytes() {
    let used = async |acts: Value| {
        let scratch = project(ALONE, MAY_EMIT);
        let (_, desk) = open(&scratch);
        desk.run(&json!({ "acts": acts })).await.unwrap().steps[0].usage
    };
    let (one, large) = (emit("order.paid", json!("")), emit("order.paid", json!("x".repeat(1_000))));
    let (none, small, more) = (used(json!([])).await, used(json!([one])).await, used(json!([large])).await);
    assert_eq!((none.host_calls, small.host_calls, more.host_calls), (0, 1, 1));
    assert!(more.bytes >= small.bytes + 2_000, "its input and its request: {} {}", small.bytes, more.bytes);
    let limited = "limits = { bytes = \"2KiB\", payload = \"4KiB\" }\ngrants = { events = [\"emit order.*\"] }";
    let scratch = Scratch::new(ALONE).agent("acts", limited, "events = [\"emit order.*\"]\n");
    let (store, desk) = open(&scratch);
    let three = vec![emit("order.paid", json!("x".repeat(900))); 3];
    let ending = desk.run(&json!({ "acts": three })).await.unwrap();
    let how = desk.outcomes(&ending.run).await[0].1.clone();
    assert!(matches!(how, Outcome::Exhausted { limit: Limit::Bytes, .. }), "{how:?}");
    assert!(published(store.as_ref()).await.len() < 3);
}

#[tokio::test]
async fn who_emits_the_same_again_and_again_is_in_a_loop() {
    let scratch = project(ALONE, MAY_EMIT);
    let (store, desk) = open(&scratch);
    let ending = desk.run(&json!({ "acts": vec![emit("order.paid", json!(1)); 120] })).await.unwrap();
    assert!(
        matches!(&desk.outcomes(&ending.run).await[0].1, Outcome::Exhausted { message, .. } if message.contains("a loop"))
    );
    assert_eq!(published(store.as_ref()).await.len(), 101);
}

#[tokio::test]
async fn neither_a_replay_nor_what_a_fork_takes_over_emits() {
    let workflow = "workflow: w\nsteps:\n  first: { agent: acts, input: { acts: [{ act: emit, event: order.first, data: 1 }] } }\n  \
                    second: { needs: [first], agent: acts, input: { acts: [{ act: emit, event: order.second, data: 2 }] } }\n";
    let scratch = project(workflow, MAY_EMIT);
    let (store, desk) = open(&scratch);
    let ending = desk.run(&Value::Null).await.unwrap(); // it is verified
    assert_eq!(published(store.as_ref()).await.len(), 2);
    let forking = Forking { step: "second".to_owned(), ..Forking::default() };
    let forked = desk.host.fork(&desk.story(&ending.run).await, &forking, &desk.plugins).await.unwrap();
    desk.host.resume(&forked.run, &desk.project, Arc::new(Silent)).await.unwrap();
    let names: Vec<String> = published(store.as_ref()).await.into_iter().map(|event| event.publication.name).collect();
    assert_eq!(
        names,
        ["order.first", "order.second", "order.second"],
        "the step that is done once more emits once more"
    );
}

#[tokio::test]
async fn another_attempt_emits_nothing_twice() {
    let workflow = "workflow: w\nsteps:\n  only:\n    agent: acts\n    input: ${{ input }}\n    check: [\"output[0].ok >= 3\"]\n    \
                    retry: { max: 3, backoff: 1ms }\n";
    let scratch = project(workflow, MAY_EMIT);
    let (store, desk) = open(&scratch);
    let ending = desk.run(&json!({ "acts": [count(), emit("order.paid", json!(7))] })).await.unwrap();
    assert_eq!((ending.outcome, ending.steps[0].attempts), ("completed", 3));
    assert_eq!(published(store.as_ref()).await.len(), 1);
}

async fn to_the_end(desk: &Desk, store: &dyn Store) -> Result<Ending, Error> {
    let run = store.runs(1).await.unwrap()[0].run.clone();
    desk.host.resume(&run, &desk.project, Arc::new(Silent)).await
}

#[tokio::test]
async fn a_host_that_dies_at_any_write_emits_each_event_once() {
    let scratch = project(ALONE, MAY_EMIT);
    let deputy = json!([emit("order.shipped", json!(1)), emit("order.shipped", json!(2))]).to_string();
    let acts = json!([
        emit("order.paid", json!(1)),
        count(),
        { "act": "call", "tool": "deputy/acting.act", "arguments": { "acts": deputy } },
        emit("order.paid", json!(1)),
    ]);
    let mut deaths = 0;
    for writes in 0.. {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let desk = Desk::over(scratch.path(), Arc::new(Dying::after(writes, Arc::clone(&store)))).unwrap();
        let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
        let begun = desk.host.start(plan, &desk.plugins, &json!({ "acts": acts }), Arc::new(Silent)).await;
        let next = Desk::over(scratch.path(), Arc::clone(&store)).unwrap();
        if let Err(error) = &begun {
            deaths += 1;
            let ending = to_the_end(&next, store.as_ref()).await.unwrap();
            assert_eq!(ending.outcome, "completed", "{error}, and then {:?}", ending.error);
        }
        let events: Vec<(String, String)> = published(store.as_ref())
            .await
            .into_iter()
            .map(|event| (event.publication.name, event.publication.data.as_str().unwrap().to_owned()))
            .collect();
        let expect = [("order.paid", "1"), ("order.shipped", "1"), ("order.shipped", "2"), ("order.paid", "1")];
        assert_eq!(events, expect.map(|(name, data)| (name.to_owned(), data.to_owned())), "died at write {writes}");
        if begun.is_ok() {
            break;
        }
    }
    assert!(deaths > 15, "only {deaths} places to die at");
}
