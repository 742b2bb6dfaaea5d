//! State: values by scope and key, changed once for each host call.

use std::sync::atomic::{AtomicU32, Ordering};

use super::sample::*;
use super::{Case, cases};
use crate::state;
use baton_journal::{Full, InvocationId, Scope, StateOp, StateReply, StateRequest, Store, StoreError};

/// The cases.
pub(super) fn all() -> Vec<Case> {
    cases![
        state_is_kept_by_scope,
        hostile_keys_are_only_keys,
        bad_keys_and_values_are_refused,
        keys_come_in_pages_in_byte_order,
        values_are_swapped_if_they_are_the_same_json,
        a_repeated_call_changes_nothing_more,
        a_call_id_with_another_operation_is_applied_anew,
        only_the_newest_claim_on_an_open_run_changes_state,
        a_room_is_filled_to_the_quota_of_the_call,
        an_expired_value_is_not_there,
        each_write_says_how_long_its_value_is_kept,
        a_number_is_incremented_as_far_as_it_is_exact,
        concurrent_increments_lose_nothing,
    ]
}

async fn state_is_kept_by_scope(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let scopes = [Scope::Run(run_id(1)), Scope::Agent("a".to_owned()), shared("a"), shared("ab")];
    for (number, scope) in scopes.iter().enumerate() {
        let op = set("key", &number.to_string());
        assert_eq!(store.state(&claim, request(0, scope.clone(), op)).await.unwrap(), StateReply::Done);
    }
    for (number, scope) in scopes.iter().enumerate() {
        assert_eq!(value(store, scope, "key").await.unwrap(), Some(number.to_string()));
    }
    let delete = StateOp::Delete { key: "key".to_owned() };
    for (sequence, there) in [(1, true), (2, false)] {
        let reply = store.state(&claim, request(sequence, scopes[0].clone(), delete.clone())).await.unwrap();
        assert_eq!(reply, StateReply::Changed(there));
    }
    assert_eq!(value(store, &scopes[0], "key").await.unwrap(), None);
    assert_eq!(value(store, &scopes[1], "key").await.unwrap(), Some("1".to_owned()));
}

const HOSTILE: [&str; 12] = [
    "../",
    "..",
    "/etc/passwd",
    "'; DROP TABLE state; --",
    "\"",
    "a",
    "a:",
    "a:b",
    "%",
    "_",
    "\u{202e}a",
    "\u{ff0e}\u{ff0e}/",
];

async fn hostile_keys_are_only_keys(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    for (number, key) in HOSTILE.into_iter().enumerate() {
        store.state(&claim, request(0, shared(key), set(key, &number.to_string()))).await.unwrap();
        store.state(&claim, request(0, shared("all"), set(key, &number.to_string()))).await.unwrap();
    }
    for (number, key) in HOSTILE.into_iter().enumerate() {
        assert_eq!(value(store, &shared(key), key).await.unwrap(), Some(number.to_string()), "{key}");
        assert_eq!(value(store, &shared("all"), key).await.unwrap(), Some(number.to_string()), "{key}");
        let op = StateOp::Keys { prefix: String::new(), after: None, limit: 100 };
        let keys = store.state(&claim, request(0, shared(key), op)).await.unwrap();
        assert_eq!(keys, StateReply::Keys(vec![key.to_owned()]), "one key in the scope {key}");
    }
}

async fn bad_keys_and_values_are_refused(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let long = "k".repeat(state::KEY_BYTES + 1);
    for key in ["", "a\0b", "a\nb", "\u{7f}", "\u{85}", &long] {
        for op in [get(key), set(key, "1"), StateOp::Delete { key: key.to_owned() }] {
            let refused = store.state(&claim, request(0, shared("s"), op)).await;
            assert!(matches!(refused, Err(StoreError::Invalid(_))), "{key:?}: {refused:?}");
        }
        let refused = store.state(&claim, request(0, shared(key), set("key", "1"))).await;
        assert!(matches!(refused, Err(StoreError::Invalid(_))), "{key:?}: {refused:?}");
    }
    let refused = store.state(&claim, request(0, shared("s"), set("k", &"v".repeat(state::VALUE_BYTES + 1)))).await;
    assert!(matches!(refused, Err(StoreError::Invalid(_))));
    store.state(&claim, request(0, shared("s"), set(&long[1..], &"v".repeat(state::VALUE_BYTES)))).await.unwrap();
}

