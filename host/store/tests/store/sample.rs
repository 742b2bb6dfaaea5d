//! Runs, events and stores to test with.

use std::path::Path;

use baton_journal::{
    CallId, Claim, Digest, Event, InvocationId, Lease, Payload, PluginPin, RunHeader, RunId, RunOutcome, Scope, Site,
    StateOp, StateReply, StateRequest, Store, StoreError, Timestamp, Usage,
};
use baton_store::SqliteStore;

pub(crate) fn run_id(number: u128) -> RunId {
    RunId::new(Timestamp(1_700_000_000_000), number)
}

pub(crate) fn at(ms: u64) -> Timestamp {
    Timestamp(1_700_000_000_000 + ms)
}

pub(crate) fn started() -> Event {
    Event::RunStarted(RunHeader {
        workflow: "onboarding".to_owned(),
        plan_digest: Digest::of(b"plan"),
        plan: Payload::text("{}"),
        input: Payload::text(r#"{"applicant":"Ada"}"#),
        seed: Digest::of(b"seed"),
        engine: "wasmtime 48.0.8".to_owned(),
        plugins: vec![PluginPin {
            name: "crm".to_owned(),
            component: Digest::of(b"crm"),
            environment: Default::default(),
        }],
        forks: Vec::new(),
    })
}

pub(crate) fn site() -> Site {
    Site { step: "summarise".to_owned(), item: Some(2) }
}

pub(crate) fn invocation() -> InvocationId {
    InvocationId::attempt(&site(), 1)
}

pub(crate) fn invocation_started() -> Event {
    Event::InvocationStarted {
        invocation: invocation(),
        site: site(),
        attempt: 1,
        caller: None,
        plugin: "summariser".to_owned(),
        function: None,
        input: Payload::text("{}"),
        deadline: at(60_000),
        authority: None,
        lease: Lease::default(),
    }
}

pub(crate) fn host_call(sequence: u32, request: &str, reply: &str) -> Event {
    Event::HostCall {
        invocation: invocation(),
        sequence,
        operation: "state.get".to_owned(),
        request: Payload::text(request),
        reply: Payload::text(reply),
    }
}

pub(crate) fn line(message: &str) -> Event {
    Event::Logged { invocation: invocation(), level: "info".to_owned(), message: message.to_owned() }
}

pub(crate) fn invocation_ended(output: &str) -> Event {
    Event::InvocationEnded {
        invocation: invocation(),
        site: site(),
        attempt: 1,
        caller: None,
        outcome: baton_journal::Outcome::Completed { output: Payload::text(output) },
        usage: Usage { fuel: 1234, ..Usage::default() },
    }
}

pub(crate) fn asked() -> Event {
    Event::ApprovalRequested {
        step: "sign_off".to_owned(),
        question: "Take this client on?".to_owned(),
        show: Payload::text("{}"),
        roles: vec!["partner".to_owned()],
        deadline: at(1_000_000),
        token: Digest::of(b"question"),
    }
}

pub(crate) fn run_ended() -> Event {
    Event::RunEnded(RunOutcome::Completed { output: Payload::text(r#"{"risk":"low"}"#) })
}

/// A text longer than what an entry holds itself.
pub(crate) fn large(character: char) -> String {
    format!("\"{}\"", character.to_string().repeat(5000))
}

/// Begins a run with two more entries.
pub(crate) async fn begin(store: &dyn Store, run: &RunId) -> Claim {
    let (claim, _) = store.create(run.clone(), at(0), started()).await.unwrap();
    store.append(&claim, at(1), invocation_started()).await.unwrap();
    store.append(&claim, at(2), host_call(0, "{}", r#"{"ok":null}"#)).await.unwrap();
    claim
}

pub(crate) fn call(run: &RunId, sequence: u32) -> CallId {
    CallId { run: run.clone(), invocation: invocation(), sequence }
}

/// The bytes to which a call may fill a room, unless a test says otherwise.
pub(crate) const QUOTA: u64 = 8 << 20;

/// The call of this number in the first run.
pub(crate) fn request(sequence: u32, scope: Scope, op: StateOp) -> StateRequest {
    StateRequest { call: call(&run_id(1), sequence), scope, op, now: at(0), quota: QUOTA }
}

pub(crate) fn set(key: &str, value: &str) -> StateOp {
    StateOp::Set { key: key.to_owned(), value: value.to_owned(), ttl_ms: None }
}

pub(crate) fn set_for(key: &str, value: &str, ttl_ms: u64) -> StateOp {
    StateOp::Set { key: key.to_owned(), value: value.to_owned(), ttl_ms: Some(ttl_ms) }
}

pub(crate) fn increment(key: &str, by: i64) -> StateOp {
    StateOp::Increment { key: key.to_owned(), by }
}

pub(crate) fn get(key: &str) -> StateOp {
    StateOp::Get { key: key.to_owned() }
}

pub(crate) fn shared(name: &str) -> Scope {
    Scope::Shared(name.to_owned())
}

/// Reads a value; that needs no claim on a run.
pub(crate) async fn value(store: &dyn Store, scope: &Scope, key: &str) -> Result<Option<String>, StoreError> {
    let nobody = Claim { run: run_id(0), epoch: 0 };
    match store.state(&nobody, request(0, scope.clone(), get(key))).await? {
        StateReply::Value(value) => Ok(value),
        other => panic!("a value was asked for, not {other:?}"),
    }
}

pub(crate) fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder.join("baton.db")).unwrap()
}
