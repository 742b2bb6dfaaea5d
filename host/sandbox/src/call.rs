//! One call of one export in this process: a fresh store with all its limits, dropped afterwards. It does not know what
//! is behind the gate, nor what becomes of the outcome.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use baton_journal::json;
use baton_policy::ceiling;
use futures_util::FutureExt as _;
use wasmtime::Store;
use wasmtime::component::Val;

use crate::bindings::baton::plugin::types;
use crate::bindings::exports::baton::plugin::agent::Task;
use crate::component::{Function, Loaded};
use crate::ending::{Answer, Ending};
use crate::error::SandboxError;
use crate::gate::Gate;
use crate::guest::{Guest, charge_crossings};
use crate::invocation::{Invocation, Target};
use crate::limiter::Limiter;
use crate::turns::Turns;
use crate::value;
use crate::wasi::Wasi;

/// What is called, found and with its arguments decoded, before anything is spent.
pub(crate) enum Call<'a> {
    Agent(Box<Task>),
    Tool(&'a Function, Vec<Val>),
}

/// What is left when the store is gone.
pub(crate) struct Called {
    /// How the call ended.
    pub(crate) ending: Ending,
    /// Its gate and its limits.
    pub(crate) guest: Guest,
    /// Fuel that was used.
    pub(crate) fuel: u64,
    /// The largest memory, in bytes.
    pub(crate) memory: u64,
}

/// Calls a plugin's export in a fresh store.
pub(crate) async fn call(
    engine: &wasmtime::Engine,
    plugin: &Loaded,
    call: Call<'_>,
    gate: Gate,
    turns: &Turns,
) -> Result<Called, SandboxError> {
    let granted = gate.invocation().limits.fuel.0;
    let mut store = store(engine, gate)?;
    let ending = run(&mut store, plugin, call, turns).await;
    let fuel = granted.saturating_sub(store.get_fuel().unwrap_or_default());
    let guest = store.into_data();
    guest.wasi.finish();
    let memory = guest.limiter.peak();
    Ok(Called { ending, guest, fuel, memory })
}

fn store(engine: &wasmtime::Engine, gate: Gate) -> Result<Store<Guest>, SandboxError> {
    let limits = gate.invocation().limits;
    let mut store = Store::new(engine, guest(gate)?);
    store.limiter(|guest| &mut guest.limiter);
    store.set_fuel(limits.fuel.0).map_err(SandboxError::engine)?;
    store.set_epoch_deadline(1);
    store.set_hostcall_fuel(limits.payload.0 as usize);
    store.set_max_component_handles(ceiling::HANDLES as usize);
    charge_crossings(&mut store);
    Ok(store)
}

fn guest(gate: Gate) -> Result<Guest, SandboxError> {
    let limits = gate.invocation().limits;
    let limiter = Limiter::new(usize::try_from(limits.memory.0).unwrap_or(usize::MAX));
    let wasi = Wasi::new(Arc::clone(gate.invocation()), gate.clock().clone(), gate.lines().clone())?;
    Ok(Guest { gate, wasi, limiter, random: None, yields: false, outer_surcharges: Vec::new() })
}

impl<'a> Call<'a> {
    /// Finds what an invocation names.
    ///
    /// # Errors
    /// It is not there, or the arguments do not fit.
    pub(crate) fn prepare(plugin: &'a Loaded, invocation: &Invocation) -> Result<Self, SandboxError> {
        match &invocation.target {
            Target::Agent if plugin.is_agent() => Ok(Call::Agent(Box::new(task(invocation)))),
            Target::Agent => Err(plugin.no_function("run")),
            Target::Tool(name) => {
                let function = plugin.require(name)?;
                let refuse =
                    |problem| SandboxError::BadArguments { function: format!("{}/{name}", plugin.plugin), problem };
                let json = json::parse(&invocation.input).map_err(&refuse)?;
                let arguments = value::arguments(&function.ty, &json).map_err(|error| refuse(error.to_string()))?;
                Ok(Call::Tool(function, arguments))
            }
        }
    }
}

fn task(invocation: &Invocation) -> Task {
    Task {
        id: invocation.id.to_string(),
        step: invocation.site.to_string(),
        attempt: invocation.attempt,
        input: invocation.input.to_string(),
        deadline: invocation.deadline.0,
        idempotency_key: invocation.idempotency_key.clone(),
    }
}

/// Calls the guest within its wall time. A panic of the host ends this invocation, not the process.
async fn run(store: &mut Store<Guest>, plugin: &Loaded, call: Call<'_>, turns: &Turns) -> Ending {
    let gate = &store.data().gate;
    let (begun, timeout, depth) = (gate.begun(), gate.invocation().timeout, gate.invocation().depth);
    let cancelled = gate.cancelled();
    let call = AssertUnwindSafe(call_guest(store, plugin, call)).catch_unwind();
    let call = tokio::time::timeout(timeout, turns.take(depth, &plugin.load, begun, call));
    let ended = tokio::select! {
        ended = call => ended,
        () = cancelled => return Ending::Cancelled,
    };
    match ended {
        Ok(Ok(Ok(answer))) => Ending::Answered(answer),
        Ok(Ok(Err(error))) => Ending::Broke(error),
        Ok(Err(panic)) => Ending::HostPanicked(panic),
        Err(_) => Ending::TimedOut,
    }
}

async fn call_guest(store: &mut Store<Guest>, plugin: &Loaded, call: Call<'_>) -> wasmtime::Result<Answer> {
    let instance = plugin.pre.instantiate_async(&mut *store).await?;
    match (call, &plugin.agent) {
        (Call::Agent(task), Some(run)) => {
            let run = instance.get_typed_func::<(Task,), (Result<String, types::Failure>,)>(&mut *store, run)?;
            let (answer,) = run.call_async(store, (*task,)).await?;
            Ok(Answer::Agent(answer.map_err(Into::into)))
        }
        (Call::Agent(_), None) => Err(wasmtime::format_err!("the component exports no agent")),
        (Call::Tool(function, arguments), _) => {
            let func = instance.get_func(&mut *store, function.index);
            let func = func.ok_or_else(|| wasmtime::format_err!("the component has no function {}", function.name))?;
            let mut results = vec![Val::Bool(false); function.ty.results().len()];
            func.call_async(store, &arguments, &mut results).await?;
            Ok(Answer::Tool(results.pop()))
        }
    }
}
