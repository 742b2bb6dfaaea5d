//! The time of the run.

use crate::Timestamp;
use crate::bindings::baton::plugin::clock as host;

/// The time: for an agent, of the last answer of the host, so that a replay sees the same; for a tool, of day.
pub fn now() -> Timestamp {
    Timestamp::from_millis(host::now())
}
