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

mod errand;
mod room;

use std::sync::Arc;
use std::time::Duration;

use baton_journal::tape::Line;
use baton_journal::{Limit, Payload, Playback, Tape, Timestamp};
use baton_policy::{Decision, Exhausted, Meter, Request, Resource};
use futures_util::future::join_all;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::backends::Backends;
use crate::call_error::CallError;
use crate::clock::VirtualClock;
use crate::error::SandboxError;
use crate::invocation::Invocation;
use crate::lines::Lines;
use crate::recorder::Recorder;

use errand::Errands;
pub(crate) use errand::{Errand, Sent};

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
    /// How long the caller may still take. Its deadline does not say so: an earlier host may have set it.
    pub left: Duration,
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
    meter: Meter,
    tape: Tape,
    clock: VirtualClock,
    lines: Lines,
    recorder: Recorder,
    surcharge: u64,
    stops: Instant,
    stop: Option<Stop>,
    errands: Errands,
}

/// A call that came through the first four steps, or was answered on the way.
enum Admitted<O> {
    Answered { text: Arc<str> },
    Denied { sequence: u32, request: String, error: CallError, name: &'static str },
    Ready { sequence: u32, request: String, operation: O, effect: Effect },
}

/// As the journal keeps it.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reply<T> {
    Ok(T),
    Err(CallError),
}

impl<T> From<Result<T, CallError>> for Reply<T> {
    fn from(result: Result<T, CallError>) -> Self {
        result.map_or_else(Reply::Err, Reply::Ok)
    }
}

impl<T> From<Reply<T>> for Result<T, CallError> {
    fn from(reply: Reply<T>) -> Self {
        match reply {
            Reply::Ok(value) => Ok(value),
            Reply::Err(error) => Err(error),
        }
    }
}

