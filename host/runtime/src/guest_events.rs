//! Events that guests emit, and that agents wait for, from their own code. It does not know how a guest calls, nor who listens.
//!
//! An emission is in this order: what led to it is in the journal; the event is in the store's log, under the key of its call;
//! the reply is in the journal. A host that is killed before the event has emitted nothing. One that is killed between event and
//! reply has: the guest is begun again, makes the same call, and the log knows its key and takes nothing more. The other way round,
//! a reply without its event would be believed for good. Nothing is flushed, as log and journal are one store with one order: a power
//! cut that leaves the event leaves what led to it, and one that takes the event takes the reply, and the call is made once more.
//! Whoever acts upon the event outside flushes it first, with all that was written before. What the log has forgotten
//! ([`MOST_EVENTS`](baton_journal::publication::MOST_EVENTS) later) it takes again: that is of a run which was left at that very moment.
//!
//! The key is that of the call for services outside: the same for all attempts of a step with the same input. So an attempt that
//! is made again because the one before failed emits nothing twice that it emits at the same call.
//!
//! Of waiting, the machine is told by the intent; here what came is found, once it is in the journal under the name of the call.

use std::sync::Arc;

use baton_journal::{BoxFuture, Payload, Publication, Source};
use baton_sandbox::{CallError, CallSite, Emission, Events, Filter, SandboxError};

use crate::drive::RunContext;
use crate::nested::{host_error, intent, nested_id, nested_key};

/// The events of the guests of one run.
pub(crate) struct GuestEvents {
    context: Arc<RunContext>,
}

impl GuestEvents {
    pub(crate) fn new(context: Arc<RunContext>) -> Self {
        GuestEvents { context }
    }

    async fn publish(&self, site: &CallSite, Emission { name, data }: Emission) -> Result<(), SandboxError> {
        let (context, caller) = (&self.context, &site.invocation);
        let key = nested_key(&caller.idempotency_key, site.sequence, &name, &data);
        let source = Source::Run(context.claim.run.clone());
        let publication = Publication { key, name, data: Payload::text(data), source };
        context.store.publish(context.clock.now(), publication).await?;
        context.bell.ring();
        Ok(())
    }

    async fn came(&self, site: &CallSite, filter: &Filter) -> Result<Option<String>, SandboxError> {
        if let Some(came) = self.context.earlier().came(nested_id(site).as_str()) {
            return Ok(came.and_then(Payload::as_str).map(str::to_owned));
        }
        self.context.note(intent(site, "events.wait", filter)).await.map_err(host_error)?;
        Err(SandboxError::Suspended)
    }
}

impl Events for GuestEvents {
    fn emit(&self, site: CallSite, event: Emission) -> BoxFuture<'_, Result<Result<(), CallError>, SandboxError>> {
        Box::pin(async move { self.publish(&site, event).await.map(Ok) })
    }

    fn wait(
        &self,
        site: CallSite,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Result<Option<String>, CallError>, SandboxError>> {
        Box::pin(async move { self.came(&site, &filter).await.map(Ok) })
    }
}
