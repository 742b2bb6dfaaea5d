//! Runs, events and operations to test a store with. It does not know which store.

use baton_journal::{
    CallId, Claim, Digest, Event, InvocationId, Lease, Payload, PluginPin, Quorum, RunHeader, RunId, RunOutcome, Scope,
    Site, StateOp, StateReply, StateRequest, Store, StoreError, Timestamp, Usage,
};

/// The id of a run by its number.
#[must_use]
pub fn run_id(number: u128) -> RunId {
    RunId::new(Timestamp(1_700_000_000_000), number)
}

/// A moment, by milliseconds.
#[must_use]
pub fn at(ms: u64) -> Timestamp {
    Timestamp(1_700_000_000_000 + ms)
}

/// The header of a run without plugins.
#[must_use]
pub fn started() -> Event {
    started_with(&[])
}

/// The header of a run with a plugin of each component.
#[must_use]
pub fn started_with(components: &[&[u8]]) -> Event {
    Event::RunStarted(RunHeader {
        workflow: "onboarding".to_owned(),
        plan_digest: Digest::of(b"plan"),
        plan: Payload::text("{}"),
        input: Payload::text(r#"{"applicant":"Ada"}"#),
        seed: Digest::of(b"seed"),
        engine: "wasmtime 48.0.8".to_owned(),
        plugins: pins(components),
        version: None,
        forks: Vec::new(),
        admission: Default::default(),
    })
}

/// A plugin of each component.
#[must_use]
pub fn pins(components: &[&[u8]]) -> Vec<PluginPin> {
    let pin = |component: &&[u8]| PluginPin {
        name: "crm".to_owned(),
        component: Digest::of(component),
        environment: Default::default(),
        limits: None,
        invokes: false,
        price_micro_usd: 0,
    };
    components.iter().map(pin).collect()
}

/// A place in a plan.
#[must_use]
pub fn site() -> Site {
    Site { step: "summarise".to_owned(), item: Some(2) }
}

/// The first attempt there.
#[must_use]
pub fn invocation() -> InvocationId {
    InvocationId::attempt(&site(), 1)
}

/// The attempt begins.
#[must_use]
pub fn invocation_started() -> Event {
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

/// A host call of the attempt, answered.
#[must_use]
pub fn host_call(sequence: u32, request: &str, reply: &str) -> Event {
    Event::HostCall {
        invocation: invocation(),
        sequence,
        operation: "state.get".to_owned(),
        request: Payload::text(request),
        reply: Payload::text(reply),
    }
}

/// A line that the attempt writes.
#[must_use]
pub fn line(message: &str) -> Event {
    Event::Logged { invocation: invocation(), level: "info".to_owned(), message: message.to_owned() }
}

/// The attempt ends well.
#[must_use]
pub fn invocation_ended(output: &str) -> Event {
    Event::InvocationEnded {
        invocation: invocation(),
        site: site(),
        attempt: 1,
        caller: None,
        outcome: baton_journal::Outcome::Completed { output: Payload::text(output) },
        usage: Usage { fuel: 1234, ..Usage::default() },
    }
}

/// A person is asked.
#[must_use]
pub fn asked() -> Event {
    Event::ApprovalRequested {
        step: "sign_off".to_owned(),
        question: "Take this client on?".to_owned(),
        show: Payload::text("{}"),
        roles: vec!["partner".to_owned()],
        assignees: Vec::new(),
        quorum: Quorum::default(),
        deadline: at(1_000_000),
        token: Digest::of(b"question"),
    }
}

/// The intent of a host call of the attempt.
#[must_use]
pub fn intent(sequence: u32, request: &str) -> Event {
    Event::HostCallStarted {
        invocation: invocation(),
        sequence,
        operation: "http.fetch".to_owned(),
        request: Payload::text(request),
    }
}

/// The run ends well.
#[must_use]
pub fn run_ended() -> Event {
    ended_with(Payload::text(r#"{"risk":"low"}"#))
}

/// The run ends well, with this output.
#[must_use]
pub fn ended_with(output: Payload) -> Event {
    Event::RunEnded(RunOutcome::Completed { output })
}

/// A text longer than what an entry holds itself.
#[must_use]
pub fn large(character: char) -> String {
    format!("\"{}\"", character.to_string().repeat(5000))
}

/// Begins a run with two more entries.
pub async fn begin(store: &dyn Store, run: &RunId) -> Claim {
    let (claim, _) = store.create(run.clone(), at(0), started()).await.unwrap();
    store.append(&claim, at(1), invocation_started()).await.unwrap();
    store.append(&claim, at(2), host_call(0, "{}", r#"{"ok":null}"#)).await.unwrap();
    claim
}

/// A host call of the attempt, by its number.
#[must_use]
pub fn call(run: &RunId, sequence: u32) -> CallId {
    CallId { run: run.clone(), invocation: invocation(), sequence }
}

/// The bytes to which a call may fill a room, unless a test says otherwise.
pub const QUOTA: u64 = 8 << 20;

/// The call of this number in the first run.
#[must_use]
pub fn request(sequence: u32, scope: Scope, op: StateOp) -> StateRequest {
    StateRequest { call: call(&run_id(1), sequence), scope, op, now: at(0), quota: QUOTA }
}

/// Sets a value.
#[must_use]
pub fn set(key: &str, value: &str) -> StateOp {
    StateOp::Set { key: key.to_owned(), value: value.to_owned(), ttl_ms: None }
}

/// Sets a value that expires.
#[must_use]
pub fn set_for(key: &str, value: &str, ttl_ms: u64) -> StateOp {
    StateOp::Set { key: key.to_owned(), value: value.to_owned(), ttl_ms: Some(ttl_ms) }
}

/// Adds to a number.
#[must_use]
pub fn increment(key: &str, by: i64) -> StateOp {
    StateOp::Increment { key: key.to_owned(), by }
}

/// Reads a value.
#[must_use]
pub fn get(key: &str) -> StateOp {
    StateOp::Get { key: key.to_owned() }
}

/// A shared room.
#[must_use]
pub fn shared(name: &str) -> Scope {
    Scope::Shared(name.to_owned())
}

/// Reads a value; that needs no claim on a run.
pub async fn value(store: &dyn Store, scope: &Scope, key: &str) -> Result<Option<String>, StoreError> {
    let nobody = Claim { run: run_id(0), epoch: 0 };
    match store.state(&nobody, request(0, scope.clone(), get(key))).await? {
        StateReply::Value(value) => Ok(value),
        other => panic!("a value was asked for, not {other:?}"),
    }
}
