//! State is kept by scope and key, as far as the grant goes, and alike through each of its doors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use baton_journal::{Event, Outcome, Payload, Tape, Timestamp};
use baton_sandbox::Clock;
use baton_tests::{Bench, Call, guest};
use futures_util::future::join_all;
use serde_json::{Value, json};

/// Invocations of guests on one bench, each with an id of its own.
struct Rooms {
    bench: Bench,
    grants: Value,
    attempts: AtomicU64,
}

impl Rooms {
    async fn granted(state: &[&str]) -> Self {
        Rooms { bench: Bench::new().await, grants: json!({ "state": state }), attempts: AtomicU64::new(0) }
    }

    fn call(&self, input: &Value) -> Call {
        let attempt = u32::try_from(1 + self.attempts.fetch_add(1, Ordering::Relaxed)).unwrap();
        let grants = serde_json::from_value(self.grants.clone()).unwrap();
        Call { input: input.to_string(), grants, attempt, ..Call::default() }
    }

    async fn run(&self, name: &str, call: Call) -> Value {
        output(&self.bench.call(&self.bench.load(&guest(name)), call).await.unwrap().outcome)
    }

    /// Through `baton:plugin/state`.
    async fn acts(&self, acts: Value) -> Value {
        self.run("acts", self.call(&json!({ "acts": acts }))).await
    }

    /// Through `wasi:keyvalue`.
    async fn stores(&self, bucket: &str, acts: Value) -> Value {
        self.run("stores", self.call(&json!({ "bucket": bucket, "acts": acts }))).await
    }
}

fn output(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Completed { output: Payload::Text(text) } => serde_json::from_str(text).unwrap(),
        other => panic!("{other}"),
    }
}

fn set(key: &str, value: &Value) -> Value {
    json!({ "act": "set", "scope": "agent", "key": key, "value": value })
}

fn get(key: &str) -> Value {
    json!({ "act": "get", "scope": "agent", "key": key })
}

