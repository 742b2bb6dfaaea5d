//! A run entry by entry, with the fuel that its agents had used at each call, and what was known at an entry. It does not
//! know where the entries come from, nor how a person goes through them.

use std::collections::BTreeMap;

use baton_runtime::Replay;
use baton_runtime::journal::{Decision, Entry, Event, InvocationId, Migration, Payload, RunOutcome, Turn};
use serde_json::Value;

use crate::escape::escape_line;
use crate::{format, paint, readable, trap};

/// How many characters of a value a line has.
const OF_A_LINE: usize = 120;

/// The entries of a run, each as a line.
pub struct Trace<'a> {
    entries: &'a [Entry],
    fuel: BTreeMap<&'a InvocationId, &'a [u64]>,
}

impl<'a> Trace<'a> {
    /// The trace of a run that was replayed.
    #[must_use]
    pub fn of(entries: &'a [Entry], replay: &'a Replay) -> Self {
        let fuel = replay.invocations.iter().map(|one| (&one.invocation, one.fuel.as_slice())).collect();
        Trace { entries, fuel }
    }

    /// The number of the last entry.
    #[must_use]
    pub fn last(&self) -> usize {
        self.entries.len().saturating_sub(1)
    }

    /// An entry: its number, how long after the first, who, and what.
    #[must_use]
    pub fn line(&self, number: usize) -> String {
        let (Some(first), Some(entry)) = (self.entries.first(), self.entries.get(number)) else { return String::new() };
        let later = format::duration(format::between(first.at, entry.at));
        let (who, what) = self.told(&entry.event);
        format!("{number:>5}  {}  {}  {what}", paint::faint(&format!("+{later:<8}")), paint::strong(&escape_line(&who)))
    }

    fn told(&self, event: &Event) -> (String, String) {
        match event {
            Event::RunStarted(header) => {
                ("run".to_owned(), format!("began {} {}", escape_line(&header.workflow), short(&header.input)))
            }
            Event::InvocationStarted { invocation, plugin, function, input, .. } => {
                let what = function.as_ref().map_or_else(|| plugin.clone(), |function| format!("{plugin}/{function}"));
                (invocation.to_string(), format!("began {} {}", escape_line(&what), short(input)))
            }
            Event::HostCallStarted { invocation, sequence, operation, .. } => (
                invocation.to_string(),
                paint::faint(&format!("is about to make call {sequence}, {}", escape_line(operation))),
            ),
            Event::HostCall { invocation, sequence, operation, request, reply } => {
                (invocation.to_string(), self.call(invocation, *sequence, (operation, request, reply)))
            }
            Event::Logged { invocation, level, message } => {
                (invocation.to_string(), format!("{}  {}", paint::faint(&escape_line(level)), escape_line(message)))
            }
            Event::InvocationEnded { invocation, outcome, usage, .. } => {
                let word = paint::outcome(outcome.name(), &escape_line(&trap::reason(&outcome.to_string())));
                (invocation.to_string(), format!("{word}  {}", paint::faint(&format::usage(usage))))
            }
            Event::ApprovalRequested { step, question, .. } => {
                (step.clone(), format!("asks: {}", escape_line(question)))
            }
            Event::ApprovalTurn { step, turn, .. } => (step.clone(), turned(turn)),
            Event::ApprovalDecided { step, decision, .. } => (step.clone(), decided(decision)),
            Event::TimerFired { site, attempt: 0 } => (site.to_string(), "has waited".to_owned()),
            Event::TimerFired { site, attempt } => (site.to_string(), format!("waited; attempt {attempt} may begin")),
            Event::Waiting { site, name: Some(name), .. } => {
                (site.to_string(), format!("waits for the event {}", escape_line(name)))
            }
            Event::Waiting { site, name: None, .. } => (site.to_string(), "waits".to_owned()),
            Event::EventReceived { site, name, data, .. } => {
                (site.to_string(), format!("received {} {}", escape_line(name), short(data)))
            }
            Event::EventEmitted { site, name, data } => {
                (site.to_string(), format!("emitted {} {}", escape_line(name), short(data)))
            }
            Event::CancelRequested { by, reason } => ("run".to_owned(), wanted("is to end", by, reason.as_deref())),
            Event::Paused { by, reason } => ("run".to_owned(), wanted("is to rest", by, reason.as_deref())),
            Event::Continued { by } => ("run".to_owned(), wanted("is to go on", by, None)),
            Event::Forked => ("run".to_owned(), "what follows is its own".to_owned()),
            Event::Migrated(migration) => ("run".to_owned(), migrated(migration)),
            Event::RunEnded(RunOutcome::Completed { output }) => {
                ("run".to_owned(), format!("{} {}", paint::good("completed"), short(output)))
            }
            Event::RunEnded(RunOutcome::Cancelled { by, reason }) => {
                ("run".to_owned(), paint::bad(&wanted("was cancelled", by, reason.as_deref())))
            }
            Event::RunEnded(RunOutcome::Failed { message, .. }) => {
                ("run".to_owned(), format!("{} {}", paint::bad("failed:"), escape_line(&trap::reason(message))))
            }
        }
    }

