//! Compiling as the host sees it: in a worker that can be killed, or in this process where there is none. It does not
//! know where compiled code is kept.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use baton_policy::{Bytes, Wall};
use rustix::process::Signal;

use crate::error::SandboxError;
use crate::worker::message::{Compiled, Task};
use crate::worker::process::Process;
use crate::worker::{Confines, Worker, compile_here};

/// The most bytes of a component: three times the largest that known toolchains make, a Python agent of 22 MB. What
/// compiling takes grows with it.
const COMPONENT: Bytes = Bytes(64 << 20);

/// The most bytes of compiled code. It is up to four times as large as its component, and of a component of nothing
/// but tiny functions 35 times.
const CODE: usize = 256 << 20;

/// What compiling one component may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// Computing, in whole seconds of one core. Default two minutes: the largest component of known toolchains takes
    /// 45 s, and a machine may be half as fast.
    pub cpu: Duration,
    /// Memory. Default 2 GiB: ten times the compiled code of the largest component.
    pub memory: Bytes,
    /// Time. Default ten minutes: a busy machine may leave the compiler a fifth of a core.
    pub wall: Duration,
}

impl Default for CompileLimits {
    fn default() -> Self {
        CompileLimits { cpu: Duration::from_secs(120), memory: Bytes(2 << 30), wall: Duration::from_secs(600) }
    }
}

/// Who compiles.
pub(crate) enum Compiler {
    /// This process, for as long as it takes.
    Here,
    /// A worker for each component.
    Worker(Worker, CompileLimits),
}

impl Compiler {
    /// The program of workers, if there are any.
    pub(crate) fn worker(&self) -> Option<&Worker> {
        match self {
            Compiler::Here => None,
            Compiler::Worker(worker, _) => Some(worker),
        }
    }

    /// Compiles a plugin's component for an engine.
    ///
    /// # Errors
    /// It is no component, too large, or takes too much; or no worker can be started.
    pub(crate) fn compile(
        &self,
        engine: &wasmtime::Engine,
        plugin: &str,
        component: &[u8],
    ) -> Result<Vec<u8>, SandboxError> {
        let refuse = |reason| SandboxError::NotLoadable { plugin: plugin.to_owned(), reason };
        if component.len() as u64 > COMPONENT.0 {
            return Err(refuse(format!("it has {} bytes; a component has at most {COMPONENT}", component.len())));
        }
        match self {
            Compiler::Here => compile_here(engine, component).map_err(refuse),
            Compiler::Worker(worker, limits) => compile_in(worker, limits, component)?.map_err(refuse),
        }
    }
}

/// The inner error is the component's, the outer the host's.
fn compile_in(
    worker: &Worker,
    limits: &CompileLimits,
    component: &[u8],
) -> Result<Result<Vec<u8>, String>, SandboxError> {
    let confines = Confines { memory: limits.memory.0, cpu_seconds: limits.cpu.as_secs().max(1) };
    let (heard, frames) = sync_channel(1);
    let task = (&Task::Compile(confines), component.to_vec().into());
    let process = Process::start(worker, task, CODE, move |frame| heard.send(frame).is_ok())
        .map_err(|error| SandboxError::worker(worker, error))?;
    Ok(match answer(&frames, limits.wall) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => Err(format!(
            "compiling took more than {}: the component is too complex, or this machine is too busy",
            wall(limits.wall)
        )),
        Err(RecvTimeoutError::Disconnected) => Err(match process.end() {
            Ok(status) => reason(status, limits),
            Err(error) => format!("the compiler is lost: {error}"),
        }),
    })
}

/// What the worker says of the component, and the code if it is good. What no worker of ours says is as good as nothing.
#[expect(clippy::disallowed_methods, reason = "the host measures how long its worker takes")]
fn answer(frames: &Receiver<Vec<u8>>, limit: Duration) -> Result<Result<Vec<u8>, String>, RecvTimeoutError> {
    let end = std::time::Instant::now() + limit;
    let next = || frames.recv_timeout(end.saturating_duration_since(std::time::Instant::now()));
    let said: Compiled = serde_json::from_slice(&next()?).map_err(|_| RecvTimeoutError::Disconnected)?;
    let code = next()?;
    Ok(said.map(|()| code))
}

/// Why a worker ended before it had an answer.
fn reason(status: ExitStatus, limits: &CompileLimits) -> String {
    match status.signal().and_then(Signal::from_named_raw) {
        Some(Signal::XCPU) => format!(
            "compiling took more than {} of computing: the component is too complex for its size, as hostile ones are",
            wall(limits.cpu)
        ),
        Some(Signal::ABORT) => format!(
            "compiling took more than {} of memory, or the compiler's stack was full: the component is too complex",
            limits.memory
        ),
        Some(Signal::KILL) => {
            "the compiler was killed: the system had no memory left for it, or the worker is another program".to_owned()
        }
        _ => format!("the compiler ended without an answer ({status})"),
    }
}

fn wall(duration: Duration) -> Wall {
    Wall(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}
