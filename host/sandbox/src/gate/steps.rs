//! The steps of the gate that are taken where the journal is: tape, policy, intent, perform (`perform`), record. What they
//! cost is charged before and after them, by the gate.

use std::sync::Arc;

use baton_journal::tape::Line;
use baton_journal::{Failure, Payload, Playback, StoreError, Tape, Timestamp};
use baton_policy::{Amounts, Decision};
use tokio::time::Instant;

use super::errand::{Here, Passed};
use super::perform::{Admitted, Calling, NeedsIntent, Performed, Turn};
use super::repeats::{Made, Repeats};
use super::unknown::refusal;
use super::{Answer, CallSite, Effect, Operation, Written};
use crate::backends::{Backends, Watch};
use crate::call_error::CallError;
use crate::clock::VirtualClock;
use crate::error::SandboxError;
use crate::invocation::Invocation;
use crate::lines::Lines;
use crate::recorder::Recorder;

/// What the steps need of one invocation.
pub(super) struct Steps {
    invocation: Arc<Invocation>,
    tape: Tape,
    recorder: Recorder,
    clock: VirtualClock,
    lines: Lines,
    repeats: Repeats,
}

impl Steps {
    pub(super) fn new(
        invocation: Arc<Invocation>,
        tape: Tape,
        clock: VirtualClock,
        lines: Lines,
        backends: Backends,
    ) -> Self {
        clock.advance_to(tape.now());
        let repeats = Repeats::new(Arc::clone(&invocation));
        let recorder = Recorder::new(Arc::clone(&invocation), backends);
        Steps { invocation, tape, recorder, clock, lines, repeats }
    }

    /// Who looks on.
    pub(super) fn watch(&self) -> Arc<dyn Watch> {
        Arc::clone(&self.recorder.backends().watch)
    }

    /// Whether the next call was made before.
    pub(super) fn is_playing(&self) -> bool {
        self.tape.is_playing()
    }

    /// Takes calls with their requests through the steps; they are performed at the same time and recorded in their order.
    pub(super) async fn take<O: Operation>(
        &mut self,
        calls: Vec<(O, String)>,
        stops: Instant,
        left: Amounts,
    ) -> Result<Vec<Result<Answer<O::Reply>, SandboxError>>, SandboxError> {
        let (mut admitted, mut made) = (Vec::with_capacity(calls.len()), Vec::with_capacity(calls.len()));
        for (operation, request) in calls {
            let sequence = self.tape.calls();
            self.recorder.backends().watch.calls(&self.invocation.id, sequence, left.fuel);
            let call = Made::of(sequence, &operation, &request);
            let next = self.admit(operation, request, stops).await?;
            made.push(call.changes_if(next.is_outside() || self.tape.was_intended(sequence)));
            admitted.push(next);
        }
        if admitted.iter().any(Admitted::is_outside_now) {
            self.recorder.flush().await?;
        }
        let reaches_out = admitted.iter().any(Admitted::is_outside);
        let performed = Calling { recorder: &self.recorder, stops, left }.perform_all(admitted).await;
        // All are recorded before the first can end the invocation: what was done is in the journal.
        let mut recorded = Vec::with_capacity(performed.len());
        for (call, performed) in made.into_iter().zip(performed) {
            recorded.push(self.record(call, performed).await);
        }
        if reaches_out {
            self.recorder.flush_soon();
        }
        Ok(recorded)
    }

    /// Steps 1 to 4, but for the flush.
    async fn admit<O: Operation>(
        &mut self,
        operation: O,
        request: String,
        stops: Instant,
    ) -> Result<Admitted<O>, SandboxError> {
        let sequence = match self.tape.next(operation.name(), &request).map_err(SandboxError::Diverged)? {
            Playback::Recorded { reply, at } => {
                self.clock.advance_to(at);
                return Ok(Admitted::Answered { text: recorded_text(&reply)? });
            }
            Playback::Live { sequence } => sequence,
        };
        let name = operation.name();
        if let Some(error) = self.denied(&operation) {
            return Ok(Admitted::Refused { sequence, request, error, name });
        }
        let effect = operation.effect(self.recorder.backends());
        if let Some(failure) = self.left(&operation, sequence, stops) {
            return Ok(Admitted::Left { sequence, request, operation, failure });
        }
        let wait = match operation.turn(&self.site(sequence, stops), self.recorder.backends()) {
            Ok(wait) => wait,
            Err(failure) => {
                return Ok(Admitted::Refused { sequence, request, error: CallError::Failed(failure), name });
            }
        };
        let needs_intent = effect == Effect::Outside && !self.tape.in_doubt(sequence);
        if !wait.is_zero() {
            let turn = Turn::After(wait, NeedsIntent(needs_intent));
            return Ok(Admitted::Ready { sequence, request, operation, effect, turn });
        }
        if needs_intent {
            self.recorder.intend(sequence, name, &request).await?;
        }
        Ok(Admitted::Ready { sequence, request, operation, effect, turn: Turn::Now })
    }

