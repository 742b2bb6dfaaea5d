//! How a guest's end becomes an outcome. It does not know what the outcome leads to.

use std::any::Any;
use std::sync::Arc;

use baton_journal::{Failure, Limit, Outcome, Payload};
use baton_policy::Resource;
use wasmtime::component::Val;
use wasmtime::{PoolConcurrencyLimitError, Trap};
use wasmtime_wasi::I32Exit;

use crate::error::SandboxError;
use crate::guest::Guest;
use crate::invocation::Invocation;
use crate::value;

/// What came back from the guest.
pub(crate) enum Answer {
    Agent(Result<String, Failure>),
    Tool(Option<Val>),
}

/// How the call of the guest ended.
pub(crate) enum Ending {
    Answered(Answer),
    Broke(wasmtime::Error),
    TimedOut,
    Cancelled,
    HostPanicked(Box<dyn Any + Send>),
}

impl Ending {
    /// Whether the guest has answered, and nobody stopped it.
    pub(crate) fn is_answer(&self, guest: &Guest) -> bool {
        matches!(self, Ending::Answered(_)) && !guest.gate.has_stopped()
    }

    /// The outcome; an error where the host is to blame.
    pub(crate) fn outcome(self, guest: &mut Guest) -> Result<Outcome, SandboxError> {
        if let Some(stop) = guest.gate.take_stop() {
            return stop.outcome();
        }
        match self {
            Ending::HostPanicked(panic) => {
                let id = &guest.gate.invocation().id;
                Err(SandboxError::panicked(id, format!("the call of {id}"), panic.as_ref()))
            }
            Ending::TimedOut => Ok(timed_out(guest.gate.invocation())),
            Ending::Cancelled => Ok(Outcome::Cancelled),
            Ending::Broke(error) => Ok(broke(guest, &error)),
            Ending::Answered(answer) => answered(guest, answer),
        }
    }
}

fn answered(guest: &Guest, answer: Answer) -> Result<Outcome, SandboxError> {
    guest.gate.finish()?;
    let output = match answer {
        Answer::Agent(Ok(text)) => text,
        Answer::Agent(Err(failure)) => return Ok(Outcome::Failed { failure }),
        Answer::Tool(None) => "null".to_owned(),
        Answer::Tool(Some(Val::Result(Err(payload)))) => {
            return Ok(Outcome::Failed { failure: tool_failure(payload.map(|payload| *payload)) });
        }
        Answer::Tool(Some(Val::Result(Ok(payload)))) => payload.map_or("null".to_owned(), |payload| json(*payload)),
        Answer::Tool(Some(value)) => json(value),
    };
    Ok(completed(guest.gate.invocation(), output.into()))
}

/// The outcome of an answer, which may be as large as a payload.
pub(crate) fn completed(invocation: &Invocation, output: Arc<str>) -> Outcome {
    let limit = invocation.limits.payload;
    if output.len() as u64 > limit.0 {
        let hint = payload_hint(&invocation.plugin);
        let message = format!("the output has {} bytes; the limit `payload` is {limit}{hint}", output.len());
        return Outcome::Exhausted { limit: Limit::Bytes, message };
    }
    Outcome::Completed { output: Payload::Text(output) }
}

fn json(value: Val) -> String {
    value::encode(value).to_string()
}

/// A tool's error: the contract's `failure` says itself what it is; any other type is a failure that stays.
fn tool_failure(payload: Option<Val>) -> Failure {
    match payload {
        Some(Val::Variant(case, Some(text))) => match (case.as_str(), *text) {
            ("invalid", Val::String(text)) => Failure::Invalid(text),
            ("transient", Val::String(text)) => Failure::Transient(text),
            ("declined", Val::String(text)) => Failure::Declined(text),
            ("permanent", Val::String(text)) => Failure::Permanent(text),
            (_, payload) => Failure::Permanent(json(Val::Variant(case, Some(payload.into())))),
        },
        Some(Val::String(text)) => Failure::Permanent(text),
        Some(value) => Failure::Permanent(json(value)),
        None => Failure::Permanent("the tool failed and did not say why".to_owned()),
    }
}

/// The outcome of an invocation that is not over in time.
pub(crate) fn timed_out(invocation: &Invocation) -> Outcome {
    Outcome::TimedOut { after_ms: u64::try_from(invocation.timeout.as_millis()).unwrap_or(u64::MAX) }
}

fn broke(guest: &Guest, error: &wasmtime::Error) -> Outcome {
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => timed_out(guest.gate.invocation()),
        Some(Trap::OutOfFuel) => exhausted(guest, Limit::Fuel, Resource::Fuel),
        Some(Trap::StackOverflow) => {
            let message = "the guest's stack is full: it calls itself too deeply".to_owned();
            Outcome::Exhausted { limit: Limit::Stack, message }
        }
        _ if error.is::<PoolConcurrencyLimitError>() => no_room(),
        _ if is_too_much_at_once(error) => too_much_at_once(guest),
        _ if guest.limiter.refused() => exhausted(guest, Limit::Memory, Resource::Memory),
        _ => Outcome::Trapped { message: trap_message(error) },
    }
}

/// The host is full, which is not the guest's fault: later there may be room.
fn no_room() -> Outcome {
    Outcome::Failed { failure: Failure::Transient("the host has no room for another sandbox at the moment".to_owned()) }
}

/// The engine has no type for it.
fn is_too_much_at_once(error: &wasmtime::Error) -> bool {
    error.root_cause().to_string().contains("fuel allocated for hostcalls has been exhausted")
}

fn too_much_at_once(guest: &Guest) -> Outcome {
    let invocation = guest.gate.invocation();
    let limit = invocation.limits.payload;
    let message = format!(
        "the guest handed over more at once than the limit `payload`, {limit}, allows{}",
        payload_hint(&invocation.plugin)
    );
    Outcome::Exhausted { limit: Limit::Bytes, message }
}

/// What raises the limit of a payload.
pub(crate) fn payload_hint(plugin: &str) -> String {
    let most = baton_policy::limits::MAX_PAYLOAD;
    format!("; to allow up to {most}, in baton.toml, under [plugins.{plugin}]: limits = {{ payload = \"…\" }}")
}

fn exhausted(guest: &Guest, limit: Limit, resource: Resource) -> Outcome {
    Outcome::Exhausted { limit, message: guest.gate.invocation().exhausted(resource) }
}

fn trap_message(error: &wasmtime::Error) -> String {
    if let Some(exit) = error.downcast_ref::<I32Exit>() {
        return format!("the guest ended its process with status {}", exit.0);
    }
    let root = error.root_cause().to_string();
    let frames = error.downcast_ref::<wasmtime::WasmBacktrace>().map(ToString::to_string);
    frames.map_or(root.clone(), |frames| format!("{root}\n{}", frames.trim_end()))
}

/// An input that is larger than a payload may be is refused before a sandbox is made for it.
pub(crate) fn too_large(invocation: &Invocation) -> Option<Outcome> {
    let (bytes, limit) = (invocation.input.len() as u64, invocation.limits.payload);
    (bytes > limit.0).then(|| {
        let hint = payload_hint(&invocation.plugin);
        let message = format!("the input has {bytes} bytes; the limit `payload` is {limit}{hint}");
        Outcome::Exhausted { limit: Limit::Bytes, message }
    })
}