    fn call(&self, id: &InvocationId, sequence: u32, call: (&str, &Payload, &Payload)) -> String {
        let (operation, request, reply) = call;
        let place = usize::try_from(sequence).unwrap_or(usize::MAX);
        let fuel = self.fuel.get(id).and_then(|fuel| fuel.get(place));
        let fuel = fuel.map(|fuel| paint::faint(&format!("  at {} fuel", format::fuel(*fuel)))).unwrap_or_default();
        let operation = escape_line(operation);
        format!("call {sequence} {operation} {} {} {}{fuel}", short(request), paint::faint("→"), short(reply))
    }
}

/// What somebody wanted of the run.
fn wanted(what: &str, by: &str, reason: Option<&str>) -> String {
    let because = reason.map_or_else(String::new, |reason| format!(": {}", escape_line(reason)));
    format!("{what}, says {}{because}", escape_line(by))
}

/// The version that a run goes on with, and who said so.
fn migrated(migration: &Migration) -> String {
    format!("goes on with version {}, migrated by {}", migration.version.number, escape_line(&migration.by))
}

/// What happened to a question that stays open.
fn turned(turn: &Turn) -> String {
    match turn {
        Turn::Voted { vote } => format!("{}; more votes are needed", decided(vote)),
        Turn::Delegated { by, to, .. } => format!("{} handed the vote to {}", escape_line(by), escape_line(to)),
        Turn::Reminded { reminder } => format!("reminder {reminder}"),
        Turn::Escalated { roles, assignees, .. } => {
            let who = [assignees.as_slice(), roles].concat().join(" or ");
            format!("{} to {}", paint::warn("escalated"), escape_line(&who))
        }
    }
}

fn decided(decision: &Decision) -> String {
    match decision {
        Decision::Approved { by, .. } => format!("{} by {}", paint::good("approved"), escape_line(by)),
        Decision::Rejected { by, .. } => format!("{} by {}", paint::bad("rejected"), escape_line(by)),
        Decision::Expired => paint::warn("nobody answered in time"),
    }
}

fn short(payload: &Payload) -> String {
    readable::one_line(payload, OF_A_LINE).0
}

/// The values of state that a run has read or written up to an entry, as it knew them: `run / n` and the like.
#[must_use]
pub fn state(entries: &[Entry]) -> BTreeMap<String, Option<Value>> {
    let mut known = BTreeMap::new();
    for entry in entries {
        if let Event::HostCall { operation, request, reply, .. } = &entry.event
            && operation.starts_with("state.")
        {
            note(&mut known, &parsed(request), &parsed(reply));
        }
    }
    known
}

fn note(known: &mut BTreeMap<String, Option<Value>>, request: &Value, reply: &Value) {
    let (Some(key), Some(ok)) = (request["key"].as_str(), reply.get("ok")) else { return };
    let scope = match &request["scope"] {
        Value::String(scope) => scope.clone(),
        scope => format!("shared:{}", scope["shared"].as_str().unwrap_or_default()),
    };
    let text = |value: &Value| value.as_str().map(|text| serde_json::from_str(text).unwrap_or(Value::Null));
    let value = match request["op"].as_str() {
        Some("get") => text(&ok["value"]),
        Some("set") => text(&request["value"]),
        Some("delete") => None,
        Some("compare-and-swap") if ok["changed"] == true => text(&request["value"]),
        Some("increment") => Some(ok["number"].clone()),
        _ => return,
    };
    known.insert(format!("{scope} / {key}"), value);
}

fn parsed(payload: &Payload) -> Value {
    payload.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The values as lines.
#[must_use]
pub fn state_lines(state: &BTreeMap<String, Option<Value>>) -> Vec<String> {
    let width = state.keys().map(|key| key.chars().count()).max().unwrap_or_default();
    let line = |(key, value): (&String, &Option<Value>)| {
        let value = value.as_ref().map_or_else(|| "-".to_owned(), |value| short(&Payload::json(value)));
        format!("{:<width$}  {value}", escape_line(key))
    };
    state.iter().map(line).collect()
}