    fn site(&self, sequence: u32, stops: Instant) -> CallSite {
        CallSite::of(&self.invocation, sequence, stops)
    }

    /// Takes an errand through the tape and the policy.
    pub(super) fn send<O: Operation>(
        &mut self,
        operation: &O,
        request: String,
        stops: Instant,
    ) -> Result<Passed, SandboxError> {
        let sequence = match self.tape.next(operation.name(), &request).map_err(SandboxError::Diverged)? {
            Playback::Recorded { reply, .. } => return Ok(Passed::Answered(recorded_text(&reply)?)),
            Playback::Live { sequence } => sequence,
        };
        let backends = self.recorder.backends().clone();
        let outside = operation.effect(&backends) == Effect::Outside;
        Ok(Passed::Under(Box::new(Here {
            name: operation.name(),
            sequence,
            request,
            refused: self.denied(operation).or_else(|| self.left(operation, sequence, stops).map(CallError::Failed)),
            needs_intent: outside && !self.tape.in_doubt(sequence),
            needs_flush: outside,
            recorder: Recorder::new(Arc::clone(&self.invocation), backends),
            stops,
        })))
    }

    /// What the policy has against a call.
    fn denied(&self, operation: &impl Operation) -> Option<CallError> {
        let needed = operation.permission(self.recorder.backends())?;
        match self.invocation.policy.decide(&needed) {
            Decision::Denied { message, hint } => Some(CallError::Denied(format!("{message} ({hint})"))),
            Decision::Allowed => None,
        }
    }

    /// Why a call is not made of which nobody knows whether an earlier host made it.
    fn left(&self, operation: &impl Operation, sequence: u32, stops: Instant) -> Option<Failure> {
        if !self.tape.in_doubt(sequence) {
            return None;
        }
        refusal(operation, &self.site(sequence, stops), self.recorder.backends())
    }

    /// Step 6.
    async fn record<T: Written>(
        &mut self,
        call: Made,
        performed: Result<Performed<T>, SandboxError>,
    ) -> Result<Answer<T>, SandboxError> {
        let performed = performed?;
        self.repeats.note(call, performed.text());
        match performed {
            Performed::Answered { text } => Answer::read(&text),
            Performed::Live { sequence, name, request, reply, text } => {
                let bytes = text.len() as u64;
                self.write_lines().await?;
                let at = self.recorder.answer(sequence, name, request, Payload::text(Arc::clone(&text))).await?;
                self.tape.record(at);
                self.clock.advance_to(at);
                Ok(Answer { bytes, reply: reply.map_or_else(|| T::read(&text), Ok)? })
            }
        }
    }

    /// What ends a guest that makes the same call again and again; nothing while it does not.
    pub(super) fn found_loop(&mut self) -> Option<String> {
        self.repeats.take_found()
    }

    /// Puts the lines that wait into the journal, without those that are there already.
    pub(super) async fn write_lines(&mut self) -> Result<(), SandboxError> {
        while let Some(line) = self.lines.next() {
            if self.tape.line() == Line::Live {
                self.recorder.line(line.level, line.message).await?;
            }
        }
        Ok(())
    }

    /// Says in the journal that lines were dropped.
    pub(super) async fn note_dropped(&mut self, bytes: u64) -> Result<(), SandboxError> {
        if self.tape.line() == Line::Recorded {
            return Ok(());
        }
        let limit = self.invocation.limits.log_bytes;
        let message = format!("{bytes} bytes of lines were dropped: the limit `log_bytes` is {limit}");
        self.recorder.line("warn", message).await
    }

    /// Checks that a guest that has answered made every call that was recorded.
    pub(super) fn finish(&self) -> Result<(), SandboxError> {
        self.tape.finish().map_err(SandboxError::Diverged)
    }

    /// The time of day.
    pub(super) fn now(&self) -> Timestamp {
        self.recorder.backends().clock.now()
    }
}

fn recorded_text(reply: &Payload) -> Result<Arc<str>, SandboxError> {
    match reply {
        Payload::Text(text) => Ok(Arc::clone(text)),
        Payload::Stored { sha256, .. } => Err(SandboxError::Store(StoreError::Corrupt {
            what: format!("the reply {} of a host call is not at hand", sha256.short()),
        })),
    }
}
