//! A run for programs: how it stands, and its journal entry by entry with the JSON of payloads in place. It does not
//! shorten anything.

use baton_runtime::journal::{Entry, Event};
use baton_runtime::{Ending, Spending};
use serde::Serialize;
use serde_json::{Value, json};

/// A run for programs.
#[derive(Debug, Serialize)]
pub struct Whole<'a> {
    #[serde(flatten)]
    ending: &'a Ending,
    input: Value,
    spending: &'a Spending,
    entries: Vec<Value>,
}

/// Everything about a run.
#[must_use]
pub fn for_programs<'a>(ending: &'a Ending, spending: &'a Spending, entries: &[Entry]) -> Whole<'a> {
    let input = match entries.first().map(|entry| &entry.event) {
        Some(Event::RunStarted(header)) => header.input.as_str().map_or(Value::Null, parsed),
        _ => Value::Null,
    };
    Whole { ending, input, spending, entries: entries.iter().map(entry).collect() }
}

fn entry(entry: &Entry) -> Value {
    let mut event = serde_json::to_value(&entry.event).unwrap_or(Value::Null);
    unfold(&mut event);
    if let Some(decision) = event.get_mut("decision") {
        unfold(decision);
    }
    if let Some(vote) = event.get_mut("turn").and_then(|turn| turn.get_mut("vote")) {
        unfold(vote);
    }
    json!({"sequence": entry.sequence, "at": entry.at, "digest": entry.digest, "event": event})
}

/// The fields of events that hold JSON as a text.
const PAYLOADS: [&str; 7] = ["plan", "input", "request", "reply", "output", "show", "answer"];

fn unfold(event: &mut Value) {
    for field in PAYLOADS {
        if let Some(payload) = event.get_mut(field)
            && let Value::String(text) = payload
        {
            *payload = parsed(text);
        }
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}