async fn keys_come_in_pages_in_byte_order(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let mut sorted = ["a", "a:", "a:b", "aB", "ab", "aé", "a𝄞", "a\u{ffff}", "b", "A"].map(str::to_owned).to_vec();
    for key in &sorted {
        store.state(&claim, request(0, shared("s"), set(key, "1"))).await.unwrap();
    }
    sorted.sort_by(|left, right| left.as_bytes().cmp(right.as_bytes()));
    for prefix in ["", "a", "a:", "a𝄞", "z", "\u{10ffff}"] {
        let expected: Vec<String> = sorted.iter().filter(|key| key.starts_with(prefix)).cloned().collect();
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let op = StateOp::Keys { prefix: prefix.to_owned(), after: after.clone(), limit: 3 };
            let reply = store.state(&claim, request(0, shared("s"), op)).await.unwrap();
            let StateReply::Keys(page) = reply else { panic!("{reply:?}") };
            assert!(page.len() <= 3);
            let Some(last) = page.last() else { break };
            after = Some(last.clone());
            found.extend(page);
        }
        assert_eq!(found, expected, "prefix {prefix:?}");
    }
}

fn swap(expected: Option<&str>, value: Option<&str>) -> StateOp {
    let text = |text: &str| text.to_owned();
    StateOp::CompareAndSwap { key: text("k"), expected: expected.map(text), value: value.map(text), ttl_ms: None }
}

