//! An agent is a function of its input and the replies to its host calls.

use baton_journal::{Outcome, Payload, Tape};
use baton_policy::{Fuel, Grants, Limits};
use baton_tests::{Bench, Call, guest};
use serde_json::Value;

fn output(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Completed { output: Payload::Text(text) } => serde_json::from_str(text).unwrap(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn two_invocations_of_the_same_name_see_the_same_world() {
    let (one, two) = (Bench::new().await, Bench::new().await);
    let component = guest("looks_around");
    let first = one.call(&one.load(&component), Call::default()).await.unwrap();
    let second = two.call(&two.load(&component), Call::default()).await.unwrap();
    assert_eq!(output(&first.outcome), output(&second.outcome));
    assert_eq!(first.usage.fuel, second.usage.fuel);
}

#[tokio::test]
async fn another_attempt_draws_other_random_numbers() {
    let bench = Bench::new().await;
    let loaded = bench.load(&guest("looks_around"));
    let first = bench.call(&loaded, Call::default()).await.unwrap();
    let second = bench.call(&loaded, Call { attempt: 2, ..Call::default() }).await.unwrap();
    assert_ne!(output(&first.outcome)["random"], output(&second.outcome)["random"]);
}

#[tokio::test]
async fn an_agent_sees_no_environment_no_files_and_the_time_of_the_run() {
    let bench = Bench::new().await;
    let seen = bench.call(&bench.load(&guest("looks_around")), Call::default()).await.unwrap();
    let mut seen = output(&seen.outcome);
    seen["left"]["fuel"] = Value::Null; // differs with the toolchain that built the guest
    seen["left"]["memory"] = Value::Null;
    insta::assert_json_snapshot!(seen, { ".random" => "[random]", ".order_of_a_hash_map" => "[order]", ".context.run" => "[run]" });
}

#[tokio::test]
async fn a_sleeping_agent_costs_no_time() {
    let bench = Bench::new().await;
    let loaded = bench.load(&guest("sleeps"));
    let hour = Call { input: r#"{"ms": 3600000}"#.to_owned(), ..Call::default() };
    let ended = bench.call(&loaded, hour).await.unwrap();
    assert_eq!(output(&ended.outcome), 3_600_000);
}

#[tokio::test]
async fn a_replay_repeats_every_byte_and_every_unit_of_fuel_and_appends_nothing() {
    let bench = Bench::new().await;
    let loaded = bench.load(&guest("acts"));
    let acts = r#"{"acts": [
        {"act": "set", "scope": "run", "key": "a", "value": 1}, {"act": "log", "message": "one"},
        {"act": "now"}, {"act": "get", "scope": "run", "key": "a"}, {"act": "random"},
        {"act": "keys", "scope": "run", "prefix": ""}, {"act": "get", "scope": "agent", "key": "not granted"}, {"act": "now"}
    ]}"#;
    let grants: Grants = serde_json::from_str(r#"{"state": ["run"]}"#).unwrap();
    let call = Call { input: acts.to_owned(), grants, ..Call::default() };
    let live = bench.call(&loaded, call.clone()).await.unwrap();
    let journal = bench.entries().await;
    let id = bench.invocation(call.clone()).id;
    let mut tape = Tape::of(&id, &journal);
    tape.record(baton_journal::Timestamp(bench.invocation(call.clone()).deadline.0 - call.limits.wall.0));
    let replayed = bench.replay(&loaded, call, tape).await.unwrap();
    assert_eq!(live.outcome, replayed.outcome);
    assert_eq!(live.usage.fuel, replayed.usage.fuel);
    assert_eq!(bench.entries().await.len(), journal.len(), "a replay appends nothing");
}

#[tokio::test]
async fn an_agent_that_calls_otherwise_than_recorded_has_diverged() {
    let bench = Bench::new().await;
    let loaded = bench.load(&guest("acts"));
    let grants: Grants = serde_json::from_str(r#"{"state": ["run"]}"#).unwrap();
    let get = |key: &str| Call {
        input: format!(r#"{{"acts": [{{"act": "get", "scope": "run", "key": "{key}"}}]}}"#),
        grants: grants.clone(),
        ..Call::default()
    };
    bench.call(&loaded, get("a")).await.unwrap();
    let tape = Tape::of(&bench.invocation(get("a")).id, &bench.entries().await);
    let error = bench.replay(&loaded, get("b"), tape).await.unwrap_err();
    insta::assert_snapshot!(error);
}

#[tokio::test]
async fn fuel_runs_out_at_the_same_place_every_time() {
    let mut used = Vec::new();
    for _ in 0..3 {
        let bench = Bench::new().await;
        let limits = Limits { fuel: Fuel(300_000), ..Limits::default() };
        let call = Call { input: r#"{"lines": 500}"#.to_owned(), limits, ..Call::default() };
        let ended = bench.call(&bench.load(&guest("chatters")), call).await.unwrap();
        assert!(matches!(ended.outcome, Outcome::Exhausted { .. }), "{}", ended.outcome);
        used.push((ended.usage.host_calls, bench.entries().await.len()));
    }
    assert!(used.windows(2).all(|pair| pair[0] == pair[1]), "{used:?}");
}
