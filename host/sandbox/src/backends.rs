//! What stands behind the gate for one run. It does not know which call needs what.

use std::sync::Arc;

use baton_egress::{Fetch, Secrets};
use baton_journal::{Claim, Store};

use crate::capability::tools::Tools;
pub use crate::clock::Clock;

/// What performs host calls, and where they are recorded. Cheap to clone.
#[derive(Clone)]
pub struct Backends {
    /// Journal and state.
    pub store: Arc<dyn Store>,
    /// The right to write the run's journal.
    pub claim: Arc<Claim>,
    /// Calls of other plugins.
    pub tools: Arc<dyn Tools>,
    /// The way out to the network.
    pub egress: Arc<dyn Fetch>,
    /// The secrets that there are; each guest has those that it was granted.
    pub secrets: Arc<Secrets>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
}
