//! The suite that every backend passes.

use std::sync::Arc;

use baton_journal::{
    Chain, Decision, Digest, Event, InvocationId, Payload, RunOutcome, RunStatus, Scope, StateOp, StateReply, Store,
    StoreError,
};
use baton_store::{MemoryStore, SqliteStore, state};

use crate::sample::*;

/// Runs each case on a fresh store of each backend.
macro_rules! cases {
    ($($case:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $case() { super::$case(&super::MemoryStore::new()).await; })*
        }
        mod sqlite {
            $(#[tokio::test] async fn $case() {
                let folder = tempfile::tempdir().unwrap();
                super::$case(&super::SqliteStore::open(folder.path().join("s.db")).unwrap()).await;
            })*
        }
    };
}

cases!(
    entries_come_back_as_appended,
    large_payloads_come_back_and_references_must_be_known,
    a_run_begins_once_and_with_its_header,
    time_never_goes_back,
    nothing_follows_the_end,
    a_claim_excludes_others_and_old_claims_are_fenced,
    an_unknown_run_is_named,
    runs_are_listed_newest_first,
    the_status_follows_from_the_events,
    blobs_are_kept_by_digest,
    state_is_kept_by_scope,
    hostile_keys_are_only_keys,
    bad_keys_and_values_are_refused,
    keys_come_in_pages_in_byte_order,
    values_are_swapped_if_they_are_the_same_json,
    a_repeated_call_changes_nothing_more,
    a_call_id_with_another_operation_is_applied_anew,
    the_memory_of_calls_ends_with_the_run,
    a_scope_has_finite_room,
    concurrent_appends_to_many_runs_keep_each_chain,
);

async fn entries_come_back_as_appended(store: &dyn Store) {
    let run = run_id(1);
    let (claim, first) = store.create(run.clone(), at(0), started()).await.unwrap();
    let mut appended = vec![first];
    for event in [invocation_started(), host_call(0, "{}", "{}"), line("a \u{1b}[31m line\0"), run_ended()] {
        appended.push(store.append(&claim, at(5), event).await.unwrap());
    }
    store.flush().await.unwrap();
    assert_eq!(store.entries(run.clone()).await.unwrap(), appended);
    let mut chain = Chain::of(&run);
    appended.iter().for_each(|entry| chain.check(entry).unwrap());
}

async fn large_payloads_come_back_and_references_must_be_known(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let text = large('x');
    let entry = store.append(&claim, at(3), host_call(1, &text, &text)).await.unwrap();
    assert_eq!(store.entries(run_id(1)).await.unwrap().pop().unwrap(), entry);
    let kept = Payload::text(text.as_str()).as_reference();
    let by_reference = |payload: &Payload| Event::RunEnded(RunOutcome::Completed { output: payload.clone() });
    let unknown = Payload::text(large('y')).as_reference();
    let refused = store.append(&claim, at(4), by_reference(&unknown)).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    store.put_blob(text.clone().into_bytes()).await.unwrap();
    store.append(&claim, at(4), by_reference(&kept)).await.unwrap();
    let last = store.entries(run_id(1)).await.unwrap().pop().unwrap();
    assert_eq!(last.event, by_reference(&Payload::text(text)));
}

async fn a_run_begins_once_and_with_its_header(store: &dyn Store) {
    let headless = store.create(run_id(1), at(0), line("no header")).await;
    assert!(matches!(headless, Err(StoreError::Refused(_))));
    let claim = begin(store, &run_id(1)).await;
    assert!(matches!(store.create(run_id(1), at(0), started()).await, Err(StoreError::RunExists(_))));
    assert!(matches!(store.append(&claim, at(0), started()).await, Err(StoreError::Refused(_))));
    assert_eq!(store.entries(run_id(1)).await.unwrap().len(), 3);
}

async fn time_never_goes_back(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    assert_eq!(store.append(&claim, at(90), line("later")).await.unwrap().at, at(90));
    assert_eq!(store.append(&claim, at(10), line("the clock went back")).await.unwrap().at, at(90));
    store.entries(run_id(1)).await.unwrap();
}