#[tokio::test]
async fn what_one_interface_keeps_the_other_sees() {
    let rooms = Rooms::granted(&["agent", "run", "shared:clients"]).await;
    for (bucket, scope) in [("", "agent"), ("default", "agent"), ("run", "run"), ("shared:clients", "clients")] {
        let text = json!([
            { "act": "set", "key": "text", "value": "é".as_bytes() }, { "act": "set", "key": "bytes", "value": [0, 255] },
            { "act": "set-many", "values": [["one", b"1"], ["two", b""]] },
            { "act": "get-many", "keys": ["two", "none"] }, { "act": "exists", "key": "one" }, { "act": "keys" },
        ]);
        let told = rooms.stores(bucket, text).await;
        assert_eq!(told[3]["ok"], json!([["two", []], null]), "{told}");
        assert_eq!((&told[4]["ok"], &told[5]["ok"]), (&json!(true), &json!(["bytes", "one", "text", "two"])));
        let key = |key: &str| json!({ "act": "get", "scope": scope, "key": key });
        let number = json!({ "act": "set", "scope": scope, "key": "number", "value": 41 });
        let seen = rooms.acts(json!([key("text"), key("bytes"), key("one"), number])).await;
        let expect = [r#""é""#, r#"{"base64":"AP8="}"#, r#""1""#].map(|value| json!({ "ok": value }));
        assert_eq!(seen.as_array().unwrap()[..3], expect);
        let counted = json!([
            { "act": "increment", "key": "number", "delta": 1 }, { "act": "get", "key": "number" },
            { "act": "get", "key": "bytes" }, { "act": "increment", "key": "text", "delta": 1 },
            { "act": "delete-many", "keys": ["bytes", "one", "two", "none"] }, { "act": "delete", "key": "text" },
            { "act": "keys" }, { "act": "page", "cursor": 7 }, { "act": "delete", "key": "number" },
        ]);
        let told = rooms.stores(bucket, counted).await;
        assert_eq!((&told[0]["ok"], &told[1]["ok"], &told[2]["ok"]), (&json!(42), &json!(b"42"), &json!([0, 255])));
        assert!(told[3]["err"].as_str().unwrap().contains("no whole number"), "{told}");
        assert_eq!(told[6]["ok"], json!(["number"]));
        assert!(told[7]["err"].as_str().unwrap().contains("no cursor"), "{told}");
    }
}

#[tokio::test]
async fn more_than_a_page_of_keys_is_listed() {
    let rooms = Rooms::granted(&["agent"]).await;
    let values: Vec<Value> = (0..1_500).map(|number| json!([format!("{number:04}"), [49]])).collect();
    let told = rooms.stores("agent", json!([{ "act": "set-many", "values": values }, { "act": "keys" }])).await;
    let keys = told[1]["ok"].as_array().unwrap();
    assert_eq!((keys.len(), &keys[0], &keys[1_499]), (1_500, &json!("0000"), &json!("1499")));
}

#[tokio::test]
async fn a_bucket_that_is_not_granted_is_denied_and_the_journal_has_the_line() {
    let rooms = Rooms::granted(&["run"]).await;
    let write = json!([{ "act": "set", "key": "a", "value": [1] }, { "act": "keys" }]);
    let told = rooms.stores("shared:clients", write).await;
    assert_eq!(told, json!([{ "err": "access-denied" }, { "err": "access-denied" }]));
    let denied = rooms.bench.entries().await.into_iter().find_map(|entry| match entry.event {
        Event::HostCall { operation, reply, .. } if operation == "state.set" => {
            Some(reply.as_str().unwrap().to_owned())
        }
        _ => None,
    });
    let denied: Value = serde_json::from_str(&denied.unwrap()).unwrap();
    insta::assert_snapshot!(denied["err"]["text"].as_str().unwrap());
    for bucket in ["shared:", "shared:../clients", "shared:Clients", "agents", "read run", "run/a*", "\0", "clients"] {
        assert_eq!(rooms.stores(bucket, json!([])).await, json!([{ "err": "no-such-store" }]), "{bucket}");
    }
}

#[tokio::test]
async fn a_tool_that_knows_only_the_standard_counts_too() {
    let rooms = Rooms::granted(&["agent"]).await;
    for (bucket, expect) in [("agent", json!(2)), ("", json!(4)), ("default", json!(6))] {
        let arguments = json!({ "bucket": bucket, "key": "calls", "delta": 2 });
        let call = Call { function: Some("count"), ..rooms.call(&arguments) };
        assert_eq!(rooms.run("counts", call).await, expect);
    }
    let denied = Call { function: Some("count"), ..rooms.call(&json!({ "bucket": "run", "key": "a", "delta": 1 })) };
    let ended = rooms.bench.call(&rooms.bench.load(&guest("counts")), denied).await.unwrap();
    assert!(matches!(&ended.outcome, Outcome::Failed { failure } if failure.to_string().contains("access-denied")));
    assert_eq!(rooms.acts(json!([get("calls")])).await, json!([{ "ok": "6" }]));
}

#[tokio::test]
async fn a_replay_has_no_second_effect() {
    let rooms = Rooms::granted(&["agent"]).await;
    let loaded = rooms.bench.load(&guest("stores"));
    let acts = json!([
        { "act": "increment", "key": "n", "delta": 1 }, { "act": "set", "key": "a", "value": [255] }, { "act": "keys" },
        { "act": "get", "key": "a" }, { "act": "increment", "key": "a", "delta": 1 },
    ]);
    let call = rooms.call(&json!({ "bucket": "agent", "acts": acts }));
    let live = rooms.bench.call(&loaded, call.clone()).await.unwrap();
    let entries = rooms.bench.entries().await;
    let begun = rooms.bench.invocation(call.clone()).deadline.0 - call.limits.wall.0;
    let mut tape = Tape::of(&rooms.bench.invocation(call.clone()).id, &entries);
    tape.record(Timestamp(begun));
    let replayed = rooms.bench.replay(&loaded, call, tape).await.unwrap();
    assert_eq!((live.outcome, live.usage.fuel), (replayed.outcome, replayed.usage.fuel));
    assert_eq!(rooms.bench.entries().await.len(), entries.len(), "a replay appends nothing");
    assert_eq!(rooms.acts(json!([get("n")])).await, json!([{ "ok": "1" }]));
}

/// Row 44 of the attacks: names that try to be more than a name.
#[tokio::test]
async fn a_hostile_key_is_only_a_key() {
    let rooms = Rooms::granted(&["agent", "run", "shared:a"]).await;
    let keys = [
        "../",
        "..",
        "/",
        "a",
        "a:",
        "a:a",
        "a/",
        "agent",
        "run/a",
        "shared:a/a",
        "'; DROP TABLE state; --",
        "%",
        "_",
        "*",
        "\"",
        "\\",
        "\u{202e}a",
        "\u{430}",
        "\u{ff41}",
        "a\u{301}",
        "\u{e1}",
        " ",
        "a ",
        "A",
    ];
    let sets: Vec<Value> = keys.iter().map(|key| set(key, &json!(key))).collect();
    let gets: Vec<Value> = keys.iter().map(|key| get(key)).collect();
    rooms.acts(json!(sets)).await;
    let expect: Vec<Value> = keys.iter().map(|key| json!({ "ok": json!(key).to_string() })).collect();
    assert_eq!(rooms.acts(json!(gets)).await, json!(expect), "each key has its own value");
    let bytes: Vec<Value> = keys.iter().map(|key| json!({ "act": "get", "key": key })).collect();
    let expect: Vec<Value> = keys.iter().map(|key| json!({ "ok": key.as_bytes() })).collect();
    assert_eq!(rooms.stores("agent", json!(bytes)).await, json!(expect));
    for bucket in ["run", "shared:a"] {
        assert_eq!(rooms.stores(bucket, json!([{ "act": "keys" }])).await, json!([{ "ok": [] }]), "{bucket}");
    }
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let rooms = Rooms::granted(&["agent"]).await;
    let megabyte = "k".repeat(1 << 20);
    for key in ["", "\0", "a\0b", "a\nb", "\u{7f}", "\u{85}", megabyte.as_str()] {
        for told in [
            rooms.acts(json!([set(key, &json!(1)), get(key)])).await,
            rooms
                .stores("agent", json!([{ "act": "set", "key": key, "value": [1] }, { "act": "get", "key": key }]))
                .await,
        ] {
            for told in told.as_array().unwrap() {
                assert!(told["err"].as_str().unwrap().contains("a key"), "{told}");
            }
        }
    }
}

/// Row 45 of the attacks: what is kept is data, whatever it looks like.
#[tokio::test]
async fn what_is_kept_comes_back_as_data() {
    let rooms = Rooms::granted(&["agent"]).await;
    let values = [
        json!({ "__proto__": { "admin": true }, "constructor": { "prototype": {} } }),
        json!({ "lc": 1, "type": "constructor", "id": ["os", "system"], "kwargs": { "command": "true" } }),
        json!({ "py/object": "subprocess.Popen", "py/reduce": [] }),
        json!({ "$type": "System.Diagnostics.Process", "@class": "java.lang.Runtime" }),
        json!("!!python/object/apply:os.system ['true']"),
        json!("\u{1b}]0;title\u{7}${jndi:ldap://localhost/a}{{7*7}}<script>"),
        json!({ "base64": "gASVAAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUlIwEdHJ1ZZSFlFKULg==" }),
    ];
    for value in &values {
        let told = rooms.acts(json!([set("k", value), get("k")])).await;
        let text = told[1]["ok"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), *value);
    }
}

