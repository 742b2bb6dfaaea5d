//! Nested invocations that have begun and not ended: whoever is stopped takes along those that it waits for. It does not know how
//! they are made.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_journal::{Failure, InvocationId, Outcome, Timestamp, Usage};
use baton_sandbox::{Ended, Target};

use super::{Job, RunContext};
use crate::error::Error;

/// The nested invocations that this host has begun and not ended.
#[derive(Default)]
pub(crate) struct Opened(Mutex<BTreeMap<InvocationId, Open>>);

/// A nested invocation that has begun and not ended.
struct Open {
    job: Job,
    since: Timestamp,
}

impl Open {
    /// How it ends when its caller is stopped: of an agent, which is replayed, with the time that it had.
    fn stopped_with(&self, caller: &Job, now: Timestamp) -> Outcome {
        if self.job.invocation.target == Target::Agent {
            return Outcome::TimedOut { after_ms: now.0.saturating_sub(self.since.0) };
        }
        let text = format!("{}, which called it, was stopped", caller.invocation.id);
        Outcome::Failed { failure: Failure::Transient(text) }
    }
}

impl Opened {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<InvocationId, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes out those inside an invocation, the innermost last: an id begins with that of its caller.
    fn take_inside(&self, caller: &InvocationId) -> Vec<Open> {
        let inside = format!("{caller}/");
        self.lock().extract_if(.., |id, _| id.as_str().starts_with(&inside)).map(|(_, open)| open).collect()
    }
}

impl RunContext {
    /// Notes that a nested invocation begins.
    pub(crate) fn open(&self, job: &Job) {
        let open = Open { job: job.clone(), since: self.clock.now() };
        self.opened.lock().insert(job.invocation.id.clone(), open);
    }

    /// Notes that a nested invocation ends.
    pub(crate) fn close(&self, id: &InvocationId) {
        self.opened.lock().remove(id);
    }

    /// An invocation that is stopped at its deadline takes along those that it waits for: they end in the journal too.
    pub(super) async fn end_what_it_left_open(&self, caller: &Job) -> Result<(), Error> {
        for open in self.opened.take_inside(&caller.invocation.id).iter().rev() {
            let ended = Ended::unmade(open.stopped_with(caller, self.clock.now()));
            let usage = Usage { host_calls: open.job.invocation.account.made(), ..ended.usage };
            self.tell(open.job.ended(&Ended { usage, ..ended })).await?;
        }
        Ok(())
    }
}
