//! Those who watch a run, and the people who may answer it. It does not know terminals.

use baton_journal::{BoxFuture, Decision, Entry, RunId};
use baton_workflow::{Ask, Run};

/// Watches a run while the host drives it. The defaults do nothing, so that adding a method breaks nobody.
pub trait Observer: Send + Sync {
    /// The host begins to drive a run, a new one or one that it goes on with.
    fn begins(&self, run: &RunId) {
        let _ = run;
    }

    /// An entry was appended and applied. Host calls of guests are not among them.
    fn entry(&self, entry: &Entry, run: &Run) {
        let _ = (entry, run);
    }

    /// A person is asked. Who has one at hand answers with the decision; nothing parks the run.
    fn ask<'a>(&'a self, ask: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        let _ = ask;
        Box::pin(std::future::ready(None))
    }
}

/// Watches nothing and answers nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