/// A clock that a test moves.
struct HandClock(AtomicU64);

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

#[tokio::test]
async fn a_value_expires_by_the_clock_of_the_host() {
    let mut rooms = Rooms::granted(&["agent"]).await;
    let clock = Arc::new(HandClock(AtomicU64::new(1_767_225_600_000)));
    rooms.bench.backends.clock = Arc::clone(&clock) as Arc<dyn Clock>;
    let minute = json!({ "act": "set", "scope": "agent", "key": "a", "value": 1, "ttl_ms": 60_000 });
    let none = json!({ "act": "set", "scope": "agent", "key": "a", "value": 1, "ttl_ms": 0 });
    let told = rooms.acts(json!([minute, set("b", &json!(2)), none])).await;
    assert!(told[2]["err"].as_str().unwrap().contains("a time to live"), "{told}");
    let look = json!([get("a"), { "act": "keys", "scope": "agent", "prefix": "" }]);
    clock.0.fetch_add(59_999, Ordering::Relaxed);
    assert_eq!(rooms.acts(look.clone()).await, json!([{ "ok": "1" }, { "ok": ["a", "b"] }]));
    clock.0.fetch_add(1, Ordering::Relaxed);
    assert_eq!(rooms.acts(look).await, json!([{ "ok": null }, { "ok": ["b"] }]));
    assert_eq!(rooms.stores("agent", json!([{ "act": "exists", "key": "a" }])).await, json!([{ "ok": false }]));
}

