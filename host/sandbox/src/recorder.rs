//! Writes the entries of one invocation. It does not know what they mean.

use std::sync::Arc;

use baton_journal::{Event, Payload, Timestamp};

use crate::backends::Backends;
use crate::error::SandboxError;
use crate::invocation::Invocation;

pub(crate) struct Recorder {
    invocation: Arc<Invocation>,
    backends: Backends,
}

impl Recorder {
    pub(crate) fn new(invocation: Arc<Invocation>, backends: Backends) -> Self {
        Recorder { invocation, backends }
    }

    /// The invocation.
    pub(crate) fn invocation(&self) -> &Arc<Invocation> {
        &self.invocation
    }

    /// What stands behind the gate.
    pub(crate) fn backends(&self) -> &Backends {
        &self.backends
    }

    /// Records the intent to perform a call; a flush must follow before it is performed.
    pub(crate) async fn intend(&self, sequence: u32, operation: &str, request: &str) -> Result<(), SandboxError> {
        let event = Event::HostCallStarted {
            invocation: self.invocation.id.clone(),
            sequence,
            operation: operation.to_owned(),
            request: Payload::text(request),
        };
        self.append(event).await.map(drop)
    }

    /// Makes everything so far durable.
    pub(crate) async fn flush(&self) -> Result<(), SandboxError> {
        Ok(self.backends.store.flush().await?)
    }

    /// Makes everything so far durable soon, and waits for nothing: an answer from outside should not be asked for again
    /// because of a power cut. A disk that fails is told by the next that waits.
    pub(crate) fn flush_soon(&self) {
        let store = Arc::clone(&self.backends.store);
        tokio::spawn(async move { drop(store.flush().await) });
    }

    /// Records the answer to a call; tells the entry's time.
    pub(crate) async fn answer(
        &self,
        sequence: u32,
        operation: &str,
        request: String,
        reply: Payload,
    ) -> Result<Timestamp, SandboxError> {
        let invocation = self.invocation.id.clone();
        let request = Payload::text(request);
        self.append(Event::HostCall { invocation, sequence, operation: operation.to_owned(), request, reply }).await
    }

    /// Records a line that the guest wrote.
    pub(crate) async fn line(&self, level: &str, message: String) -> Result<(), SandboxError> {
        let event = Event::Logged { invocation: self.invocation.id.clone(), level: level.to_owned(), message };
        self.append(event).await.map(drop)
    }

    async fn append(&self, event: Event) -> Result<Timestamp, SandboxError> {
        Ok(self.backends.store.append(&self.backends.claim, self.backends.clock.now(), event).await?.at)
    }
}
