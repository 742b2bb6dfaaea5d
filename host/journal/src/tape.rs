//! Answers the host calls of one invocation from what the journal recorded, and says when the recording ends. It does
//! not know who calls, what a call does, or how a live call is recorded.

use std::collections::BTreeMap;
use std::fmt;

use crate::entry::Entry;
use crate::event::Event;
use crate::id::{InvocationId, Timestamp};
use crate::payload::Payload;

/// The longest part of a request or reply that a divergence shows, in characters.
const SHOWN: usize = 400;

/// The cursor of one invocation: it plays what was recorded, then counts live calls on.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    recording: Option<Recording>,
    next: u32,
    now: Timestamp,
    lines_written: u64,
    is_lenient: bool,
}

#[derive(Clone, Debug)]
struct Recording {
    invocation: InvocationId,
    calls: BTreeMap<u32, Recorded>, // by number: calls may be answered out of order
    lines: u64,
}

#[derive(Clone, Debug)]
struct Recorded {
    call: Called,
    answer: Option<(Timestamp, Payload)>, // none: only the intent is there
    was_intended: bool,
}

/// What to do with a host call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Playback {
    /// It was answered before: give this reply, without check, cost or effect.
    Recorded {
        /// The recorded reply, JSON.
        reply: Payload,
        /// When it was recorded.
        at: Timestamp,
    },
    /// It was not: perform it, append it, and move the tape's clock with [`Tape::record`].
    Live {
        /// The call's number within its invocation, from 0.
        sequence: u32,
    },
}

/// What to do with a line that the guest writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// It is in the journal already: don't append it again.
    Recorded,
    /// It is new.
    Live,
}

/// A host call as a divergence shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// `interface.function`.
    pub operation: String,
    /// The arguments, JSON.
    pub request: Payload,
}

/// A host call that differs from the recorded one: the plugin, or what it sees, is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Divergence {
    /// The invocation that called.
    pub invocation: InvocationId,
    /// The call's number within its invocation, from 0.
    pub sequence: u32,
    /// What the journal has.
    pub recorded: Called,
    /// What was called now; none if the invocation ended without the call.
    pub actual: Option<Called>,
}

impl Tape {
    /// A tape with nothing recorded, whose clock stands at 0.
    #[must_use]
    pub fn empty() -> Self {
        Tape::default()
    }

    /// A tape with nothing recorded, for an invocation that starts at this time.
    #[must_use]
    pub fn starting(at: Timestamp) -> Self {
        Tape { now: at, ..Tape::default() }
    }

    /// The tape of one invocation, from the entries of its run; those of other invocations are passed over.
    #[must_use]
    pub fn of(invocation: &InvocationId, entries: &[Entry]) -> Self {
        let mut tape = Tape::default();
        entries.iter().filter(|entry| subject(&entry.event) == Some(invocation)).for_each(|entry| tape.load(entry));
        tape
    }

    /// The tapes of all invocations of a run, in one pass over its entries.
    #[must_use]
    pub fn all(entries: &[Entry]) -> BTreeMap<InvocationId, Tape> {
        let mut tapes = BTreeMap::<InvocationId, Tape>::new();
        for entry in entries {
            if let Some(invocation) = subject(&entry.event) {
                tapes.entry(invocation.clone()).or_default().load(entry);
            }
        }
        tapes
    }

    /// The same tape for a tool, which is begun again rather than replayed: what it asked before is answered as before as
    /// long as it asks the same; from its first other call on, everything is live. So a tool that does the same twice
    /// sees the same twice, and what it had done is not done again.
    #[must_use]
    pub fn lenient(self) -> Self {
        Tape { is_lenient: true, ..self }
    }

    /// Takes the invocation's next host call: its recorded reply, or its number if it must be performed.
    ///
    /// # Errors
    /// The recorded call has another operation or other arguments, and the tape is not [lenient](Tape::lenient); it then
    /// stays where it is.
    pub fn next(&mut self, operation: &str, request: &str) -> Result<Playback, Box<Divergence>> {
        let sequence = self.next;
        let answer = match self.recorded(sequence, operation, request) {
            Err(_) if self.is_lenient => self.forget_calls(),
            answer => answer?,
        };
        self.next += 1;
        Ok(match answer {
            Some((at, reply)) => {
                self.record(at);
                Playback::Recorded { reply, at }
            }
            None => Playback::Live { sequence },
        })
    }

    /// How many host calls it has taken: the number of the next one.
    #[must_use]
    pub fn calls(&self) -> u32 {
        self.next
    }

    /// Whether the journal has the intent of a call but no answer: it was in flight when the host died, and nobody
    /// knows whether its effect happened.
    #[must_use]
    pub fn in_doubt(&self, sequence: u32) -> bool {
        let recorded = self.recording.as_ref().and_then(|recording| recording.calls.get(&sequence));
        recorded.is_some_and(|recorded| recorded.answer.is_none())
    }

    /// Whether the journal has the intent of a call: it was about to change something outside.
    #[must_use]
    pub fn was_intended(&self, sequence: u32) -> bool {
        let recorded = self.recording.as_ref().and_then(|recording| recording.calls.get(&sequence));
        recorded.is_some_and(|recorded| recorded.was_intended)
    }

