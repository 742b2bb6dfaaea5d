//! Where in the world this invocation stands.

use crate::Timestamp;
use crate::bindings::baton::plugin::context as host;

/// One call of one export, in a sandbox of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The invocation's id.
    pub id: String,
    /// The run it belongs to.
    pub run: String,
    /// The plugin's name in the operator's configuration.
    pub plugin: String,
    /// The step of the workflow, with the item's index for a step that runs for each item: `summarise[2]`.
    pub step: String,
    /// Counts the attempts of the step from 1.
    pub attempt: u32,
    /// When the host will stop the invocation.
    pub deadline: Timestamp,
    /// The same for every attempt of this call in this run.
    pub idempotency_key: String,
}

/// This invocation.
pub fn current() -> Invocation {
    let current = host::current();
    Invocation {
        id: current.id,
        run: current.run,
        plugin: current.plugin,
        step: current.step,
        attempt: current.attempt,
        deadline: Timestamp::from_millis(current.deadline),
        idempotency_key: current.idempotency_key,
    }
}
