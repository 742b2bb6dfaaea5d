//! Runs, events and calls of state to fill stores with. It does not know a store.

use baton_journal::{
    CallId, Digest, Event, InvocationId, Payload, RunHeader, RunId, RunOutcome, Scope, Site, StateOp, StateRequest,
    Timestamp,
};

/// The id of a run by its number.
#[must_use]
pub fn run_id(number: u128) -> RunId {
    RunId::new(Timestamp(1_700_000_000_000), number)
}

/// A call of state, in the room that all runs share.
#[must_use]
pub fn request(run: &RunId, sequence: u32, op: StateOp) -> StateRequest {
    let call = CallId { run: run.clone(), invocation: invocation(), sequence };
    StateRequest {
        call,
        scope: Scope::Shared("room".to_owned()),
        op,
        now: Timestamp(1_700_000_000_000),
        quota: 8 << 20,
    }
}

/// The first event of a run.
#[must_use]
pub fn started() -> Event {
    Event::RunStarted(RunHeader {
        workflow: "onboarding".to_owned(),
        plan_digest: Digest::of(b"plan"),
        plan: Payload::text("{}"),
        input: Payload::text("{}"),
        seed: Digest::of(b"seed"),
        engine: "wasmtime".to_owned(),
        plugins: Vec::new(),
        version: None,
        forks: Vec::new(),
        admission: Default::default(),
    })
}

/// A recorded call with a reply of this length.
#[must_use]
pub fn host_call(sequence: u32, reply: usize) -> Event {
    let reply = format!("\"{}\"", format!("{sequence} ").repeat(reply / 4));
    let (request, reply) = (Payload::text("{}"), Payload::text(reply));
    Event::HostCall { invocation: invocation(), sequence, operation: "state.get".to_owned(), request, reply }
}

/// The last event of a run.
#[must_use]
pub fn ended() -> Event {
    Event::RunEnded(RunOutcome::Completed { output: Payload::text("{}") })
}

fn invocation() -> InvocationId {
    InvocationId::attempt(&Site { step: "summarise".to_owned(), item: None }, 1)
}
