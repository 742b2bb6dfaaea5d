//! Time: the host's, and the one an invocation sees. It does not know what the time is used for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use baton_journal::Timestamp;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// Where the host's time comes from; a simulation gives its own.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The time that an agent sees: that of its last entry, moved on by its own timers. Shared by the gate and by WASI.
#[derive(Clone, Debug, Default)]
pub(crate) struct VirtualClock(Arc<AtomicU64>);

impl VirtualClock {
    /// Moves on to this time; never back.
    pub(crate) fn advance_to(&self, at: Timestamp) {
        self.0.fetch_max(at.0.saturating_mul(1_000_000), Ordering::Relaxed);
    }

    /// Moves on to this many nanoseconds since the Unix epoch; never back.
    pub(crate) fn advance_to_nanos(&self, nanos: u64) {
        self.0.fetch_max(nanos, Ordering::Relaxed);
    }

    /// Nanoseconds since the Unix epoch.
    pub(crate) fn nanos(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp(self.nanos() / 1_000_000)
    }
}

impl HostWallClock for VirtualClock {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        Duration::from_nanos(self.nanos())
    }
}

impl HostMonotonicClock for VirtualClock {
    fn resolution(&self) -> u64 {
        1_000_000
    }

    fn now(&self) -> u64 {
        self.nanos()
    }
}
