//! What is left to spend: for work that can be done in more or less detail.

use std::time::Duration;

use crate::bindings::baton::plugin::budget as host;

/// What is left of each resource to the invocation: at most what was left to its step and its run when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    /// Units of computing; about 10 per nanosecond of work.
    pub fuel: u64,
    /// Bytes of linear memory that may still be added.
    pub memory_bytes: u64,
    /// Time until the host stops the invocation.
    pub wall: Duration,
    /// Host calls. Its step and its run share theirs with others that are at work: they may be used up before.
    pub calls: u32,
    /// Bytes that may still go in and out through host calls.
    pub bytes: u64,
}

/// What is left now.
pub fn left() -> Remaining {
    let left = host::left();
    Remaining {
        fuel: left.fuel,
        memory_bytes: left.memory_bytes,
        wall: Duration::from_millis(left.wall_ms),
        calls: left.calls,
        bytes: left.bytes,
    }
}
