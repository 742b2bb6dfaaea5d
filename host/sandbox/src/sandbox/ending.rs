//! How a guest's end becomes an outcome, and how a component that cannot be loaded becomes an error.

use std::any::Any;

use baton_journal::{Failure, Limit, Outcome, Payload};
use baton_policy::Resource;
use wasmtime::component::Val;
use wasmtime::{PoolConcurrencyLimitError, Trap};
use wasmtime_wasi::I32Exit;

use crate::error::SandboxError;
use crate::gate::Stop;
use crate::guest::Guest;
use crate::invocation::Invocation;
use crate::value;

/// What came back from the guest.
pub(super) enum Answer {
    Agent(Result<String, Failure>),
    Tool(Option<Val>),
}

/// How the call of the guest ended.
pub(super) enum Ending {
    Answered(Answer),
    Broke(wasmtime::Error),
    TimedOut,
    HostPanicked(Box<dyn Any + Send>),
}

impl Ending {
    /// The outcome; an error where the host is to blame.
    pub(super) fn outcome(self, guest: &mut Guest) -> Result<Outcome, SandboxError> {
        let stop = guest.gate.take_stop();
        match (self, stop) {
            (_, Some(Stop::Host(error))) => Err(error),
            (_, Some(Stop::Exhausted(limit, message))) => Ok(Outcome::Exhausted { limit, message }),
            (Ending::HostPanicked(panic), None) => Err(host_panic(panic.as_ref())),
            (Ending::TimedOut, None) => Ok(timed_out(guest)),
            (Ending::Broke(error), None) => Ok(broke(guest, &error)),
            (Ending::Answered(answer), None) => answered(guest, answer),
        }
    }
}

fn answered(guest: &Guest, answer: Answer) -> Result<Outcome, SandboxError> {
    guest.gate.tape().finish().map_err(SandboxError::Diverged)?;
    let output = match answer {
        Answer::Agent(Ok(text)) => text,
        Answer::Agent(Err(failure)) => return Ok(Outcome::Failed { failure }),
        Answer::Tool(None) => "null".to_owned(),
        Answer::Tool(Some(Val::Result(Err(payload)))) => {
            return Ok(Outcome::Failed { failure: tool_failure(payload.as_deref()) });
        }
        Answer::Tool(Some(Val::Result(Ok(payload)))) => payload.as_deref().map_or("null".to_owned(), json),
        Answer::Tool(Some(value)) => json(&value),
    };
    let limit = guest.gate.invocation().limits.payload;
    if output.len() as u64 > limit.0 {
        let hint = payload_hint(&guest.gate.invocation().plugin);
        let message = format!("the output has {} bytes; the limit `payload` is {limit}{hint}", output.len());
        return Ok(Outcome::Exhausted { limit: Limit::Bytes, message });
    }
    Ok(Outcome::Completed { output: Payload::text(output) })
}

fn json(value: &Val) -> String {
    value::encode(value).to_string()
}

/// A tool's error: the contract's `failure` says itself what it is; any other type is a failure that stays.
fn tool_failure(payload: Option<&Val>) -> Failure {
    match payload {
        Some(Val::Variant(case, Some(text))) => match (case.as_str(), text.as_ref()) {
            ("invalid", Val::String(text)) => Failure::Invalid(text.clone()),
            ("transient", Val::String(text)) => Failure::Transient(text.clone()),
            ("declined", Val::String(text)) => Failure::Declined(text.clone()),
            ("permanent", Val::String(text)) => Failure::Permanent(text.clone()),
            _ => Failure::Permanent(json(&Val::Variant(case.clone(), Some(text.clone())))),
        },
        Some(Val::String(text)) => Failure::Permanent(text.clone()),
        Some(value) => Failure::Permanent(json(value)),
        None => Failure::Permanent("the tool failed and did not say why".to_owned()),
    }
}

fn timed_out(guest: &Guest) -> Outcome {
    let timeout = guest.gate.invocation().timeout;
    Outcome::TimedOut { after_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX) }
}

fn broke(guest: &Guest, error: &wasmtime::Error) -> Outcome {
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => timed_out(guest),
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

fn payload_hint(plugin: &str) -> String {
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

fn host_panic(panic: &(dyn Any + Send)) -> SandboxError {
    let text =
        panic.downcast_ref::<&str>().map(ToString::to_string).or_else(|| panic.downcast_ref::<String>().cloned());
    let text = text.unwrap_or_else(|| "no message".to_owned());
    SandboxError::engine(anyhow::anyhow!("the host panicked, which is a bug of the host, not of the plugin: {text}"))
}

/// An input that is larger than a payload may be is refused before a sandbox is made for it.
pub(super) fn too_large(invocation: &Invocation) -> Option<Outcome> {
    let (bytes, limit) = (invocation.input.len() as u64, invocation.limits.payload);
    (bytes > limit.0).then(|| {
        let hint = payload_hint(&invocation.plugin);
        let message = format!("the input has {bytes} bytes; the limit `payload` is {limit}{hint}");
        Outcome::Exhausted { limit: Limit::Bytes, message }
    })
}

/// The engine names the import in its message; its name and what could be meant are what the operator needs.
pub(super) fn not_linkable(plugin: &str, error: &wasmtime::Error) -> SandboxError {
    let reason = format!("{error:#}");
    match reason.split('`').nth(1) {
        Some(import) if reason.contains("component imports") => SandboxError::UnknownImport {
            plugin: plugin.to_owned(),
            import: import.to_owned(),
            hint: import_hint(import, &reason),
        },
        _ => SandboxError::NotLoadable { plugin: plugin.to_owned(), reason },
    }
}

fn import_hint(import: &str, reason: &str) -> String {
    if import.starts_with("baton:plugin/") {
        return format!("this version offers baton:plugin@0.1.0: {reason}");
    }
    if import.starts_with("wasi:sockets") || import.starts_with("wasi:http") {
        return "an agent reaches the world through the interfaces of baton:plugin only, so that its run can be replayed; \
                toolchains that pull WASI in can stub it out (componentize-py --stub-wasi)"
            .to_owned();
    }
    "a plugin may import baton:plugin@0.1.0 and WASI 0.2".to_owned()
}