async fn values_are_swapped_if_they_are_the_same_json(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let steps = [
        (swap(Some("1"), Some("2")), false),
        (swap(None, Some(r#"{"a":1,"b":[2]}"#)), true),
        (swap(None, Some("3")), false),
        (swap(Some(r#"{ "b": [2], "a": 1 }"#), Some("4")), true),
        (swap(Some("5"), None), false),
        (swap(Some("4"), None), true),
        (swap(None, None), true),
    ];
    for (sequence, (op, swapped)) in steps.into_iter().enumerate() {
        let reply = store.state(&claim, request(sequence as u32, shared("s"), op.clone())).await.unwrap();
        assert_eq!(reply, StateReply::Changed(swapped), "{op:?}");
    }
    assert_eq!(value(store, &shared("s"), "k").await.unwrap(), None);
}

async fn a_repeated_call_changes_nothing_more(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let op = swap(None, Some("1"));
    let first = store.state(&claim, request(0, shared("s"), op.clone())).await.unwrap();
    store.state(&claim, request(1, shared("s"), set("k", "2"))).await.unwrap();
    let again = store.state(&claim, request(0, shared("s"), op.clone())).await.unwrap();
    assert_eq!((first, again), (StateReply::Changed(true), StateReply::Changed(true)));
    assert_eq!(value(store, &shared("s"), "k").await.unwrap(), Some("2".to_owned()));
    let mut other = request(0, shared("s"), op);
    other.call.invocation = InvocationId::attempt(&site(), 2);
    assert_eq!(store.state(&claim, other).await.unwrap(), StateReply::Changed(false), "another call");
}

async fn a_call_id_with_another_operation_is_applied_anew(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let steps = [
        ("s", swap(None, Some("1")), ""),
        ("t", swap(None, Some("1")), "another scope"),
        ("s", swap(Some("1"), None), "other arguments"),
        ("s", swap(None, Some("1")), "the memory was replaced"),
        ("s", swap(None, Some("1")), "and now it is remembered"),
    ];
    for (room, op, why) in steps {
        let reply = store.state(&claim, request(0, shared(room), op)).await.unwrap();
        assert_eq!(reply, StateReply::Changed(true), "{why}");
    }
}

async fn only_the_newest_claim_on_an_open_run_changes_state(store: &dyn Store) {
    let old = begin(store, &run_id(1)).await;
    store.state(&old, request(0, shared("s"), set("k", "1"))).await.unwrap();
    store.release(old.clone()).await.unwrap();
    let new = store.claim(run_id(1)).await.unwrap();
    for op in [set("k", "2"), StateOp::Delete { key: "k".to_owned() }, increment("k", 1), swap(Some("1"), None)] {
        let fenced = store.state(&old, request(1, shared("s"), op)).await;
        assert!(matches!(fenced, Err(StoreError::Fenced(_))), "{fenced:?}");
    }
    let repeated = store.state(&old, request(0, shared("s"), set("k", "1"))).await;
    assert!(matches!(repeated, Err(StoreError::Fenced(_))), "not even what it did before: {repeated:?}");
    assert_eq!(value(store, &shared("s"), "k").await.unwrap(), Some("1".to_owned()));
    store.state(&new, request(1, shared("s"), set("k", "3"))).await.unwrap();
    store.append(&new, at(3), run_ended()).await.unwrap();
    let ended = store.state(&new, request(2, shared("s"), set("k", "4"))).await;
    assert!(matches!(ended, Err(StoreError::Ended(_))), "{ended:?}");
    assert_eq!(value(store, &shared("s"), "k").await.unwrap(), Some("3".to_owned()));
}

async fn a_room_is_filled_to_the_quota_of_the_call(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let write = |key: &str, bytes: usize, quota: u64| {
        let op = set(key, &"1".repeat(bytes));
        store.state(&claim, StateRequest { quota, ..request(0, shared("s"), op) })
    };
    write("a", 99, 100).await.unwrap();
    let full = write("b", 99, 199).await;
    assert!(matches!(full, Err(StoreError::Full(Full::Bytes { used: 100, needed: 200, allowed: 199 }))), "{full:?}");
    write("b", 99, 200).await.unwrap();
    write("a", 99, 50).await.unwrap(); // it is no larger than it was
    assert!(matches!(write("a", 100, 50).await, Err(StoreError::Full(_))));
    write("a", 9, 50).await.unwrap();
    write("c", 89, 200).await.unwrap();
    let elsewhere = request(0, shared("t"), set("a", &"1".repeat(state::VALUE_BYTES)));
    store.state(&claim, elsewhere).await.unwrap();
}

async fn an_expired_value_is_not_there(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let state = |ms: u64, op: StateOp| {
        store.state(&claim, StateRequest { now: at(ms), quota: 100, ..request(0, shared("s"), op) })
    };
    state(0, set_for("a", &"1".repeat(89), 1_000)).await.unwrap();
    state(0, set("b", "1")).await.unwrap();
    let keys = StateOp::Keys { prefix: String::new(), after: None, limit: 10 };
    let all = |keys: &[&str]| StateReply::Keys(keys.iter().map(|key| (*key).to_owned()).collect());
    assert_eq!(state(999, keys.clone()).await.unwrap(), all(&["a", "b"]));
    assert!(matches!(state(999, set("c", &"1".repeat(50))).await, Err(StoreError::Full(_))));
    assert_eq!(state(1_000, get("a")).await.unwrap(), StateReply::Value(None));
    assert_eq!(state(1_000, keys.clone()).await.unwrap(), all(&["b"]));
    assert_eq!(state(1_000, StateOp::Delete { key: "a".to_owned() }).await.unwrap(), StateReply::Changed(false));
    state(1_000, set("c", &"1".repeat(50))).await.unwrap(); // an expired value takes no room
    assert_eq!(state(1_000, keys).await.unwrap(), all(&["b", "c"]));
}

async fn each_write_says_how_long_its_value_is_kept(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let calls = AtomicU32::new(0);
    let state = |ms: u64, op: StateOp| {
        let sequence = calls.fetch_add(1, Ordering::Relaxed);
        store.state(&claim, StateRequest { now: at(ms), ..request(sequence, shared("s"), op) })
    };
    state(0, set_for("k", "1", 1_000)).await.unwrap();
    assert_eq!(state(500, increment("k", 1)).await.unwrap(), StateReply::Number(2), "keeps the time of its value");
    assert_eq!(state(1_000, get("k")).await.unwrap(), StateReply::Value(None));
    assert_eq!(state(1_000, increment("k", 1)).await.unwrap(), StateReply::Number(1), "counts anew");
    let lease = |ttl_ms| StateOp::CompareAndSwap {
        key: "k".to_owned(),
        expected: Some("1".to_owned()),
        value: Some("1".to_owned()),
        ttl_ms,
    };
    assert_eq!(state(2_000, lease(Some(10))).await.unwrap(), StateReply::Changed(true));
    assert_eq!(state(2_009, lease(None)).await.unwrap(), StateReply::Changed(true));
    assert_eq!(state(9_000, get("k")).await.unwrap(), StateReply::Value(Some("1".to_owned())));
    for ttl_ms in [0, state::MAX_NUMBER + 1, u64::MAX] {
        assert!(matches!(state(9_000, set_for("k", "1", ttl_ms)).await, Err(StoreError::Invalid(_))), "{ttl_ms}");
    }
    state(9_000, set_for("k", "2", state::MAX_NUMBER)).await.unwrap();
    assert_eq!(state(1 << 50, get("k")).await.unwrap(), StateReply::Value(Some("2".to_owned())));
}

async fn a_number_is_incremented_as_far_as_it_is_exact(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let greatest = i64::try_from(state::MAX_NUMBER).unwrap();
    let steps = [(5, Some(5)), (-7, Some(-2)), (0, Some(-2)), (greatest, Some(greatest - 2)), (2, Some(greatest))];
    let beyond = [(1, None), (i64::MAX, None), (i64::MIN, None), (-greatest, Some(0)), (-greatest, Some(-greatest))];
    for (sequence, (by, expect)) in steps.into_iter().chain(beyond).enumerate() {
        let reply =
            store.state(&claim, request(u32::try_from(sequence).unwrap(), shared("s"), increment("k", by))).await;
        match expect {
            Some(number) => assert_eq!(reply.unwrap(), StateReply::Number(number), "by {by}"),
            None => assert!(matches!(reply, Err(StoreError::Invalid(_))), "by {by}: {reply:?}"),
        }
    }
    for text in ["1.0", "1e3", "\"1\"", "null", "[1]", "9007199254740992", "99999999999999999999"] {
        store.state(&claim, request(0, shared("s"), set("k", text))).await.unwrap();
        let reply = store.state(&claim, request(1, shared("s"), increment("k", 0))).await;
        assert!(matches!(reply, Err(StoreError::Invalid(_))), "{text}: {reply:?}");
    }
}

async fn concurrent_increments_lose_nothing(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let calls = (0..50).map(|sequence| store.state(&claim, request(sequence, shared("s"), increment("k", 1))));
    let mut seen: Vec<StateReply> = Vec::new();
    for reply in futures_util::future::join_all(calls).await {
        seen.push(reply.unwrap());
    }
    seen.sort_by_key(|reply| if let StateReply::Number(number) = reply { *number } else { 0 });
    assert_eq!(seen, (1..=50).map(StateReply::Number).collect::<Vec<_>>());
    let again = store.state(&claim, request(7, shared("s"), increment("k", 1))).await.unwrap();
    assert!(matches!(again, StateReply::Number(1..=50)), "a repeated call counts once: {again:?}");
}
