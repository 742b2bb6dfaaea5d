//! Attempts that nobody needs any more: who is told, and how their guests hear of it. It does not know why they are not
//! needed.

use std::collections::BTreeSet;

use baton_journal::{BoxFuture, InvocationId};
use baton_sandbox::Watch;
use tokio::sync::watch;

/// The attempts of a run that are to be stopped.
pub(crate) struct Stops(watch::Sender<BTreeSet<InvocationId>>);

impl Default for Stops {
    fn default() -> Self {
        Stops(watch::channel(BTreeSet::new()).0)
    }
}

impl Stops {
    /// Has the guest of an attempt stopped.
    pub(crate) fn stop(&self, id: &InvocationId) {
        self.0.send_modify(|stopped| _ = stopped.insert(id.clone()));
    }

    /// Looks on for the guests of the run.
    pub(crate) fn listener(&self) -> Stopped {
        Stopped(self.0.subscribe())
    }
}

/// Hears which attempts are to be stopped.
pub(crate) struct Stopped(watch::Receiver<BTreeSet<InvocationId>>);

impl Watch for Stopped {
    fn cancelled<'a>(&'a self, invocation: &'a InvocationId) -> BoxFuture<'a, ()> {
        let mut stopped = self.0.clone();
        Box::pin(async move {
            if stopped.wait_for(|stopped| stopped.contains(invocation)).await.is_err() {
                std::future::pending::<()>().await; // the run is no longer driven: it is dropped with its tasks
            }
        })
    }
}
