//! What the journal says at the moment of a death: what was finished, what was in flight. It does not know how the run
//! goes on.

use std::collections::BTreeSet;

use baton_journal::{Entry, Event, InvocationId, Payload};
use serde_json::Value;

/// A journal as a dead process left it.
#[derive(Default)]
pub(super) struct Glimpse {
    /// Requests that are over, by their paths: their answers are recorded, or the end of who made them.
    pub(super) finished: BTreeSet<String>,
    /// Requests whose intents are recorded.
    pub(super) intended: BTreeSet<String>,
    /// Invocations that began, or may have begun, and did not end.
    pub(super) open: BTreeSet<InvocationId>,
    made: Vec<(InvocationId, String)>,
}

impl Glimpse {
    /// Reads it; paths are those below a URL.
    pub(super) fn of(entries: &[Entry], outside: &str) -> Self {
        let mut glimpse = Glimpse::default();
        entries.iter().for_each(|entry| glimpse.see(&entry.event, outside));
        glimpse
    }

    fn see(&mut self, event: &Event, outside: &str) {
        match event {
            Event::InvocationStarted { invocation, .. } => drop(self.open.insert(invocation.clone())),
            Event::InvocationEnded { invocation, .. } => {
                self.open.remove(invocation);
                let over = self.made.extract_if(.., |(by, _)| by == invocation).map(|(_, path)| path);
                self.finished.extend(over);
            }
            Event::HostCallStarted { invocation, sequence, operation, .. } if operation == "tools.call" => {
                self.open.insert(InvocationId::nested(invocation, *sequence, None));
            }
            Event::HostCallStarted { invocation, request, .. } => {
                let path = path(request, outside);
                self.made.extend(path.iter().map(|path| (invocation.clone(), path.clone())));
                self.intended.extend(path);
            }
            Event::HostCall { invocation, sequence, operation, .. } if operation == "tools.call" => {
                self.open.remove(&InvocationId::nested(invocation, *sequence, None));
            }
            Event::HostCall { operation, request, .. } if operation == "http.fetch" => {
                self.finished.extend(path(request, outside));
            }
            _ => {}
        }
    }
}

fn path(request: &Payload, outside: &str) -> Option<String> {
    let request: Value = serde_json::from_str(request.as_str()?).ok()?;
    Some(request["url"].as_str()?.strip_prefix(outside)?.trim_start_matches('/').to_owned())
}
