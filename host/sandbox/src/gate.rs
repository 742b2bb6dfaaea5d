//! The gate: the one way of every host call of every guest, in six steps. Capabilities never talk to policy, meter,
//! journal or tracing themselves; the gate never knows what a capability does.
//!
//! 1. **tape**: is the reply in the journal already? Then it is returned: no check, no cost, no effect.
//! 2. **policy**: does a grant allow the call? A denial is recorded and returned; it is never a trap.
//! 3. **meter**: what the call takes is charged; running out ends the invocation.
//! 4. **intent**: before an effect outside, everything it depends on is made durable, the intent included.
//! 5. **perform**: the capability's backend does it.
//! 6. **record**: the journal takes the reply.
//!
//! What a guest spends by calling (calls, bytes, fuel) is charged in a replay as it was live, before step 1, so that a
//! replayed guest runs out exactly where it did.

use std::sync::Arc;

use baton_journal::tape::Line;
use baton_journal::{Limit, Payload, Playback, Tape, Timestamp};
use baton_policy::{Decision, Exhausted, Meter, Policy, Request, Resource};
use futures_util::future::join_all;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::backends::Backends;
use crate::call_error::CallError;
use crate::clock::VirtualClock;
use crate::error::SandboxError;
use crate::invocation::Invocation;
use crate::lines::Lines;
use crate::recorder::Recorder;

/// A host call: its serialised form is the request that the journal keeps and a replay compares.
pub(crate) trait Operation: Serialize + Send {
    /// The answer, as the journal keeps it.
    type Reply: Serialize + DeserializeOwned + Send;

    /// `interface.function`.
    fn name(&self) -> &'static str;

    /// What must be granted; none for what every guest may do.
    fn permission(&self) -> Option<Request<'_>>;

    /// Whether it does something that the journal's own store does not undo together with the entry.
    fn effect(&self, backends: &Backends) -> Effect;

    /// Does it.
    fn perform(
        self,
        site: CallSite,
        backends: &Backends,
    ) -> impl Future<Output = Result<Result<Self::Reply, CallError>, SandboxError>> + Send;
}

/// Where the effect of a call is felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// In the store that holds the journal, or nowhere: a crash loses or keeps both together.
    Inside,
    /// Elsewhere: the intent must be durable first.
    Outside,
}

/// A host call's place: which invocation, and the number of the call in it.
#[derive(Clone, Debug)]
pub struct CallSite {
    /// The invocation that calls.
    pub invocation: Arc<Invocation>,
    /// Counts its host calls from 0.
    pub sequence: u32,
}

impl CallSite {
    /// Whether the caller's grants cover a request.
    pub(crate) fn is_granted(&self, request: &Request<'_>) -> bool {
        self.invocation.policy.effective().allows(request)
    }
}

/// Why an invocation must end although its guest would go on.
pub(crate) enum Stop {
    Exhausted(Limit, String),
    Host(SandboxError),
}

/// What a host function returns when the guest must end; the reason is in [`Gate::stop`].
#[derive(Debug, thiserror::Error)]
#[error("the host ended the invocation")]
struct Stopped;

/// The gate of one invocation.
pub(crate) struct Gate {
    invocation: Arc<Invocation>,
    policy: Arc<Policy>,
    meter: Meter,
    tape: Tape,
    clock: VirtualClock,
    lines: Lines,
    recorder: Recorder,
    backends: Backends,
    surcharge: u64,
    stop: Option<Stop>,
}

/// A call that came through the first four steps, or was answered on the way.
enum Admitted<O> {
    Answered { text: Arc<str> },
    Denied { sequence: u32, request: String, error: CallError, name: &'static str },
    Ready { sequence: u32, request: String, operation: O },
}

/// As the journal keeps it.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reply<T> {
    Ok(T),
    Err(CallError),
}

