//! The rest of an errand where the journal is. It does not know who waits for it.

use baton_journal::Payload;
use tokio::time::Instant;

use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::gate::perform::do_it;
use crate::gate::{Answer, CallSite, Operation, Reply, Written};
use crate::recorder::Recorder;

/// An errand that has passed the tape and the policy.
pub(in crate::gate) struct Here {
    pub(in crate::gate) name: &'static str,
    pub(in crate::gate) sequence: u32,
    pub(in crate::gate) request: String,
    pub(in crate::gate) refused: Option<CallError>,
    pub(in crate::gate) needs_intent: bool,
    pub(in crate::gate) needs_flush: bool,
    pub(in crate::gate) recorder: Recorder,
    pub(in crate::gate) stops: Instant,
}

impl Here {
    pub(super) async fn perform<O: Operation>(&self, operation: O) -> Result<Answer<O::Reply>, SandboxError> {
        let reply = match &self.refused {
            Some(refused) => Reply::Err(refused.clone()),
            None => self.perform_allowed(operation).await?,
        };
        let written = Written::write(&reply)?;
        let bytes = written.len() as u64;
        self.recorder.answer(self.sequence, self.name, self.request.clone(), Payload::text(written)).await?;
        if self.needs_flush {
            self.recorder.flush_soon();
        }
        Ok(Answer { bytes, reply })
    }

    async fn perform_allowed<O: Operation>(&self, operation: O) -> Result<Reply<O::Reply>, SandboxError> {
        if self.needs_intent {
            self.recorder.intend(self.sequence, self.name, &self.request).await?;
        }
        if self.needs_flush {
            self.recorder.flush().await?;
        }
        let site = CallSite::of(self.recorder.invocation(), self.sequence, self.stops);
        do_it(operation, site, self.recorder.backends()).await
    }
}
