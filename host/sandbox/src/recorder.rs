//! Writes the entries of one invocation. It does not know what they mean.

use baton_journal::{Claim, Event, InvocationId, Payload, Store, Timestamp};
use std::sync::Arc;

use crate::backends::Backends;
use crate::clock::Clock;
use crate::error::SandboxError;
use crate::invocation::Invocation;

pub(crate) struct Recorder {
    invocation: InvocationId,
    claim: Claim,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Recorder {
    pub(crate) fn new(invocation: &Invocation, backends: &Backends) -> Self {
        Recorder {
            invocation: invocation.id.clone(),
            claim: backends.claim.clone(),
            store: Arc::clone(&backends.store),
            clock: Arc::clone(&backends.clock),
        }
    }

    /// Makes everything so far durable, together with the intent to perform a call.
    pub(crate) async fn intend(&self, sequence: u32, operation: &str, request: &str) -> Result<(), SandboxError> {
        let event = Event::HostCallStarted {
            invocation: self.invocation.clone(),
            sequence,
            operation: operation.to_owned(),
            request: Payload::text(request),
        };
        self.append(event).await?;
        Ok(self.store.flush().await?)
    }

    /// Records the answer to a call; tells the entry's time.
    pub(crate) async fn answer(
        &self,
        sequence: u32,
        operation: &str,
        request: String,
        reply: Payload,
    ) -> Result<Timestamp, SandboxError> {
        let invocation = self.invocation.clone();
        let request = Payload::text(request);
        self.append(Event::HostCall { invocation, sequence, operation: operation.to_owned(), request, reply }).await
    }

    /// Records a line that the guest wrote.
    pub(crate) async fn line(&self, level: &str, message: String) -> Result<(), SandboxError> {
        let event = Event::Logged { invocation: self.invocation.clone(), level: level.to_owned(), message };
        self.append(event).await.map(drop)
    }

    async fn append(&self, event: Event) -> Result<Timestamp, SandboxError> {
        Ok(self.store.append(&self.claim, self.clock.now(), event).await?.at)
    }
}