impl Gate {
    pub(crate) fn new(invocation: Arc<Invocation>, tape: Tape, clock: VirtualClock, backends: Backends) -> Self {
        clock.advance_to(tape.now());
        Gate {
            meter: Meter::new(invocation.limits),
            lines: Lines::new(invocation.limits.log_bytes.0),
            recorder: Recorder::new(Arc::clone(&invocation), backends),
            stops: Instant::now() + invocation.timeout,
            invocation,
            tape,
            clock,
            surcharge: 0,
            stop: None,
            errands: Errands::default(),
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
        let replies = self.through_all_steps(operations).await;
        self.or_stop(replies)
    }

    async fn through_all_steps<O: Operation>(
        &mut self,
        operations: Vec<O>,
    ) -> Result<Vec<Result<O::Reply, CallError>>, Stop> {
        // All are charged before the first intent is written: an intent says that the call is about to be performed.
        let requests: Vec<String> =
            operations.iter().map(|operation| self.charge(operation)).collect::<Result<_, _>>()?;
        let mut admitted = Vec::with_capacity(operations.len());
        for (operation, request) in operations.into_iter().zip(requests) {
            admitted.push(self.admit(operation, request).await?);
        }
        if admitted.iter().any(|call| matches!(call, Admitted::Ready { effect: Effect::Outside, .. })) {
            self.recorder.flush().await?;
        }
        let left = self.left();
        let backends = self.recorder.backends();
        let performing = admitted.into_iter().map(|call| perform(call, &self.invocation, backends, left));
        let performed = join_all(performing).await;
        // All are recorded before the first can end the invocation: what was done is in the journal.
        let mut recorded = Vec::with_capacity(performed.len());
        for performed in performed {
            recorded.push(self.record(performed).await);
        }
        recorded.into_iter().map(|reply| self.settle(reply?)).collect()
    }

    /// What follows from the journal alone (time, random numbers, context, what is left) or only adds a line to it:
    /// it is charged, and needs no entry.
    pub(crate) fn ambient(&mut self, bytes: u64) -> wasmtime::Result<()> {
        let charged = self.charge_call(bytes);
        self.or_stop(charged)
    }

    /// What the guest spends by calling.
    fn charge(&mut self, operation: &impl Operation) -> Result<String, Stop> {
        let request = text(operation)?;
        self.charge_call(request.len() as u64)?;
        Ok(request)
    }

    /// Steps 1 to 4, but for the flush.
    async fn admit<O: Operation>(&mut self, operation: O, request: String) -> Result<Admitted<O>, Stop> {
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
            operation.permission().map(|needed| self.invocation.policy.decide(&needed))
        {
            let error = CallError::Denied(format!("{message} ({hint})"));
            return Ok(Admitted::Denied { sequence, request, error, name });
        }
        let effect = operation.effect(self.recorder.backends());
        if effect == Effect::Outside && !self.tape.in_doubt(sequence) {
            self.recorder.intend(sequence, name, &request).await?;
        }
        Ok(Admitted::Ready { sequence, request, operation, effect })
    }

    /// Step 6; tells the reply and its length.
    async fn record<T: Serialize + DeserializeOwned>(
        &mut self,
        performed: Result<Performed<T>, SandboxError>,
    ) -> Result<(u64, Reply<T>), Stop> {
        match performed? {
            Performed::Answered { text } => {
                let reply = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
                Ok((text.len() as u64, reply))
            }
            Performed::Live { sequence, name, request, reply } => {
                let text = text(&reply)?;
                let bytes = text.len() as u64;
                self.write_lines().await?;
                let at = self.recorder.answer(sequence, name, request, Payload::text(text)).await?;
                self.tape.record(at);
                self.clock.advance_to(at);
                Ok((bytes, reply))
            }
        }
    }

    /// What the guest spends by being answered.
    fn settle<T>(&mut self, (bytes, reply): (u64, Reply<T>)) -> Result<Result<T, CallError>, Stop> {
        self.surcharge += self.meter.charge_reply(bytes).map_err(|out| self.exhausted(&out))?;
        Ok(reply.into())
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
        Stop::Exhausted(limit, self.invocation.exhausted(out.resource))
    }

    /// Puts the lines that wait into the journal, without those that are there already.
    pub(crate) async fn write_lines(&mut self) -> Result<(), SandboxError> {
        while let Some(line) = self.lines.next() {
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

    /// What the guest moves between itself and files, which is no host call of the contract.
    pub(crate) fn charge_moved(&mut self, bytes: u64) -> wasmtime::Result<()> {
        let charged = self.meter.charge_reply(bytes).map_err(|out| self.exhausted(&out));
        self.or_stop(charged).map(|fuel| self.surcharge += fuel)
    }

    /// The fuel that host calls have cost and the engine has not yet taken.
    pub(crate) fn take_surcharge(&mut self) -> u64 {
        std::mem::take(&mut self.surcharge)
    }

    /// Adds fuel that the engine has to take.
    pub(crate) fn add_surcharge(&mut self, fuel: u64) {
        self.surcharge = self.surcharge.saturating_add(fuel);
    }

    /// Why the invocation must end, if the gate said so.
    pub(crate) fn take_stop(&mut self) -> Option<Stop> {
        self.stop.take()
    }

    pub(crate) fn invocation(&self) -> &Arc<Invocation> {
        &self.invocation
    }

    /// What stands behind the gate.
    pub(crate) fn backends(&self) -> &Backends {
        self.recorder.backends()
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

    /// How long the invocation may still take.
    pub(crate) fn left(&self) -> Duration {
        self.stops.saturating_duration_since(Instant::now())
    }

    /// The time that the guest sees.
    pub(crate) fn now(&self) -> Timestamp {
        if self.invocation.target.is_replayed() { self.clock.now() } else { self.recorder.backends().clock.now() }
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
    left: Duration,
) -> Result<Performed<O::Reply>, SandboxError> {
    match call {
        Admitted::Answered { text } => Ok(Performed::Answered { text }),
        Admitted::Denied { sequence, request, error, name } => {
            Ok(Performed::Live { sequence, name, request, reply: Reply::Err(error) })
        }
        Admitted::Ready { sequence, request, operation, .. } => {
            let name = operation.name();
            let site = CallSite { invocation: Arc::clone(invocation), sequence, left };
            let reply = operation.perform(site, backends).await?.into();
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
