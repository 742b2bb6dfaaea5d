//! Errands: calls that go on while their guest does other things, as `wasi:http` has them. An errand passes the tape, the
//! policy and the meter when the guest sends it; what is left (intent, flush, perform, record) it does alone, when the rest of the
//! request is there. It does not know what it carries.
//!
//! Errands are for tools, which are not replayed: the journal has what was sent without what the guest wrote afterwards, and
//! what came back. What an errand cost is charged when the guest next crosses into its host. With its guest it ends.

mod here;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use baton_journal::Failure;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::remote::Distant;
use super::{Answer, Behind, Gate, Operation, Stop, text};
use crate::call_error::CallError;
use crate::error::SandboxError;

pub(super) use here::Here;

/// Errands of one guest at once. Each holds a response, and what is written of it, each as large as half a payload: three
/// of them are what the host may hold for one guest beside its memory.
pub(crate) const AT_ONCE: usize = 3;

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
    way: Way,
    largest_body: usize,
    errands: Errands,
}

/// Who does the rest of an errand.
enum Way {
    Here(Box<Here>),
    Host(Distant),
}

/// What the steps before it say of an errand.
pub(super) enum Passed {
    Answered(Arc<str>),
    Under(Box<Here>),
}

impl Gate {
    /// Takes a call through the tape, the policy and the meter. The rest of it may come later. None: the invocation ends.
    pub(crate) fn send<O: Operation>(&mut self, operation: &O) -> Option<Sent<O::Reply>> {
        let sent = self.try_send(operation);
        sent.map_err(|stop| self.end(stop)).ok()
    }

    fn try_send<O: Operation>(&mut self, operation: &O) -> Result<Sent<O::Reply>, Stop> {
        let request = self.charge(operation)?;
        let way = match &mut self.behind {
            Behind::Host(host) => Way::Host(host.send(operation.name(), request, &self.lines)?),
            Behind::Journal(steps) => match steps.send(operation, request, self.stops)? {
                Passed::Under(here) => Way::Here(here),
                Passed::Answered(text) => {
                    let answer = Answer::read(&text)?;
                    return Ok(Sent::Answered(self.settle(answer)?));
                }
            },
        };
        let largest_body = usize::try_from(self.invocation.limits.payload.0).unwrap_or(usize::MAX);
        Ok(Sent::Under(Errand { way, largest_body, errands: self.errands.clone() }))
    }

    /// Charges what errands brought back.
    pub(crate) fn charge_returned(&mut self) {
        let Returned { bytes, broke } = self.errands.take_returned();
        if let Some(error) = broke {
            self.end(Stop::from(error));
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
        self.add_surcharge(u64::MAX);
    }
}

impl Errand {
    /// Waits until it may begin to carry: no guest has many errands in memory at once.
    pub(crate) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.errands.places).acquire_owned().await.ok()
    }

    /// The largest body that the guest may send along, in bytes.
    pub(crate) fn largest_body(&self) -> usize {
        self.largest_body
    }

    /// Counts bytes that the guest sends along.
    pub(crate) fn carries(&self, bytes: usize) {
        self.errands.lock().bytes += bytes as u64;
        if let Way::Host(host) = &self.way {
            host.carries(bytes);
        }
    }

    /// Does the rest: intent, flush, perform, record. If the host fails, the guest is woken by an answer that it does not
    /// get: the crossing that would give it ends it.
    pub(crate) async fn run<O: Operation>(self, operation: O) -> Result<O::Reply, CallError> {
        match self.do_the_rest(operation).await {
            Ok(answer) => {
                self.errands.lock().bytes += answer.bytes;
                answer.reply.into()
            }
            Err(error) => {
                let failure = Failure::Transient(error.to_string());
                self.errands.lock().broke = Some(error);
                Err(CallError::Failed(failure))
            }
        }
    }

    async fn do_the_rest<O: Operation>(&self, operation: O) -> Result<Answer<O::Reply>, SandboxError> {
        match &self.way {
            Way::Here(here) => here.perform(operation).await,
            Way::Host(host) => Answer::read(host.carry(text(&operation)?).await?.get()),
        }
    }
}