impl Gate {
    pub(crate) fn new(invocation: Arc<Invocation>, tape: Tape, clock: VirtualClock, backends: Backends) -> Self {
        clock.advance_to(tape.now());
        Gate {
            policy: Arc::clone(&invocation.policy),
            meter: Meter::new(invocation.limits),
            lines: Lines::new(invocation.limits.log_bytes.0),
            recorder: Recorder::new(&invocation, &backends),
            invocation,
            tape,
            clock,
            backends,
            surcharge: 0,
            stop: None,
        }
    }

    /// One host call through the six steps.
    pub(crate) async fn call<O: Operation>(&mut self, operation: O) -> wasmtime::Result<Result<O::Reply, CallError>> {
        let mut replies = self.call_all(vec![operation]).await?;
        Ok(replies.pop().expect("one call has one reply"))
    }

    /// Several host calls that are performed at the same time and recorded in their order.
    pub(crate) async fn call_all<O: Operation>(
        &mut self,
        operations: Vec<O>,
    ) -> wasmtime::Result<Vec<Result<O::Reply, CallError>>> {
        let mut admitted = Vec::with_capacity(operations.len());
        for operation in operations {
            let call = self.admit(operation).await;
            admitted.push(self.or_stop(call)?);
        }
        let performed =
            join_all(admitted.into_iter().map(|call| perform(call, &self.invocation, &self.backends))).await;
        let mut replies = Vec::with_capacity(performed.len());
        for performed in performed {
            let reply = self.settle(performed).await;
            replies.push(self.or_stop(reply)?);
        }
        Ok(replies)
    }

    /// What follows from the journal alone (time, random numbers, context, what is left) or only adds a line to it:
    /// it is charged, and needs no entry.
    pub(crate) fn ambient(&mut self, bytes: u64) -> wasmtime::Result<()> {
        let charged = self.charge_call(bytes);
        self.or_stop(charged)
    }

    /// Steps 1 to 4.
    async fn admit<O: Operation>(&mut self, operation: O) -> Result<Admitted<O>, Stop> {
        let request = text(&operation)?;
        self.charge_call(request.len() as u64)?;
        let sequence =
            match self.tape.next(operation.name(), &request).map_err(|d| Stop::Host(SandboxError::Diverged(d)))? {
                Playback::Recorded { reply, at } => {
                    self.clock.advance_to(at);
                    return Ok(Admitted::Answered { text: recorded_text(&reply)? });
                }
                Playback::Live { sequence } => sequence,
            };
        let name = operation.name();
        if let Some(Decision::Denied { message, hint }) =
            operation.permission().map(|needed| self.policy.decide(&needed))
        {
            let error = CallError::Denied(format!("{message} ({hint})"));
            return Ok(Admitted::Denied { sequence, request, error, name });
        }
        if operation.effect(&self.backends) == Effect::Outside {
            self.recorder.intend(sequence, name, &request).await?;
        }
        Ok(Admitted::Ready { sequence, request, operation })
    }

    /// Step 6.
    async fn settle<T: Serialize + DeserializeOwned>(
        &mut self,
        performed: Result<Performed<T>, SandboxError>,
    ) -> Result<Result<T, CallError>, Stop> {
        let (text, reply) = match performed? {
            Performed::Answered { text } => {
                let reply = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
                (text, reply)
            }
            Performed::Live { sequence, name, request, reply } => {
                let text: Arc<str> = text(&reply)?.into();
                self.write_lines().await?;
                let at = self.recorder.answer(sequence, name, request, Payload::text(Arc::clone(&text))).await?;
                self.tape.record(at);
                self.clock.advance_to(at);
                (text, reply)
            }
        };
        self.surcharge += self.meter.charge_reply(text.len() as u64).map_err(|out| self.exhausted(&out))?;
        Ok(match reply {
            Reply::Ok(value) => Ok(value),
            Reply::Err(error) => Err(error),
        })
    }

    fn charge_call(&mut self, bytes: u64) -> Result<(), Stop> {
        self.surcharge += self.meter.charge_call(bytes).map_err(|out| self.exhausted(&out))?;
        Ok(())
    }