async fn nothing_follows_the_end(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    store.append(&claim, at(3), run_ended()).await.unwrap();
    assert!(matches!(store.append(&claim, at(4), line("more")).await, Err(StoreError::Ended(_))));
    store.release(claim).await.unwrap();
    assert!(matches!(store.claim(run_id(1)).await, Err(StoreError::Ended(_))));
    assert_eq!(store.entries(run_id(1)).await.unwrap().len(), 4);
}

async fn a_claim_excludes_others_and_old_claims_are_fenced(store: &dyn Store) {
    let old = begin(store, &run_id(1)).await;
    assert!(matches!(store.claim(run_id(1)).await, Err(StoreError::Claimed(_))));
    store.release(old.clone()).await.unwrap();
    assert!(matches!(store.append(&old, at(3), line("released")).await, Err(StoreError::Fenced(_))));
    let new = store.claim(run_id(1)).await.unwrap();
    assert!(new.epoch > old.epoch);
    assert!(matches!(store.append(&old, at(3), line("taken over")).await, Err(StoreError::Fenced(_))));
    store.release(old).await.unwrap();
    store.append(&new, at(3), line("mine")).await.unwrap();
}

async fn an_unknown_run_is_named(store: &dyn Store) {
    let named = |error: StoreError| matches!(&error, StoreError::NoSuchRun(run) if *run == run_id(7).to_string());
    assert!(named(store.entries(run_id(7)).await.unwrap_err()));
    assert!(named(store.claim(run_id(7)).await.unwrap_err()));
}

async fn runs_are_listed_newest_first(store: &dyn Store) {
    for number in 1..=3 {
        begin(store, &run_id(number)).await;
    }
    let runs = store.runs(2).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.run.clone()).collect::<Vec<_>>(), [run_id(3), run_id(2)]);
    let newest = &runs[0];
    assert_eq!(
        (newest.workflow.as_str(), newest.started, newest.updated, newest.entries),
        ("onboarding", at(0), at(2), 3)
    );
}

async fn the_status_follows_from_the_events(store: &dyn Store) {
    let decided = Event::ApprovalDecided {
        step: "sign_off".to_owned(),
        token: Digest::of(b"question"),
        decision: Decision::Expired,
    };
    let (claim, _) = store.create(run_id(1), at(0), started()).await.unwrap();
    let steps = [
        (invocation_started(), RunStatus::Running),
        (asked(), RunStatus::Running),
        (invocation_ended("1"), RunStatus::Parked),
        (decided, RunStatus::Running),
    ];
    for (event, status) in steps {
        store.append(&claim, at(1), event).await.unwrap();
        assert_eq!(store.runs(1).await.unwrap()[0].status, status);
        store.entries(run_id(1)).await.unwrap();
    }
    store.release(claim).await.unwrap();
    assert_eq!(store.runs(1).await.unwrap()[0].status, RunStatus::Interrupted, "nobody drives it");
    let claim = store.claim(run_id(1)).await.unwrap();
    assert_eq!(store.runs(1).await.unwrap()[0].status, RunStatus::Running);
    store.append(&claim, at(1), run_ended()).await.unwrap();
    assert_eq!(store.runs(1).await.unwrap()[0].status, RunStatus::Completed);
}

async fn blobs_are_kept_by_digest(store: &dyn Store) {
    let bytes = vec![0, 159, 146, 150];
    let digest = store.put_blob(bytes.clone()).await.unwrap();
    assert_eq!(store.put_blob(bytes.clone()).await.unwrap(), digest);
    assert_eq!(store.blob(digest).await.unwrap(), bytes);
    assert!(matches!(store.blob(Digest::of(b"unknown")).await, Err(StoreError::Corrupt { .. })));
}

