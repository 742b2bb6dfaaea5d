//! Loops of a guest, as its gate sees them: the same call, with the same answer, too often. Calls that the journal answers are
//! looked at like any other, so that a replayed guest ends where it did. It does not know what the calls do.

use std::sync::Arc;

use baton_journal::Digest;
use baton_policy::Resource;
use baton_policy::repetition::{Answered, Kind, Loop, Repetition};

use super::Operation;
use crate::invocation::Invocation;

/// Bytes of a request that the operator is shown: enough to know which call it is, and the journal has the rest.
const SHOWN: usize = 200;

/// Looks for loops of one guest.
pub(super) struct Repeats {
    invocation: Arc<Invocation>,
    repetition: Repetition,
    found: Option<String>,
}

/// A call that is being made.
pub(super) struct Made {
    number: u32,
    kind: Kind,
    asked: Digest,
    /// The call, for people.
    shown: String,
}

impl Made {
    /// A call with this request.
    pub(super) fn of(number: u32, operation: &impl Operation, request: &str) -> Self {
        let name = operation.name();
        let asked = Digest::of_parts([name.as_bytes(), request.as_bytes()]);
        let more = if request.len() > SHOWN { "…" } else { "" };
        let shown = format!("{name} {}{more}", &request[..request.floor_char_boundary(SHOWN)]);
        Made { number, kind: operation.kind(), asked, shown }
    }

    /// The same call, if it changes something outside.
    pub(super) fn changes_if(self, changes: bool) -> Self {
        if changes { Made { kind: Kind::Changes, ..self } } else { self }
    }
}

impl Repeats {
    pub(super) fn new(invocation: Arc<Invocation>) -> Self {
        Repeats { repetition: Repetition::new(invocation.limits.repeats), invocation, found: None }
    }

    /// Takes a call with the text of its answer.
    pub(super) fn note(&mut self, call: Made, told: &str) {
        let Made { number, kind, asked, shown } = call;
        let told = Digest::of(told.as_bytes());
        let answered = Answered { number, kind, asked: *asked.as_bytes(), told: *told.as_bytes() };
        if let Some(found) = self.repetition.take(&answered) {
            let limit = self.invocation.exhausted(Resource::Repeats);
            self.found.get_or_insert_with(|| format!("a loop: {}; {limit}", evidence(&found, &shown, told)));
        }
    }

    /// What ends the guest.
    pub(super) fn take_found(&mut self) -> Option<String> {
        self.found.take()
    }
}

/// Which call, what it was told, how often, and where the journal has it.
fn evidence(found: &Loop, call: &str, told: Digest) -> String {
    let Loop { times, first, last, between } = found;
    let numbers: Vec<String> = first.iter().map(ToString::to_string).collect();
    let last = if first.contains(last) { String::new() } else { format!(" … {last}") };
    let others = match between {
        0 => String::new(),
        1 => ", with one other before it".to_owned(),
        others => format!(", with {others} others before it"),
    };
    format!(
        "{call} was told the same (sha256 {}) {times} times, in host calls {}{last}{others}",
        told.short(),
        numbers.join(", ")
    )
}