    /// Moves the clock on after a live call was appended at this time. It never goes back.
    pub fn record(&mut self, at: Timestamp) {
        self.now = self.now.max(at);
    }

    /// The time that the invocation sees: that of its start, then that of the last host call answered.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Takes a line that the guest writes, and says whether the journal has it.
    pub fn line(&mut self) -> Line {
        self.lines_written += 1;
        let recorded = self.recording.as_ref().map_or(0, |recording| recording.lines);
        if self.lines_written <= recorded { Line::Recorded } else { Line::Live }
    }

    /// Whether the next call was made before: it, or one after it, is recorded.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.recording.as_ref().is_some_and(|recording| recording.calls.range(self.next..).next().is_some())
    }

    /// How many calls are recorded, answered or not.
    #[must_use]
    pub fn recorded_calls(&self) -> u64 {
        self.recording.as_ref().map_or(0, |recording| recording.calls.len() as u64)
    }

    /// How many recorded answers are not yet played.
    #[must_use]
    pub fn remaining(&self) -> usize {
        let recorded = self.recording.iter().flat_map(|recording| recording.calls.range(self.next..));
        recorded.filter(|(_, recorded)| recorded.answer.is_some()).count()
    }

    /// Checks, when the invocation has ended, that it made every call that was recorded.
    ///
    /// # Errors
    /// It ended before the recorded call that the error names.
    pub fn finish(&self) -> Result<(), Box<Divergence>> {
        let Some(recording) = self.recording.as_ref().filter(|_| !self.is_lenient) else { return Ok(()) };
        match recording.calls.range(self.next..).next() {
            Some((sequence, recorded)) => Err(recording.diverged(*sequence, recorded, None)),
            None => Ok(()),
        }
    }

    fn recorded(
        &self,
        sequence: u32,
        operation: &str,
        request: &str,
    ) -> Result<Option<(Timestamp, Payload)>, Box<Divergence>> {
        let Some(recording) = &self.recording else { return Ok(None) };
        let Some(recorded) = recording.calls.get(&sequence) else { return Ok(None) };
        if recorded.call.operation == operation && is_text(&recorded.call.request, request) {
            return Ok(recorded.answer.clone());
        }
        let actual = Called { operation: operation.to_owned(), request: Payload::text(request) };
        Err(recording.diverged(sequence, recorded, Some(actual)))
    }

    /// Has every further call live.
    fn forget_calls<T>(&mut self) -> Option<T> {
        if let Some(recording) = &mut self.recording {
            recording.calls.clear();
        }
        None
    }

    fn load(&mut self, entry: &Entry) {
        match &entry.event {
            // One that was suspended begins again: it sees the time that it saw.
            Event::InvocationStarted { .. } if self.now == Timestamp::default() => self.now = entry.at,
            Event::HostCallStarted { invocation, sequence, operation, request } => {
                self.recording(invocation).call(*sequence, operation, request).was_intended = true;
            }
            Event::HostCall { invocation, sequence, operation, request, reply } => {
                let recorded = self.recording(invocation).call(*sequence, operation, request);
                recorded.answer.get_or_insert_with(|| (entry.at, reply.clone()));
            }
            Event::Logged { invocation, .. } => self.recording(invocation).lines += 1,
            _ => {}
        }
    }

    fn recording(&mut self, invocation: &InvocationId) -> &mut Recording {
        self.recording.get_or_insert_with(|| Recording {
            invocation: invocation.clone(),
            calls: BTreeMap::new(),
            lines: 0,
        })
    }
}

impl Recording {
    fn call(&mut self, sequence: u32, operation: &str, request: &Payload) -> &mut Recorded {
        self.calls.entry(sequence).or_insert_with(|| {
            let call = Called { operation: operation.to_owned(), request: request.clone() };
            Recorded { call, answer: None, was_intended: false }
        })
    }

    fn diverged(&self, sequence: u32, recorded: &Recorded, actual: Option<Called>) -> Box<Divergence> {
        let (invocation, recorded) = (self.invocation.clone(), recorded.call.clone());
        Box::new(Divergence { invocation, sequence, recorded, actual })
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Divergence { invocation, sequence, recorded, actual } = self;
        write!(f, "host call {sequence} of {invocation} differs from the recorded one: recorded {recorded}, now ")?;
        match actual {
            Some(actual) => write!(f, "{actual}"),
            None => f.write_str("the end of the invocation"),
        }
    }
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(request) = self.request.as_str() else {
            return write!(
                f,
                "{} with {} bytes (sha256 {})",
                self.operation,
                self.request.bytes(),
                self.request.digest()
            );
        };
        let shown: String = request.chars().take(SHOWN).collect();
        let more = if shown.len() < request.len() { "…" } else { "" };
        write!(f, "{} {shown}{more}", self.operation)
    }
}

fn is_text(payload: &Payload, text: &str) -> bool {
    payload.as_str().map_or_else(|| payload.digest() == Payload::text(text).digest(), |recorded| recorded == text)
}

fn subject(event: &Event) -> Option<&InvocationId> {
    match event {
        Event::InvocationStarted { invocation, .. }
        | Event::HostCallStarted { invocation, .. }
        | Event::HostCall { invocation, .. }
        | Event::Logged { invocation, .. } => Some(invocation),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
