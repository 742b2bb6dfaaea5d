//! The sandbox: loads components and runs invocations of them, each in a fresh store that is dropped afterwards.
//! It does not know why an invocation is made, nor what becomes of its outcome.

mod ending;

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use baton_journal::{Digest, Outcome, Tape, Usage, json};
use baton_policy::ceiling;
use futures_util::FutureExt as _;
use wasmtime::Store;
use wasmtime::component::{Component, Linker, Val};

use crate::backends::Backends;
use crate::bindings::baton::plugin::types;
use crate::bindings::exports::baton::plugin::agent::Task;
use crate::cache::{self, Cache};
use crate::clock::VirtualClock;
use crate::compile::{CompileLimits, Compiler};
use crate::component::{Function, Loaded, agent_export, functions};
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::gate::Gate;
use crate::guest::{Guest, charge_crossings};
use crate::invocation::{Ended, Invocation, Target};
use crate::limiter::Limiter;
use crate::wasi::Wasi;
use crate::worker::Worker;
use crate::{capability, value, wasi};

use ending::{Answer, Ending};

/// Runs untrusted components. A process needs one; it is cheap to share behind an [`Arc`].
pub struct Sandbox {
    engine: Engine,
    agents: Linker<Guest>,
    tools: Linker<Guest>,
    cache: Option<Cache>,
    compiler: Compiler,
}

/// What a sandbox works with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The folder of compiled code, which only its owner may write; none: components are compiled each time.
    pub cache: Option<PathBuf>,
    /// The program of worker processes, which compile; none: this process compiles, for as long as it takes.
    pub worker: Option<Worker>,
    /// What a worker may take to compile a component.
    pub compile: CompileLimits,
}

impl Sandbox {
    /// Makes a sandbox.
    ///
    /// # Errors
    /// The engine or the folder cannot be used.
    pub fn new(options: Options) -> Result<Self, SandboxError> {
        let engine = Engine::new()?;
        let Options { cache, worker, compile } = options;
        let open = |folder: &Path| {
            Cache::open(folder).map_err(|error| SandboxError::Cache { path: folder.display().to_string(), error })
        };
        Ok(Sandbox {
            agents: linker(&engine, wasi::link_for_agents)?,
            tools: linker(&engine, wasi::link_for_tools)?,
            cache: cache.as_deref().map(open).transpose()?,
            compiler: worker.map_or(Compiler::Here, |worker| Compiler::Worker(worker, compile)),
            engine,
        })
    }

    /// Loads a component: from the cache, or by compiling it, which can take seconds for a scripting language.
    ///
    /// # Errors
    /// The bytes are no component, use what the engine does not accept, take too much to compile, import what the host does
    /// not provide, or export two functions of the same name; or no worker can be started.
    pub fn load(&self, plugin: &str, bytes: &[u8]) -> Result<Loaded, SandboxError> {
        let digest = Digest::of(bytes);
        let component = self.compile(plugin, bytes, digest)?;
        let agent = agent_export(&component);
        let linker = if agent.is_some() { &self.agents } else { &self.tools };
        let pre = linker.instantiate_pre(&component).map_err(|error| ending::not_linkable(plugin, &error))?;
        let functions = functions(plugin, &component)?;
        Ok(Loaded { plugin: plugin.to_owned(), digest, functions, pre, agent })
    }

    /// Whether the cache has the component's compiled code, so that [`Sandbox::load`] is quick.
    #[must_use]
    pub fn is_compiled(&self, component: Digest) -> bool {
        self.cache.as_ref().is_some_and(|cache| cache.has(self.engine.wasmtime(), component))
    }

    fn compile(&self, plugin: &str, bytes: &[u8], digest: Digest) -> Result<Component, SandboxError> {
        let engine = self.engine.wasmtime();
        if let Some(component) = self.cache.as_ref().and_then(|cache| cache.load(engine, digest)) {
            return Ok(component);
        }
        let code = self.compiler.compile(engine, plugin, bytes)?;
        if let Some(cache) = &self.cache {
            cache.store(engine, digest, &code);
        }
        cache::deserialize(engine, &code).ok_or_else(|| SandboxError::NotLoadable {
            plugin: plugin.to_owned(),
            reason: "what was compiled is not code of this engine: the worker is another program, or another version"
                .to_owned(),
        })
    }