#[tokio::test]
async fn a_full_room_says_what_it_holds_and_which_line_lets_it_hold_more() {
    let rooms = Rooms::granted(&["agent up to 100B"]).await;
    let long = json!("x".repeat(90));
    let told = rooms
        .acts(json!([set("a", &json!("x".repeat(50))), set("b", &long), set("a", &json!(1)), set("b", &long)]))
        .await;
    assert_eq!(
        (&told[0], &told[2], &told[3]),
        (&json!({ "ok": null }), &json!({ "ok": null }), &json!({ "ok": null }))
    );
    insta::assert_snapshot!(told[1]["err"].as_str().unwrap());
    let full = rooms.stores("agent", json!([{ "act": "set", "key": "c", "value": b"1234567890" }])).await;
    assert!(full[0]["err"].as_str().unwrap().contains("is full"), "{full}");
}

#[tokio::test]
async fn what_may_only_be_read_cannot_be_changed() {
    let mut rooms = Rooms::granted(&["agent"]).await;
    rooms.acts(json!([set("a", &json!(1))])).await;
    rooms.grants = json!({ "state": ["read agent"] });
    let swap = json!({ "act": "swap", "scope": "agent", "key": "a", "expected": 1, "value": null });
    let writes = [
        set("a", &json!(2)),
        swap,
        json!({ "act": "delete", "scope": "agent", "key": "a" }),
        json!({ "act": "increment", "scope": "agent", "key": "a", "by": 1 }),
    ];
    for told in rooms.acts(json!(writes)).await.as_array().unwrap() {
        assert!(told["err"].as_str().unwrap().contains("Denied"), "{told}");
    }
    let look = json!([get("a"), { "act": "keys", "scope": "agent", "prefix": "" }]);
    assert_eq!(rooms.acts(look).await, json!([{ "ok": "1" }, { "ok": ["a"] }]));
    let told = rooms.stores("agent", json!([{ "act": "get", "key": "a" }, { "act": "delete", "key": "a" }])).await;
    assert_eq!(told, json!([{ "ok": b"1" }, { "err": "access-denied" }]));
}

#[tokio::test]
async fn a_granted_prefix_reaches_its_keys_and_no_others() {
    let mut rooms = Rooms::granted(&["agent"]).await;
    let all = ["a", "a:", "a:b", "ab", "b"];
    rooms.acts(json!(all.map(|key| set(key, &json!(1))))).await;
    rooms.grants = json!({ "state": ["agent/a:*"] });
    let told = rooms.acts(json!(all.map(get))).await;
    let seen: Vec<bool> = told.as_array().unwrap().iter().map(|told| told.get("ok").is_some()).collect();
    assert_eq!(seen, [false, true, true, false, false], "{told}");
    let list = |prefix: &str| json!({ "act": "keys", "scope": "agent", "prefix": prefix });
    let told = rooms.acts(json!([list("a:"), list("a:b"), list("a"), list("")])).await;
    assert_eq!((&told[0]["ok"], &told[1]["ok"]), (&json!(["a:", "a:b"]), &json!(["a:b"])));
    assert!(told[2]["err"].is_string() && told[3]["err"].is_string(), "{told}");
    let denied = rooms.stores("agent", json!([{ "act": "keys" }, { "act": "get", "key": "a:b" }])).await;
    assert_eq!(denied, json!([{ "err": "access-denied" }, { "ok": b"1" }]));
}

#[tokio::test]
async fn increments_of_many_agents_at_once_all_count() {
    let rooms = Rooms::granted(&["shared:counts"]).await;
    let loaded = rooms.bench.load(&guest("acts"));
    let one = json!({ "act": "increment", "scope": "counts", "key": "n", "by": 1 });
    let calls: Vec<Call> = (0..8).map(|_| rooms.call(&json!({ "acts": vec![one.clone(); 25] }))).collect();
    let ended = join_all(calls.into_iter().map(|call| rooms.bench.call(&loaded, call))).await;
    let mut seen: Vec<u64> = ended
        .into_iter()
        .flat_map(|ended| output(&ended.unwrap().outcome).as_array().unwrap().clone())
        .map(|told| told["ok"].as_u64().unwrap())
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, (1..=200).collect::<Vec<u64>>());
}

#[tokio::test]
async fn the_standards_configuration_is_the_granted_environment() {
    let mut rooms = Rooms::granted(&[]).await;
    rooms.grants = json!({ "environment": ["REGION=eu-west", "TIER=2"] });
    let told = rooms.run("reads_config", rooms.call(&json!("REGION"))).await;
    assert_eq!(told, json!({ "all": [["REGION", "eu-west"], ["TIER", "2"]], "one": "eu-west" }));
    rooms.grants = json!({});
    let told = rooms.run("reads_config", rooms.call(&json!("PATH"))).await;
    assert_eq!(told, json!({ "all": [], "one": null }));
}
