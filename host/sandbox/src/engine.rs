//! The engine: which WebAssembly is accepted and how it is metered. It does not know plugins, grants or runs.
//!
//! One engine serves the process. Fuel makes computing countable, epochs make it interruptible, the pool makes a fresh
//! sandbox cheap. Every proposal that guests do not need is off: absence beats a flag.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use baton_policy::ceiling;
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::error::SandboxError;

/// The time between two epochs. A running guest gives way to its host (and so to its deadline) once in each: small
/// enough to stop a guest within 10 ms of its deadline, large enough to cost nothing measurable.
pub const EPOCH: Duration = Duration::from_millis(5);

/// How many sandboxes can exist at the same time. Each reserves address space, not memory.
/// A component of a scripting language takes several memories and about 40 core instances, hence the larger numbers.
const SANDBOXES: u32 = 1000;

/// Bytes of a sandbox's memory that stay with the pool when it is gone: what the next guest is spared.
const KEPT: usize = 1 << 20;

/// Sandboxes of which anything stays: a crowd of guests leaves the host 16 MiB larger at most.
const WARM: u32 = 16;

/// The engine and the thread that moves its epochs. Dropping it stops the thread.
pub(crate) struct Engine {
    engine: wasmtime::Engine,
    stop: Arc<AtomicBool>,
    ticker: Option<JoinHandle<()>>,
}

impl Engine {
    /// Makes an engine; a process needs one.
    pub(crate) fn new() -> Result<Self, SandboxError> {
        Engine::with(&config())
    }

    /// Makes an engine for the one guest of a worker.
    pub(crate) fn of_worker() -> Result<Self, SandboxError> {
        Engine::with(&config_of_worker())
    }

    fn with(config: &Config) -> Result<Self, SandboxError> {
        let engine = wasmtime::Engine::new(config).map_err(SandboxError::engine)?;
        let stop = Arc::new(AtomicBool::new(false));
        let ticker = spawn_ticker(engine.weak(), Arc::clone(&stop))?;
        Ok(Engine { engine, stop, ticker: Some(ticker) })
    }

    /// The engine itself.
    pub(crate) fn wasmtime(&self) -> &wasmtime::Engine {
        &self.engine
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(ticker) = self.ticker.take() {
            ticker.thread().unpark();
            // The thread has nothing to report: it only counts.
            let _ = ticker.join();
        }
    }
}

/// What a journal notes of the engine: fuel and traps are exact only under the same one.
pub const IDENTITY: &str = "wasmtime 48.0.8 cranelift fuel epoch nan-canonical baton:plugin@0.1.0";

fn spawn_ticker(engine: wasmtime::EngineWeak, stop: Arc<AtomicBool>) -> Result<JoinHandle<()>, SandboxError> {
    let tick = move || {
        while !stop.load(Ordering::Relaxed) {
            std::thread::park_timeout(EPOCH);
            match engine.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => break,
            }
        }
    };
    std::thread::Builder::new()
        .name("baton-epoch".into())
        .spawn(tick)
        .map_err(|error| SandboxError::engine(anyhow::Error::new(error).context("cannot start the epoch thread")))
}

/// The configuration of the engine: for measuring against it, and for those who ask what is on.
#[must_use]
pub fn config() -> Config {
    let mut config = accepted();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    config
}

/// The configuration of an engine in a worker, whose code the other runs and which runs the other's: it has no pool,
/// which pays for a process that makes one sandbox after the other, and no threads that compile.
pub(crate) fn config_of_worker() -> Config {
    let mut config = accepted();
    config.parallel_compilation(false);
    config
}

/// What is accepted and how it is metered.
fn accepted() -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(ceiling::STACK.0 as usize)
        .async_stack_size(1 << 20)
        .wasm_backtrace_max_frames(NonZeroUsize::new(16))
        .concurrency_support(false)
        .wasm_component_model_async(false)
        .shared_memory(false)
        .wasm_memory64(false)
        .wasm_relaxed_simd(false)
        .gc_support(false);
    // Multi-memory and tail calls stay on: adapters between the parts of a component use the one, QuickJS the other.
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.max_memory_size(ceiling::POOL_MEMORY.0 as usize)
        .linear_memory_keep_resident(KEPT)
        .table_keep_resident(64 << 10)
        .max_unused_warm_slots(WARM)
        .pagemap_scan(Enabled::Auto)
        .total_component_instances(SANDBOXES)
        .total_core_instances(ceiling::CORE_INSTANCES * SANDBOXES)
        .total_memories(SANDBOXES)
        .total_tables(4 * SANDBOXES)
        .total_stacks(SANDBOXES)
        .max_memories_per_component(ceiling::MEMORIES)
        .max_tables_per_component(ceiling::TABLES)
        .max_core_instances_per_component(ceiling::CORE_INSTANCES)
        .table_elements(ceiling::TABLE_ELEMENTS as usize);
    pool
}

#[cfg(test)]
mod tests {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};

    use super::*;

    fn compatibility(config: &Config) -> u64 {
        let mut hasher = DefaultHasher::new();
        wasmtime::Engine::new(config).unwrap().precompile_compatibility_hash().hash(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn what_a_worker_compiles_the_host_can_run() {
        assert_eq!(compatibility(&config_of_worker()), compatibility(&config()));
    }
}