    /// Runs an invocation to its end. An agent's host calls are answered from its tape as far as that goes.
    ///
    /// # Errors
    /// Only what is not the guest's fault: the store failed, the replay diverged, the function does not exist or its
    /// arguments do not fit, the engine broke. What the guest does wrong is an [`Outcome`].
    #[expect(clippy::disallowed_methods, reason = "the sandbox measures the wall time of a guest")]
    pub async fn invoke(
        &self,
        plugin: &Loaded,
        invocation: Arc<Invocation>,
        tape: Tape,
        backends: &Backends,
    ) -> Result<Ended, SandboxError> {
        let started = Instant::now();
        if let Some(outcome) = ending::too_large(&invocation) {
            return Ok(Ended { outcome, usage: Usage::default() });
        }
        let call = Call::prepare(plugin, &invocation)?;
        let mut store = self.store(invocation, tape, backends)?;
        let ending = run(&mut store, plugin, call).await;
        let outcome = conclude(&mut store, ending).await?;
        let usage = usage(&store, started, &outcome);
        Ok(Ended { outcome, usage })
    }

    fn store(
        &self,
        invocation: Arc<Invocation>,
        tape: Tape,
        backends: &Backends,
    ) -> Result<Store<Guest>, SandboxError> {
        let limits = invocation.limits;
        let guest = guest(invocation, tape, backends)?;
        let mut store = Store::new(self.engine.wasmtime(), guest);
        store.limiter(|guest| &mut guest.limiter);
        store.set_fuel(limits.fuel.0).map_err(SandboxError::engine)?;
        store.set_epoch_deadline(1);
        store.set_hostcall_fuel(limits.payload.0 as usize);
        store.set_max_component_handles(ceiling::HANDLES as usize);
        charge_crossings(&mut store);
        Ok(store)
    }
}

fn linker(
    engine: &Engine,
    wasi: fn(&mut Linker<Guest>) -> wasmtime::Result<()>,
) -> Result<Linker<Guest>, SandboxError> {
    let mut linker = Linker::new(engine.wasmtime());
    wasi(&mut linker).and_then(|()| capability::link(&mut linker)).map_err(SandboxError::engine)?;
    Ok(linker)
}

fn guest(invocation: Arc<Invocation>, tape: Tape, backends: &Backends) -> Result<Guest, SandboxError> {
    let clock = VirtualClock::default();
    let limiter = Limiter::new(usize::try_from(invocation.limits.memory.0).unwrap_or(usize::MAX));
    let fuel_left = invocation.limits.fuel.0;
    let gate = Gate::new(Arc::clone(&invocation), tape, clock.clone(), backends.clone());
    for missing in invocation.policy.withheld() {
        gate.lines().push("warn", &missing); // nothing else would tell: a guest only finds that something is not there
    }
    let wasi = Wasi::new(invocation, clock, gate.lines().clone())?;
    Ok(Guest { gate, wasi, limiter, random: None, fuel_left, yields: false, outer_surcharges: Vec::new() })
}

/// What is called, found and with its arguments decoded, before anything is spent.
enum Call<'a> {
    Agent(Box<Task>),
    Tool(&'a Function, Vec<Val>),
}

impl<'a> Call<'a> {
    fn prepare(plugin: &'a Loaded, invocation: &Invocation) -> Result<Self, SandboxError> {
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
async fn run(store: &mut Store<Guest>, plugin: &Loaded, call: Call<'_>) -> Ending {
    let timeout = store.data().gate.invocation().timeout;
    let call = AssertUnwindSafe(call_guest(store, plugin, call)).catch_unwind();
    match tokio::time::timeout(timeout, call).await {
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

/// Writes the last lines and tells how the invocation ended.
async fn conclude(store: &mut Store<Guest>, ending: Ending) -> Result<Outcome, SandboxError> {
    let guest = store.data_mut();
    guest.wasi.finish();
    let dropped = guest.gate.lines().take_dropped();
    guest.gate.write_lines().await?;
    if dropped > 0 {
        guest.gate.note_dropped(dropped).await?;
    }
    ending.outcome(guest)
}

fn usage(store: &Store<Guest>, started: Instant, outcome: &Outcome) -> Usage {
    let guest = store.data();
    let (invocation, used) = (guest.gate.invocation(), guest.gate.meter().used());
    let output = if let Outcome::Completed { output } = outcome { output.bytes() } else { 0 };
    Usage {
        fuel: invocation.limits.fuel.0.saturating_sub(store.get_fuel().unwrap_or_default()),
        memory_bytes: guest.limiter.peak(),
        wall_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        host_calls: used.calls,
        bytes: used.bytes + invocation.input.len() as u64 + output,
    }
}
