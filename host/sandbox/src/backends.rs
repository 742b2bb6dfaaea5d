//! What stands behind the gate for one run. It does not know which call needs what.

use std::sync::Arc;

use baton_egress::{Fetch, Secrets};
use baton_journal::{BoxFuture, Claim, InvocationId, Store};

use crate::capability::agents::Agents;
use crate::capability::events::Events;
use crate::capability::people::People;
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
    /// Work for other agents.
    pub agents: Arc<dyn Agents>,
    /// Questions to people.
    pub people: Arc<dyn People>,
    /// Events that go from run to run.
    pub events: Arc<dyn Events>,
    /// The way out to the network.
    pub egress: Arc<dyn Fetch>,
    /// The secrets that there are; each guest has those that it was granted.
    pub secrets: Arc<Secrets>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Who looks on.
    pub watch: Arc<dyn Watch>,
}

/// Looks on as a guest calls. The defaults do nothing, so that adding a method breaks nobody.
pub trait Watch: Send + Sync {
    /// A guest makes its host call of this number, counted from 0, with so much fuel left once the call itself is paid.
    fn calls(&self, invocation: &InvocationId, sequence: u32, fuel_left: u64) {
        let _ = (invocation, sequence, fuel_left);
    }

    /// Comes when nobody needs the invocation any more: then its guest is stopped, as at its deadline.
    fn cancelled<'a>(&'a self, invocation: &'a InvocationId) -> BoxFuture<'a, ()> {
        let _ = invocation;
        Box::pin(std::future::pending())
    }
}

/// Nobody looks on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {}
