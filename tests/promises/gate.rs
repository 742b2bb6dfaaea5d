//! Nothing is allowed that was not granted; what is allowed is metered and recorded.

use std::sync::Arc;

use baton_journal::{BoxFuture, Event, Limit, Outcome, Payload};
use baton_policy::{Bytes, Effect, Grants, Limits};
use baton_sandbox::{CallError, CallSite, SandboxError, ToolFacts, Tools};
use baton_tests::{Bench, Call, guest};
use serde_json::Value;

async fn act(bench: &Bench, plugin: &'static str, grants: &str, acts: &str) -> Value {
    let loaded = bench.load(&guest("acts"));
    let call = Call {
        plugin,
        input: format!(r#"{{"acts": [{acts}]}}"#),
        grants: serde_json::from_str::<Grants>(grants).unwrap(),
        ..Call::default()
    };
    let ended = bench.call(&loaded, call).await.unwrap();
    match ended.outcome {
        Outcome::Completed { output: Payload::Text(text) } => serde_json::from_str(&text).unwrap(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn what_is_not_granted_is_denied_as_a_value_and_recorded() {
    let bench = Bench::new().await;
    let told = act(&bench, "guest", "{}", r#"{"act": "set", "scope": "agent", "key": "a", "value": 1}"#).await;
    insta::assert_snapshot!(told[0]["err"].as_str().unwrap());
    let recorded = bench.entries().await.into_iter().any(|entry| {
        matches!(&entry.event, Event::HostCall { operation, reply, .. }
            if operation == "state.set" && reply.as_str().unwrap().contains("denied"))
    });
    assert!(recorded, "a denial is an entry of the journal");
}

#[tokio::test]
async fn state_of_one_plugin_is_not_seen_by_another() {
    let bench = Bench::new().await;
    let (all, key) = (r#"{"state": ["run", "agent", "shared:clients"]}"#, r#""key": "a""#);
    act(&bench, "one", all, &format!(r#"{{"act": "set", "scope": "agent", {key}, "value": 1}}"#)).await;
    act(&bench, "one", all, &format!(r#"{{"act": "set", "scope": "clients", {key}, "value": 2}}"#)).await;
    let get = |scope: &str| format!(r#"{{"act": "get", "scope": "{scope}", {key}}}"#);
    let seen = act(&bench, "two", all, &[get("agent"), get("clients"), get("run")].join(",")).await;
    assert_eq!(seen, serde_json::json!([{ "ok": null }, { "ok": "2" }, { "ok": null }]));
}

#[tokio::test]
async fn a_value_that_is_no_json_and_a_key_that_is_no_key_are_refused() {
    let bench = Bench::new().await;
    let acts = r#"{"act": "set-text", "scope": "run", "key": "a", "text": "{no"},
                  {"act": "set", "scope": "run", "key": "", "value": 1}, {"act": "set", "scope": "run", "key": "a\u0000b", "value": 1}"#;
    let told = act(&bench, "guest", r#"{"state": ["run"]}"#, acts).await;
    for refusal in told.as_array().unwrap() {
        assert!(refusal["err"].is_string(), "{told}");
    }
}

#[tokio::test]
async fn a_tool_that_was_not_granted_cannot_be_called_or_seen() {
    let bench = Bench::new().await;
    let acts = r#"{"act": "tools"}, {"act": "call", "tool": "crm/contacts.remove", "arguments": {}},
                  {"act": "call-all", "tool": "crm/contacts.remove", "arguments": [{}, {}]}"#;
    let told = act(&bench, "guest", "{}", acts).await;
    assert_eq!(told[0], serde_json::json!([]));
    assert!(told[1]["err"].as_str().unwrap().contains("not asked for"), "{told}");
    assert_eq!(told[2].as_array().unwrap().len(), 2);
}

/// A tool that answers with a kilobyte.
struct Talkative;

impl Tools for Talkative {
    fn list(&self) -> Vec<ToolFacts> {
        Vec::new()
    }

    fn effect(&self, _: &str) -> Effect {
        Effect::Write
    }

    fn call(
        &self,
        _: CallSite,
        _: String,
        _: String,
    ) -> BoxFuture<'_, Result<Result<Arc<str>, CallError>, SandboxError>> {
        Box::pin(async { Ok(Ok(format!("\"{}\"", "x".repeat(1000)).into())) })
    }
}

/// What the journal has of three calls at once: intents, and answers.
async fn three_calls_within(limits: Limits, expected: Limit) -> (usize, usize) {
    let mut bench = Bench::new().await;
    bench.backends.tools = Arc::new(Talkative);
    let acts = r#"{"act": "call-all", "tool": "crm/contacts.remove", "arguments": [1, 2, 3]}"#;
    let call = Call {
        input: format!(r#"{{"acts": [{acts}]}}"#),
        grants: serde_json::from_str(r#"{"tools": ["crm/*"]}"#).unwrap(),
        limits,
        ..Call::default()
    };
    let ended = bench.call(&bench.load(&guest("acts")), call).await.unwrap();
    assert!(matches!(&ended.outcome, Outcome::Exhausted { limit, .. } if *limit == expected), "{}", ended.outcome);
    let entries = bench.entries().await;
    let count = |is: fn(&Event) -> bool| entries.iter().filter(|entry| is(&entry.event)).count();
    (
        count(|event| matches!(event, Event::HostCallStarted { .. })),
        count(|event| matches!(event, Event::HostCall { .. })),
    )
}

#[tokio::test]
async fn replies_to_calls_at_once_fit_one_payload() {
    let mut bench = Bench::new().await;
    bench.backends.tools = Arc::new(Talkative);
    let call = Call {
        input: r#"{"acts": [{"act": "call-all", "tool": "crm/contacts.remove", "arguments": [1, 2, 3]}]}"#.to_owned(),
        grants: serde_json::from_str(r#"{"tools": ["crm/*"]}"#).unwrap(),
        limits: Limits { payload: Bytes(2_600), ..Limits::default() },
        ..Call::default()
    };
    let ended = bench.call(&bench.load(&guest("acts")), call).await.unwrap();
    let Outcome::Completed { output } = &ended.outcome else { panic!("{}", ended.outcome) };
    let told: serde_json::Value = serde_json::from_str(output.as_str().unwrap()).unwrap();
    assert!(told[0][0]["ok"].is_string() && told[0][1]["ok"].is_string(), "{told}");
    let error = told[0][2]["err"].as_str().unwrap();
    assert!(error.contains("it was made, but") && error.contains("limit `payload`"), "{error}");
}

/// A payload without room for one denial, and yet each is told for what it is.
#[tokio::test]
async fn a_denial_is_never_told_as_a_call_that_was_made() {
    let call = Call {
        input: r#"{"acts": [{"act": "call-all", "tool": "crm/contacts.remove", "arguments": [1, 2, 3]}]}"#.to_owned(),
        limits: Limits { payload: Bytes(400), ..Limits::default() },
        ..Call::default()
    };
    let bench = Bench::new().await;
    bench.call(&bench.load(&guest("acts")), call).await.unwrap();
    let replies: Vec<String> = bench
        .entries()
        .await
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::HostCall { reply, .. } => Some(reply.as_str().unwrap().to_owned()),
            _ => None,
        })
        .collect();
    assert!(replies.len() == 3 && replies.iter().map(String::len).sum::<usize>() > 400, "{replies:?}");
    assert!(replies.iter().all(|reply| reply.contains("denied") && !reply.contains("it was made")), "{replies:?}");
}

#[tokio::test]
async fn what_was_done_is_recorded_even_if_the_guest_cannot_pay_for_the_answer() {
    let limits = Limits { bytes: Bytes(1_500), ..Limits::default() };
    assert_eq!(three_calls_within(limits, Limit::Bytes).await, (3, 3));
}

#[tokio::test]
async fn no_intent_is_written_of_calls_that_the_guest_cannot_pay_for() {
    let limits = Limits { calls: 2, ..Limits::default() };
    assert_eq!(three_calls_within(limits, Limit::Calls).await, (0, 0));
}
