//! The contract suits guests of other languages: the same small agent in Python and in TypeScript behaves alike.
//!
//! Their toolchains are not Rust's, so these run where `BATON_GUESTS` names a folder with `python.wasm` and
//! `typescript.wasm`, which `.ci/run` builds from `plugins/python` and `plugins/typescript`; elsewhere they say so.

use baton_journal::{Failure, Outcome, Payload, Tape};
use baton_policy::Grants;
use baton_tests::{Bench, Call};
use serde_json::{Value, json};

#[expect(clippy::print_stdout, reason = "what was not run must be said")]
fn components() -> Vec<(&'static str, Vec<u8>)> {
    #[expect(clippy::disallowed_methods, reason = "a test may ask where the guests of other languages are")]
    let folder = std::env::var("BATON_GUESTS").ok();
    let Some(folder) = folder else {
        println!("not run: BATON_GUESTS names no folder with guests of other languages");
        return Vec::new();
    };
    let read = |name: &'static str| (name, std::fs::read(format!("{folder}/{name}.wasm")).unwrap());
    vec![read("python"), read("typescript")]
}

fn call(name: &str, grants: &str) -> Call {
    let grants: Grants = serde_json::from_str(grants).unwrap();
    Call { input: json!({ "name": name }).to_string(), grants, ..Call::default() }
}

fn output(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Completed { output: Payload::Text(text) } => serde_json::from_str(text).unwrap(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_agent_of_another_language_works_and_replays() {
    for (language, component) in components() {
        let bench = Bench::new().await;
        let loaded = bench.load(&component);
        assert!(loaded.is_agent() && loaded.functions().is_empty(), "{language}: its toolchain's exports are hidden");
        let granted = call("Ada", r#"{"state": ["agent"]}"#);
        let live = bench.call(&loaded, granted.clone()).await.unwrap();
        let seen = output(&live.outcome);
        assert_eq!((&seen["greeting"], &seen["count"]), (&json!("Good day, Ada."), &json!(1)), "{language}");
        let id = bench.invocation(granted.clone()).id;
        let mut tape = Tape::of(&id, &bench.entries().await);
        tape.record(baton_journal::Timestamp(bench.invocation(granted.clone()).deadline.0 - granted.limits.wall.0));
        let replayed = bench.replay(&loaded, granted, tape).await.unwrap();
        assert_eq!((live.outcome, live.usage.fuel), (replayed.outcome, replayed.usage.fuel), "{language}");
    }
}

#[tokio::test]
async fn failures_of_another_language_keep_their_case() {
    for (language, component) in components() {
        let bench = Bench::new().await;
        let loaded = bench.load(&component);
        let empty = bench.call(&loaded, call("", "{}")).await.unwrap();
        assert_eq!(
            empty.outcome,
            Outcome::Failed { failure: Failure::Invalid("the name is empty".into()) },
            "{language}"
        );
        let denied = bench.call(&loaded, Call { attempt: 2, ..call("Ada", "{}") }).await.unwrap();
        assert!(
            matches!(&denied.outcome, Outcome::Failed { failure: Failure::Declined(text) } if text.contains("not asked for")),
            "{language}: {}",
            denied.outcome
        );
    }
}
