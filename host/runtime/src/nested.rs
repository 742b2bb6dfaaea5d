//! What all invocations have in common that other invocations make: how they are named, with whose authority they act, and
//! how they are made and ended. It does not know what is called, nor whether it is replayed.

use std::sync::Arc;

use baton_journal::{Authority, Digest, Event, InvocationId, Payload, Tape, Timestamp};
use baton_policy::{Amounts, Call, Policy};
use baton_sandbox::{CallError, CallSite, Ended, SandboxError};
use serde::Serialize;
use tokio::time::Instant;

use crate::drive::{Job, RunContext};
use crate::error::Error;

/// The id of the invocation that a host call makes.
pub(crate) fn nested_id(site: &CallSite) -> InvocationId {
    InvocationId::nested(&site.invocation.id, site.sequence, None)
}

/// What the gate has written before a call: the machine hears of it here.
pub(crate) fn intent(site: &CallSite, operation: &str, request: &impl Serialize) -> Event {
    Event::HostCallStarted {
        invocation: site.invocation.id.clone(),
        sequence: site.sequence,
        operation: operation.to_owned(),
        request: Payload::json(&serde_json::to_value(request).unwrap_or_default()),
    }
}

/// The place of a call that an earlier host made; nothing is lent for it any more.
pub(crate) fn site(job: &Job, sequence: u32) -> CallSite {
    CallSite { invocation: Arc::clone(&job.invocation), sequence, stops: Instant::now(), lent: Amounts::default() }
}

/// The idempotency key of a call: the same for every attempt of it.
pub(crate) fn nested_key(caller: &str, sequence: u32, callee: &str, input: &str) -> String {
    let sequence = sequence.to_le_bytes();
    Digest::of_parts([caller.as_bytes(), &sequence, callee.as_bytes(), input.as_bytes()]).to_string()
}

/// The policy of what is called for its caller: what both may do, unless the operator delegated to it by name.
pub(crate) fn acting(called: &Policy, caller: &Arc<Policy>, call: Call<'_>) -> (Arc<Policy>, Authority) {
    if caller.delegates(call) {
        return (Arc::new(called.clone()), Authority::Itself);
    }
    (Arc::new(called.bounded_by(caller, call)), Authority::Bounded)
}

/// Why a call is not made that would have too many invocations wait for each other, with the plugins that do.
pub(crate) fn too_deep(site: &CallSite) -> Option<CallError> {
    let (limit, caller) = (site.invocation.limits.depth, &site.invocation);
    (caller.depth >= limit).then(|| {
        let mut chain: Vec<String> = caller.policy.chain().map(ToString::to_string).collect();
        chain.reverse();
        CallError::Invalid(format!(
            "more than {limit} invocations wait for each other (limit `depth`): {}",
            chain.join(" -> ")
        ))
    })
}

/// Makes an invocation that another one called, and has its end written down.
pub(crate) async fn make(context: &Arc<RunContext>, job: Job, tape: Tape) -> Result<Ended, Error> {
    let (id, caller) = (&job.invocation.id, job.caller.as_ref().map(|caller| &caller.id));
    let account = caller.map(|caller| context.purses.open_within(id, caller)).unwrap_or_default();
    let job = job.counted(account);
    context.open(&job);
    let ended = Arc::clone(context).make(&job, tape).await;
    context.close(&job.invocation.id);
    let ended = ended?;
    context.tell(job.ended(&ended)).await?;
    Ok(ended)
}

/// Writes down that an invocation begins, or begins again.
pub(crate) async fn begin(context: &RunContext, job: &Job) -> Result<Timestamp, Error> {
    context.tell(job.started()).await
}

/// An error of the host as the gate of the caller takes it.
pub(crate) fn host_error(error: Error) -> SandboxError {
    match error {
        Error::Sandbox(error) => error,
        Error::Store(error) => SandboxError::Store(error),
        other => SandboxError::Host(other.to_string()),
    }
}
