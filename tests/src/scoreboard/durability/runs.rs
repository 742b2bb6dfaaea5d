//! What runs cost while they run, and what it takes to read them back.

use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Entry, Event, InvocationId, Outcome, Payload, Store, Tape};
use baton_runtime::{Silent, workflow};
use baton_store::SqliteStore;
use serde_json::json;
use tempfile::TempDir;

use super::{Reading, median, now, project};
use crate::{Bench, Call, Desk, guest};

/// Steps of the chain.
const STEPS: u32 = 100;
/// Items of the fan-out.
const ITEMS: u64 = 1_000;
/// Host calls of the agent that comes back.
const CALLS: u32 = 10_000;
/// How often each is measured.
const TIMES: usize = 15;

pub(super) async fn readings() -> Vec<Reading> {
    let (step, flushes, bytes) = chain().await;
    let (reading, linear) = reading_back().await;
    vec![
        Reading::time("a step of a hundred, one after the other", Duration::from_micros(60), step),
        Reading::at_most("flushes of such a run", 2, flushes, ""),
        Reading::at_most("journal of a step, without payloads", 200, bytes, "bytes"),
        Reading::time("a thousand steps at the same time, and their join", Duration::from_millis(50), fan_out().await),
        Reading::at_least("entries read back and applied", 500, reading / 1_000, "k/s"),
        Reading::at_most("the same for ten times as many, in hundredths", 150, linear, ""),
        Reading::time("an agent of 10,000 calls is back", Duration::from_millis(30), agent().await),
    ]
}

fn file() -> (TempDir, SqliteStore) {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path().join("store.db")).unwrap();
    (folder, store)
}

/// The time of a step, the flushes of the run, the bytes of a step.
async fn chain() -> (Duration, u64, u64) {
    let scratch = project::chain(STEPS as usize);
    let (_folder, store) = file();
    let store = Arc::new(store);
    let desk = Desk::over(scratch.path(), Arc::clone(&store) as Arc<dyn Store>).unwrap();
    timed(&desk, &json!({})).await;
    let before = store.flushes();
    timed(&desk, &json!({})).await;
    let flushes = store.flushes() - before;
    let run = store.runs(1).await.unwrap()[0].run.clone();
    let entries = store.entries(run).await.unwrap();
    let took = median(TIMES, async || timed(&desk, &json!({})).await).await;
    (took / STEPS, flushes, bytes_of_a_step(&entries))
}

/// Of the entries of a step: bodies and digests, without what a plugin was given and said.
fn bytes_of_a_step(entries: &[Entry]) -> u64 {
    let of = |entry: &Entry| {
        let payload = match &entry.event {
            Event::InvocationStarted { input, .. } => input.bytes(),
            Event::InvocationEnded { outcome: Outcome::Completed { output }, .. } => output.bytes(),
            _ => return 0,
        };
        entry.body().len() as u64 + 32 - payload
    };
    entries.iter().map(of).sum::<u64>() / u64::from(STEPS)
}

/// The time of a run alone, driven in a task, as the program does it: whoever drives one from outside the runtime's threads
/// is woken at each step.
async fn timed(desk: &Desk, input: &serde_json::Value) -> Duration {
    let plan = workflow::plan(&desk.project, &desk.plugins).unwrap();
    let (host, plugins, input) = (desk.host.clone(), desk.plugins.clone(), input.clone());
    let started = now();
    let run = tokio::spawn(async move { host.start(plan, &plugins, &input, Arc::new(Silent)).await });
    let ending = run.await.unwrap().unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    started.elapsed()
}

async fn fan_out() -> Duration {
    let scratch = project::fan_out();
    let (_folder, store) = file();
    let desk = Desk::over(scratch.path(), Arc::new(store)).unwrap();
    let input = json!((0..ITEMS).collect::<Vec<_>>());
    timed(&desk, &input).await;
    median(TIMES, async || timed(&desk, &input).await).await
}

/// Entries a second, and how much longer an entry of a journal ten times as long takes, in hundredths.
async fn reading_back() -> (u64, u64) {
    let scratch = project::fan_out();
    let (_folder, store) = file();
    let desk = Desk::over(scratch.path(), Arc::new(store)).unwrap();
    let mut an_entry = Vec::new();
    for items in [1_000_u64, 10_000] {
        let run = desk.run(&json!((0..items).collect::<Vec<_>>())).await.unwrap().run;
        let entries = desk.story(&run).await.entries().len() as u32;
        let took = median(TIMES, async || {
            let started = now();
            drop(desk.story(&run).await);
            started.elapsed()
        });
        an_entry.push(took.await / entries);
    }
    let nanos = an_entry.iter().map(|time| time.as_nanos().max(1) as u64).collect::<Vec<_>>();
    (1_000_000_000 / nanos[0], nanos[1] * 100 / nanos[0])
}

/// What it takes until an agent that was in the middle of its work is where it was.
async fn agent() -> Duration {
    let bench = Bench::new().await;
    let loaded = bench.load(&guest("acts"));
    let acts = json!({ "acts": [{ "act": "count-up", "scope": "run", "key": "n", "times": CALLS }] });
    let call = || Call { input: acts.to_string(), ..calling() };
    let ended = bench.call(&loaded, call()).await.unwrap();
    assert!(matches!(&ended.outcome, Outcome::Completed { output: Payload::Text(text) } if text.contains("10000")));
    let entries = bench.entries().await;
    let id = bench.invocation(call()).id;
    median(TIMES, async || {
        let started = now();
        let again = bench.replay(&loaded, call(), tape(&id, &entries)).await.unwrap();
        assert_eq!(again.usage.fuel, ended.usage.fuel);
        started.elapsed()
    })
    .await
}

fn tape(id: &InvocationId, entries: &[Entry]) -> Tape {
    Tape::of(id, entries)
}

fn calling() -> Call {
    use baton_policy::{Grants, Limits};
    let grants: Grants = serde_json::from_value(json!({ "state": ["run"] })).unwrap();
    let limits = Limits { calls: u64::from(CALLS) + 1, ..Limits::default() };
    Call { grants, limits, ..Call::default() }
}
