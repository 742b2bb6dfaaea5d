//! In a worker: gives up what it does not need, for good. Everything that a worker opens it has opened before; what is
//! left is computing, its memory, its clock, and the two pipes to its host. It does not know what the worker is for.
//!
//! On Linux on x86-64 and on 64-bit ARM the kernel refuses every system call that is not listed here. Elsewhere only
//! the limits of resources hold.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// What is left to a worker of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confines {
    /// Memory that it can write, in bytes. Address space that is only reserved does not count: the engine keeps
    /// gigabytes of it around a guest's memory, so that a wild access hits nothing.
    pub memory: u64,
    /// Computing, in seconds of one core; a second later it is killed without a chance to clean up.
    pub cpu_seconds: u64,
}

/// Gives everything else up: files, sockets, processes, programs, and code that was not there before. All threads of the
/// process are held by it.
///
/// # Errors
/// The system refuses; then the process must not go on.
pub fn confine(confines: Confines) -> io::Result<()> {
    limit(Resource::Data, confines.memory, confines.memory)?;
    limit(Resource::Cpu, confines.cpu_seconds, confines.cpu_seconds.saturating_add(1))?;
    for nothing in [Resource::Core, Resource::Fsize, Resource::Nofile, Resource::Nproc] {
        limit(nothing, 0, 0)?;
    }
    #[cfg(target_os = "linux")]
    system_calls::confine()?;
    Ok(())
}

fn limit(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) })?)
}

#[cfg(target_os = "linux")]
mod system_calls;
