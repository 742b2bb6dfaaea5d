//! The sandbox: loads components and runs invocations of them, each in a fresh store that is dropped afterwards.
//! It does not know why an invocation is made, nor what becomes of its outcome.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use baton_journal::{Digest, InvocationId, Outcome, Tape, Usage};
use baton_policy::Amounts;
use bytes::Bytes;
use wasmtime::component::Component;

use crate::backends::Backends;
use crate::cache::{self, Cache};
use crate::call::{self, Call, Called};
use crate::clock::VirtualClock;
use crate::compile::{CompileLimits, Compiler};
use crate::component::Loaded;
use crate::engine::Engine;
use crate::error::SandboxError;
use crate::gate::Gate;
use crate::invocation::{Ended, Invocation};
use crate::linking::Linkers;
use crate::turns::Turns;
use crate::worker::Worker;
use crate::{ending, isolated};

/// Runs untrusted components. A process needs one; it is cheap to share behind an [`Arc`].
pub struct Sandbox {
    engine: Engine,
    linkers: Linkers,
    cache: Option<Cache>,
    compiler: Compiler,
    turns: Turns,
    panics: AtomicU64,
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
            linkers: Linkers::new(&engine)?,
            cache: cache.as_deref().map(open).transpose()?,
            compiler: worker.map_or(Compiler::Here, |worker| Compiler::Worker(worker, compile)),
            turns: Turns::new(),
            engine,
            panics: AtomicU64::new(0),
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
        self.linkers.load(plugin, digest, &component)
    }

    /// Gives each invocation of a component a process of its own from now on.
    ///
    /// # Errors
    /// The sandbox has no worker.
    pub fn isolate(&self, loaded: Loaded) -> Result<Loaded, SandboxError> {
        if self.compiler.worker().is_none() {
            return Err(SandboxError::NoWorker { plugin: loaded.plugin });
        }
        let code = loaded.pre.component().serialize().map_err(SandboxError::engine)?;
        Ok(Loaded { code: Some(code.into()), ..loaded })
    }

    /// How often a backend of the host has panicked in a call. Each time only the invocation that called was ended.
    #[must_use]
    pub fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
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
        // Only here is it held against the pool: a worker that compiles has none.
        let refuse = |error| SandboxError::NotLoadable {
            plugin: plugin.to_owned(),
            reason: format!("what was compiled is not code of this engine, or too much for it: {error:#}"),
        };
        let component = cache::deserialize(engine, &code).map_err(refuse)?;
        if let Some(cache) = &self.cache {
            cache.store(engine, digest, &code);
        }
        Ok(component)
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
            return Ok(Ended::unmade(outcome));
        }
        let call = Call::prepare(plugin, &invocation)?;
        let id = invocation.id.clone();
        let withheld = invocation.policy.withheld();
        let gate = Gate::new(invocation, tape, VirtualClock::default(), backends.clone());
        for missing in withheld {
            gate.lines().push("warn", &missing); // nothing else would tell: a guest only finds that something is not there
        }
        let ended = match (&plugin.code, self.compiler.worker()) {
            (Some(code), Some(worker)) => elsewhere(worker, code, gate).await,
            _ => self.here(plugin, call, gate).await,
        };
        ended.map(|ended| ended.after(started)).inspect_err(|error| self.count(&id, error))
    }

    async fn here(&self, plugin: &Loaded, call: Call<'_>, gate: Gate) -> Result<Ended, SandboxError> {
        let engine = self.engine.wasmtime();
        let Called { ending, mut guest, fuel, memory } = call::call(engine, plugin, call, gate, &self.turns).await?;
        guest.gate.conclude().await?;
        let outcome = ending.outcome(&mut guest)?;
        Ok(ended(outcome, &guest.gate, fuel, memory))
    }

    /// Counts a panic once, although it ends the callers of the one that it ended too.
    fn count(&self, id: &InvocationId, error: &SandboxError) {
        if matches!(error, SandboxError::Panicked { invocation, .. } if invocation == id) {
            self.panics.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Runs an invocation in a worker. What one that was lost had used nobody knows: all that it could.
async fn elsewhere(worker: &Worker, code: &Bytes, mut gate: Gate) -> Result<Ended, SandboxError> {
    let told = isolated::call(worker, code, &mut gate).await;
    let limits = gate.invocation().limits;
    let (fuel, memory) = told.as_ref().map_or((u64::MAX, u64::MAX), |report| (report.fuel, report.memory));
    gate.charge_returned();
    gate.conclude().await?;
    let outcome = isolated::outcome(told, &mut gate)?;
    Ok(ended(outcome, &gate, fuel.min(limits.fuel.0), memory.min(limits.memory.0)))
}

fn ended(outcome: Outcome, gate: &Gate, fuel: u64, memory_bytes: u64) -> Ended {
    if outcome == Outcome::Suspended {
        return Ended::unmade(outcome); // it is made again from its beginning, and accounts for all of it then
    }
    let (used, others) = (gate.meter().used(), gate.handed_on()); // what others spent they account for themselves
    let output = if let Outcome::Completed { output } = &outcome { output.bytes() } else { 0 };
    let bytes = used.bytes - others.bytes + gate.invocation().input.len() as u64 + output;
    let (fuel, host_calls) = (fuel.saturating_sub(others.fuel), used.calls - others.calls);
    Ended {
        outcome,
        usage: Usage { fuel, memory_bytes, wall_ms: 0, host_calls, bytes, ..Usage::default() },
        handed_on: others,
    }
}

impl Ended {
    /// The end of one that was not made.
    #[must_use]
    pub fn unmade(outcome: Outcome) -> Self {
        Ended { outcome, usage: Usage::default(), handed_on: Amounts::default() }
    }

    fn after(mut self, started: Instant) -> Self {
        self.usage.wall_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self
    }
}
