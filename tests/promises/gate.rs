//! Nothing is allowed that was not granted; what is allowed is metered and recorded.

use baton_journal::{Event, Outcome, Payload};
use baton_policy::Grants;
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
