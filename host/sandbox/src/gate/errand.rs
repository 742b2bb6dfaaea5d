//! Errands: calls that go on while their guest does other things, as `wasi:http` has them. An errand passes the tape, the
//! policy and the meter when the guest sends it; what is left (intent, flush, perform, record) it does alone, when the rest of the
//! request is there. It does not know what it carries.
//!
//! Errands are for tools, which are not replayed: the journal has what was sent without what the guest wrote afterwards, and
//! what came back. What an errand cost is charged when the guest next crosses into its host. With its guest it ends.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use baton_journal::{Payload, Playback};
use baton_policy::Decision;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::{CallSite, Effect, Gate, Operation, Reply, Stop, recorded_text, text, unreadable};
use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::recorder::Recorder;

/// Errands of one guest at once. Each holds a request and a response, as large as payloads may be.
const AT_ONCE: usize = 4;

/// What the errands of a gate share with it.
#[derive(Clone)]
pub(super) struct Errands {
    places: Arc<Semaphore>,
    returned: Arc<Mutex<Returned>>,
}

/// What errands have left for their gate since it last looked.
#[derive(Default)]
pub(super) struct Returned {
    pub(super) bytes: u64,
    pub(super) broke: Option<SandboxError>,
}

impl Default for Errands {
    fn default() -> Self {
        Errands { places: Arc::new(Semaphore::new(AT_ONCE)), returned: Arc::default() }
    }
}

impl Errands {
    pub(super) fn take_returned(&self) -> Returned {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Returned> {
        self.returned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that was sent.
pub(crate) enum Sent<T> {
    /// It is answered already.
    Answered(Result<T, CallError>),
    /// It is on its way.
    Under(Errand),
}

/// A call that was sent and is not answered.
pub(crate) struct Errand {
    name: &'static str,
    sequence: u32,
    request: String,
    denied: Option<CallError>,
    needs_intent: bool,
    needs_flush: bool,
    recorder: Recorder,
    stops: Instant,
    errands: Errands,
}

impl Gate {
    /// Takes a call through the tape, the policy and the meter. The rest of it may come later. None: the invocation ends.
    pub(crate) fn send<O: Operation>(&mut self, operation: &O) -> Option<Sent<O::Reply>> {
        let sent = self.try_send(operation);
        sent.map_err(|stop| self.end(stop)).ok()
    }

    fn try_send<O: Operation>(&mut self, operation: &O) -> Result<Sent<O::Reply>, Stop> {
        let request = self.charge(operation)?;
        let playback = self.tape.next(operation.name(), &request);
        match playback.map_err(|diverged| Stop::Host(SandboxError::Diverged(diverged)))? {
            Playback::Recorded { reply, .. } => {
                let text = recorded_text(&reply)?;
                let reply: Reply<O::Reply> = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
                Ok(Sent::Answered(self.settle((text.len() as u64, reply))?))
            }
            Playback::Live { sequence } => Ok(Sent::Under(self.errand(operation, request, sequence))),
        }
    }

    fn errand<O: Operation>(&self, operation: &O, request: String, sequence: u32) -> Errand {
        let decision = operation.permission().map(|needed| self.invocation.policy.decide(&needed));
        let denied = decision.and_then(|decision| match decision {
            Decision::Denied { message, hint } => Some(CallError::Denied(format!("{message} ({hint})"))),
            Decision::Allowed => None,
        });
        let backends = self.recorder.backends().clone();
        let outside = operation.effect(&backends) == Effect::Outside;
        Errand {
            name: operation.name(),
            sequence,
            request,
            denied,
            needs_intent: outside && !self.tape.in_doubt(sequence),
            needs_flush: outside,
            recorder: Recorder::new(Arc::clone(&self.invocation), backends),
            stops: self.stops,
            errands: self.errands.clone(),
        }
    }

    /// Charges what errands brought back.
    pub(crate) fn charge_returned(&mut self) {
        let Returned { bytes, broke } = self.errands.take_returned();
        if let Some(error) = broke {
            self.end(Stop::Host(error));
        }
        if bytes > 0 {
            match self.meter.charge_reply(bytes) {
                Ok(fuel) => self.add_surcharge(fuel),
                Err(out) => self.end(self.exhausted(&out)),
            }
        }
    }

    /// Ends the invocation at its next crossing, for which it has no fuel left.
    fn end(&mut self, stop: Stop) {
        self.stop.get_or_insert(stop);
        self.surcharge = u64::MAX;
    }
}

impl Errand {
    /// Waits until it may begin to carry: no guest has many errands in memory at once.
    pub(crate) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.errands.places).acquire_owned().await.ok()
    }

    /// The largest body that the guest may send along, in bytes.
    pub(crate) fn largest_body(&self) -> usize {
        usize::try_from(self.recorder.invocation().limits.payload.0).unwrap_or(usize::MAX)
    }

    /// Counts bytes that the guest sends along.
    pub(crate) fn carries(&self, bytes: usize) {
        self.errands.lock().bytes += bytes as u64;
    }

    /// Does the rest: intent, flush, perform, record. If the host fails it never returns: the guest's next crossing ends it.
    pub(crate) async fn run<O: Operation>(self, operation: O) -> Result<O::Reply, CallError> {
        match self.perform(operation).await {
            Ok(reply) => reply,
            Err(error) => {
                self.errands.lock().broke = Some(error);
                pending().await
            }
        }
    }

    async fn perform<O: Operation>(&self, operation: O) -> Result<Result<O::Reply, CallError>, SandboxError> {
        let reply = match &self.denied {
            Some(denied) => Reply::Err(denied.clone()),
            None => self.perform_allowed(operation).await?,
        };
        let written = text(&reply)?;
        self.carries(written.len());
        self.recorder.answer(self.sequence, self.name, self.request.clone(), Payload::text(written)).await?;
        Ok(reply.into())
    }

    async fn perform_allowed<O: Operation>(&self, operation: O) -> Result<Reply<O::Reply>, SandboxError> {
        if self.needs_intent {
            self.recorder.intend(self.sequence, self.name, &self.request).await?;
        }
        if self.needs_flush {
            self.recorder.flush().await?;
        }
        let left = self.stops.saturating_duration_since(Instant::now());
        let site = CallSite { invocation: Arc::clone(self.recorder.invocation()), sequence: self.sequence, left };
        Ok(operation.perform(site, self.recorder.backends()).await?.into())
    }
}