    fn or_stop<T>(&mut self, result: Result<T, Stop>) -> wasmtime::Result<T> {
        result.map_err(|stop| {
            self.stop = Some(stop);
            wasmtime::Error::from(Stopped)
        })
    }

    fn exhausted(&self, out: &Exhausted) -> Stop {
        let limit = if out.resource == Resource::Calls { Limit::Calls } else { Limit::Bytes };
        Stop::Exhausted(limit, format!("{out}; {}", out.hint(&self.invocation.plugin)))
    }

    /// Puts the lines that wait into the journal, without those that are there already.
    pub(crate) async fn write_lines(&mut self) -> Result<(), SandboxError> {
        for line in self.lines.drain() {
            if self.tape.line() == Line::Live {
                self.recorder.line(line.level, line.message).await?;
            }
        }
        Ok(())
    }

    /// Says in the journal that lines were dropped.
    pub(crate) async fn note_dropped(&mut self, bytes: u64) -> Result<(), SandboxError> {
        if self.tape.line() == Line::Recorded {
            return Ok(());
        }
        let message = format!(
            "{bytes} bytes of lines were dropped: the limit `log_bytes` is {}",
            self.invocation.limits.log_bytes
        );
        self.recorder.line("warn", message).await
    }

    /// The fuel that host calls have cost and the engine has not yet taken.
    pub(crate) fn take_surcharge(&mut self) -> u64 {
        std::mem::take(&mut self.surcharge)
    }

    /// Why the invocation must end, if the gate said so.
    pub(crate) fn take_stop(&mut self) -> Option<Stop> {
        self.stop.take()
    }

    pub(crate) fn invocation(&self) -> &Arc<Invocation> {
        &self.invocation
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(crate) fn tape(&self) -> &Tape {
        &self.tape
    }

    pub(crate) fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The time that the guest sees.
    pub(crate) fn now(&self) -> Timestamp {
        if self.invocation.target.is_replayed() { self.clock.now() } else { self.backends.clock.now() }
    }
}

enum Performed<T> {
    Answered { text: Arc<str> },
    Live { sequence: u32, name: &'static str, request: String, reply: Reply<T> },
}

/// Step 5.
async fn perform<O: Operation>(
    call: Admitted<O>,
    invocation: &Arc<Invocation>,
    backends: &Backends,
) -> Result<Performed<O::Reply>, SandboxError> {
    match call {
        Admitted::Answered { text } => Ok(Performed::Answered { text }),
        Admitted::Denied { sequence, request, error, name } => {
            Ok(Performed::Live { sequence, name, request, reply: Reply::Err(error) })
        }
        Admitted::Ready { sequence, request, operation } => {
            let name = operation.name();
            let site = CallSite { invocation: Arc::clone(invocation), sequence };
            let reply = match operation.perform(site, backends).await? {
                Ok(value) => Reply::Ok(value),
                Err(error) => Reply::Err(error),
            };
            Ok(Performed::Live { sequence, name, request, reply })
        }
    }
}

fn text(value: &impl Serialize) -> Result<String, SandboxError> {
    serde_json::to_string(value)
        .map_err(|error| SandboxError::engine(anyhow::Error::new(error).context("cannot write a host call as JSON")))
}

fn recorded_text(reply: &Payload) -> Result<Arc<str>, SandboxError> {
    match reply {
        Payload::Text(text) => Ok(Arc::clone(text)),
        Payload::Stored { sha256, .. } => Err(SandboxError::Store(baton_journal::StoreError::Corrupt {
            what: format!("the reply {} of a host call is not at hand", sha256.short()),
        })),
    }
}

fn unreadable(error: &serde_json::Error) -> Stop {
    let what = format!("a recorded reply is not what its host call answers: {error}");
    Stop::Host(SandboxError::Store(baton_journal::StoreError::Corrupt { what }))
}

impl From<SandboxError> for Stop {
    fn from(error: SandboxError) -> Self {
        Stop::Host(error)
    }
}