async fn state_is_kept_by_scope(store: &dyn Store) {
    let scopes = [Scope::Run(run_id(1)), Scope::Agent("a".to_owned()), shared("a"), shared("ab")];
    for (number, scope) in scopes.iter().enumerate() {
        let op = set("key", &number.to_string());
        assert_eq!(store.state(call(&run_id(1), 0), scope.clone(), op).await.unwrap(), StateReply::Done);
    }
    for (number, scope) in scopes.iter().enumerate() {
        assert_eq!(value(store, scope, "key").await.unwrap(), Some(number.to_string()));
    }
    let delete = StateOp::Delete { key: "key".to_owned() };
    for (sequence, there) in [(1, true), (2, false)] {
        let reply = store.state(call(&run_id(1), sequence), scopes[0].clone(), delete.clone()).await.unwrap();
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
    for (number, key) in HOSTILE.into_iter().enumerate() {
        store.state(call(&run_id(1), 0), shared(key), set(key, &number.to_string())).await.unwrap();
        store.state(call(&run_id(1), 0), shared("all"), set(key, &number.to_string())).await.unwrap();
    }
    for (number, key) in HOSTILE.into_iter().enumerate() {
        assert_eq!(value(store, &shared(key), key).await.unwrap(), Some(number.to_string()), "{key}");
        assert_eq!(value(store, &shared("all"), key).await.unwrap(), Some(number.to_string()), "{key}");
        let op = StateOp::Keys { prefix: String::new(), after: None, limit: 100 };
        let keys = store.state(call(&run_id(1), 0), shared(key), op).await.unwrap();
        assert_eq!(keys, StateReply::Keys(vec![key.to_owned()]), "one key in the scope {key}");
    }
}

async fn bad_keys_and_values_are_refused(store: &dyn Store) {
    let long = "k".repeat(state::KEY_BYTES + 1);
    for key in ["", "a\0b", "a\nb", "\u{7f}", "\u{85}", &long] {
        for op in [get(key), set(key, "1"), StateOp::Delete { key: key.to_owned() }] {
            let refused = store.state(call(&run_id(1), 0), shared("s"), op).await;
            assert!(matches!(refused, Err(StoreError::Quota(_))), "{key:?}: {refused:?}");
        }
        let refused = store.state(call(&run_id(1), 0), shared(key), set("key", "1")).await;
        assert!(matches!(refused, Err(StoreError::Quota(_))), "{key:?}: {refused:?}");
    }
    let refused = store.state(call(&run_id(1), 0), shared("s"), set("k", &"v".repeat(state::VALUE_BYTES + 1))).await;
    assert!(matches!(refused, Err(StoreError::Quota(_))));
    store.state(call(&run_id(1), 0), shared("s"), set(&long[1..], &"v".repeat(state::VALUE_BYTES))).await.unwrap();
}

async fn keys_come_in_pages_in_byte_order(store: &dyn Store) {
    let mut sorted = ["a", "a:", "a:b", "aB", "ab", "aé", "a𝄞", "a\u{ffff}", "b", "A"].map(str::to_owned).to_vec();
    for key in &sorted {
        store.state(call(&run_id(1), 0), shared("s"), set(key, "1")).await.unwrap();
    }
    sorted.sort_by(|left, right| left.as_bytes().cmp(right.as_bytes()));
    for prefix in ["", "a", "a:", "a𝄞", "z", "\u{10ffff}"] {
        let expected: Vec<String> = sorted.iter().filter(|key| key.starts_with(prefix)).cloned().collect();
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let op = StateOp::Keys { prefix: prefix.to_owned(), after: after.clone(), limit: 3 };
            let reply = store.state(call(&run_id(1), 0), shared("s"), op).await.unwrap();
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
    StateOp::CompareAndSwap { key: text("k"), expected: expected.map(text), value: value.map(text) }
}

async fn values_are_swapped_if_they_are_the_same_json(store: &dyn Store) {
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
        let reply = store.state(call(&run_id(1), sequence as u32), shared("s"), op.clone()).await.unwrap();
        assert_eq!(reply, StateReply::Changed(swapped), "{op:?}");
    }
    assert_eq!(value(store, &shared("s"), "k").await.unwrap(), None);
}

async fn a_repeated_call_changes_nothing_more(store: &dyn Store) {
    begin(store, &run_id(1)).await;
    let op = swap(None, Some("1"));
    let first = store.state(call(&run_id(1), 0), shared("s"), op.clone()).await.unwrap();
    store.state(call(&run_id(1), 1), shared("s"), set("k", "2")).await.unwrap();
    let again = store.state(call(&run_id(1), 0), shared("s"), op.clone()).await.unwrap();
    assert_eq!((first, again), (StateReply::Changed(true), StateReply::Changed(true)));
    assert_eq!(value(store, &shared("s"), "k").await.unwrap(), Some("2".to_owned()));
    let mut other = call(&run_id(1), 0);
    other.invocation = InvocationId::attempt(&site(), 2);
    assert_eq!(store.state(other, shared("s"), op).await.unwrap(), StateReply::Changed(false), "another call");
}

async fn a_call_id_with_another_operation_is_applied_anew(store: &dyn Store) {
    begin(store, &run_id(1)).await;
    let swapped = |reply: Result<StateReply, StoreError>| reply.unwrap() == StateReply::Changed(true);
    let call = call(&run_id(1), 0);
    assert!(swapped(store.state(call.clone(), shared("s"), swap(None, Some("1"))).await));
    assert!(swapped(store.state(call.clone(), shared("t"), swap(None, Some("1"))).await), "another scope");
    assert!(swapped(store.state(call.clone(), shared("s"), swap(Some("1"), None)).await), "other arguments");
    assert!(swapped(store.state(call.clone(), shared("s"), swap(None, Some("1"))).await), "the memory was replaced");
    assert!(swapped(store.state(call, shared("s"), swap(None, Some("1"))).await), "and now it is remembered");
}

async fn the_memory_of_calls_ends_with_the_run(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let op = swap(None, Some("1"));
    store.state(call(&run_id(1), 0), shared("s"), op.clone()).await.unwrap();
    store.append(&claim, at(3), run_ended()).await.unwrap();
    for run in [run_id(1), run_id(99)] {
        for _ in 0..2 {
            let reply = store.state(call(&run, 0), shared("s"), op.clone()).await.unwrap();
            assert_eq!(reply, StateReply::Changed(false), "applied, and not remembered");
        }
    }
}

async fn a_scope_has_finite_room(store: &dyn Store) {
    let value = "v".repeat(state::VALUE_BYTES);
    let fits = state::SCOPE_BYTES / (state::VALUE_BYTES as u64 + 2);
    for number in 0..fits {
        store.state(call(&run_id(1), 0), shared("s"), set(&format!("{number:02}"), &value)).await.unwrap();
    }
    let full = store.state(call(&run_id(1), 0), shared("s"), set("zz", &value)).await;
    assert!(matches!(full, Err(StoreError::Quota(_))), "{full:?}");
    store.state(call(&run_id(1), 0), shared("s"), set("00", &value)).await.unwrap();
    store.state(call(&run_id(1), 0), shared("t"), set("zz", &value)).await.unwrap();
    store.state(call(&run_id(1), 0), shared("s"), StateOp::Delete { key: "01".to_owned() }).await.unwrap();
    store.state(call(&run_id(1), 0), shared("s"), set("zz", &value)).await.unwrap();
}

async fn concurrent_appends_to_many_runs_keep_each_chain(store: &dyn Store) {
    let store = Arc::new(store);
    let append_all = |number: u128| {
        let store = Arc::clone(&store);
        async move {
            let claim = begin(*store, &run_id(number)).await;
            for count in 0..20 {
                store.append(&claim, at(count), line(&format!("{count}"))).await.unwrap();
            }
            store.flush().await.unwrap();
        }
    };
    tokio::join!(append_all(1), append_all(2), append_all(3), append_all(4));
    for number in 1..=4 {
        let entries = store.entries(run_id(number)).await.unwrap();
        let messages = entries[3..].iter().map(|entry| match &entry.event {
            Event::Logged { message, .. } => message.parse::<u64>().unwrap(),
            other => panic!("{other:?}"),
        });
        assert!(messages.eq(0..20));
    }
}
