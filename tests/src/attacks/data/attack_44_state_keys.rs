//! Keys and rooms whose names are made to reach others': separators, paths, SQL, zeros, prefixes.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_journal::{
    CallId, Claim, Event, InvocationId, RunId, Scope, Site, StateOp, StateReply, StateRequest, Store, StoreError,
    Timestamp,
};
use baton_store::{MemoryStore, SqliteStore};

use crate::attacks::{Arena, Attack, Verdict};
use crate::bench::header;

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 44, name: "injection in state keys", run };

/// Each as a key and as the name of a room.
const NAMES: [&str; 18] = [
    "a",
    "a:",
    "a:b",
    "a/b",
    "a/../b",
    "../a",
    "..",
    "b",
    "A",
    "\u{430}",
    "a\u{301}",
    "\u{e1}",
    "a%",
    "a_",
    "'; DROP TABLE state; --",
    "a\" OR 1=1",
    "a*",
    " a",
];

/// Refused whatever they name.
const NO_NAMES: [&str; 5] = ["", "a\0b", "a\nb", "\u{7f}", "\u{1b}[2J"];

fn run(arena: &Arena) -> Verdict {
    let disk: Arc<dyn Store> = Arc::new(SqliteStore::open(arena.folder().join("keys.db")).unwrap());
    let memory: Arc<dyn Store> = Arc::new(MemoryStore::new());
    Verdict::of([&disk, &memory].map(|store| arena.block_on(keys_are_what_they_are(store.as_ref()))))
}

async fn keys_are_what_they_are(store: &dyn Store) -> Verdict {
    let started = Event::RunStarted(header());
    let (claim, _) = store.create(RunId::new(Timestamp(1), 1), Timestamp(1), started).await.unwrap();
    let store = &Rooms { store, claim };
    let scopes: Vec<Scope> =
        NAMES.iter().flat_map(|name| [Scope::Agent((*name).to_owned()), Scope::Shared((*name).to_owned())]).collect();
    let mut kept = BTreeMap::new();
    for (room, scope) in scopes.iter().enumerate() {
        for (key, name) in NAMES.iter().enumerate() {
            let value = format!("\"{room} {key}\"");
            store
                .ask(scope, StateOp::Set { key: (*name).to_owned(), value: value.clone(), ttl_ms: None })
                .await
                .unwrap();
            kept.insert((room, *name), value);
        }
    }
    for ((room, key), value) in kept {
        let found = store.ask(&scopes[room], StateOp::Get { key: key.to_owned() }).await.unwrap();
        assert_eq!(found, StateReply::Value(Some(value)), "{:?} {key:?}", scopes[room]);
    }
    for prefix in NAMES {
        let listed = StateOp::Keys { prefix: prefix.to_owned(), after: None, limit: 1_000 };
        let StateReply::Keys(keys) = store.ask(&scopes[0], listed).await.unwrap() else { panic!("not keys") };
        let mut expect: Vec<&str> = NAMES.iter().copied().filter(|name| name.starts_with(prefix)).collect();
        expect.sort_unstable();
        assert_eq!(keys, expect, "{prefix:?}");
    }
    refused(store).await
}

async fn refused(store: &Rooms<'_>) -> Verdict {
    let long = "k".repeat(1 << 20);
    let mut verdicts = Vec::new();
    for name in NO_NAMES.into_iter().chain([long.as_str()]) {
        let key = StateOp::Set { key: name.to_owned(), value: "1".to_owned(), ttl_ms: None };
        let error = store.ask(&Scope::Agent("a".to_owned()), key).await.expect_err("it is no key");
        let set = StateOp::Set { key: "k".to_owned(), value: "1".to_owned(), ttl_ms: None };
        store.ask(&Scope::Shared(name.to_owned()), set).await.expect_err("it is no room");
        verdicts.push(Verdict::contained("kept apart, or refused", error));
    }
    Verdict::of(verdicts)
}

/// The state of a store, for one run.
struct Rooms<'a> {
    store: &'a dyn Store,
    claim: Claim,
}

impl Rooms<'_> {
    async fn ask(&self, scope: &Scope, op: StateOp) -> Result<StateReply, StoreError> {
        let site = Site { step: "s".to_owned(), item: None };
        let call = CallId { run: self.claim.run.clone(), invocation: InvocationId::attempt(&site, 1), sequence: 0 };
        let request = StateRequest { call, scope: scope.clone(), op, now: Timestamp(1), quota: u64::MAX };
        self.store.state(&self.claim, request).await
    }
}
