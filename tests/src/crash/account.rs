//! What a run came to, as lines that two runs are compared by. Times are left out, and what a run's id goes into. It does
//! not know which differences are allowed.

use std::collections::{BTreeMap, BTreeSet};

use baton_journal::{Entry, Event, InvocationId, Outcome, Payload, Publication, Published, Usage};
use baton_runtime::Story;
use serde_json::Value;

/// The lines, by the step that they belong to (none: the run) and what they tell.
pub(super) type Lines = BTreeMap<(Option<String>, String), String>;

/// A run's account.
#[derive(Clone, Debug, Default)]
pub(super) struct Account {
    lines: Lines,
    outside: String,
    tools: BTreeSet<InvocationId>,
}

impl Account {
    /// The account of a run whose outside was at a URL. Of steps that time stops it has no more than what they gave out.
    pub(super) fn of(story: &Story, outside: &str, timed: &[&str]) -> Self {
        let mut account = Account { outside: outside.to_owned(), ..Account::default() };
        account.ending(&serde_json::to_value(story.ending()).unwrap());
        story.entries().iter().for_each(|entry| account.entry(entry));
        let is_timed = |step: &Option<String>| step.as_ref().is_some_and(|step| timed.contains(&step.as_str()));
        account.lines.retain(|(step, what), _| !is_timed(step) || what.starts_with("output "));
        account
    }

    /// Adds what was published.
    pub(super) fn with_events(mut self, events: &[Published]) -> Self {
        for Published { publication: Publication { name, data, .. }, .. } in events {
            self.count(None, &format!("published {name} {}", shown(data)));
        }
        self
    }

    /// The first line that is not the same in another account, the steps that are excused left out.
    pub(super) fn difference(&self, other: &Account, excused: &[String]) -> Option<String> {
        let counts = |step: &Option<String>| step.as_ref().is_none_or(|step| !excused.contains(step));
        let keys = self.lines.keys().chain(other.lines.keys()).filter(|(step, _)| counts(step));
        let differing = keys.into_iter().find(|key| self.lines.get(key) != other.lines.get(key))?;
        let told = |lines: &Lines| lines.get(differing).cloned().unwrap_or_else(|| "(nothing)".to_owned());
        Some(format!("{}: {}, and undisturbed: {}", differing.1, told(&self.lines), told(&other.lines)))
    }

    fn ending(&mut self, ending: &Value) {
        self.tell(None, "outcome", &ending["outcome"]);
        self.tell(None, "error", &ending["error"]);
        for (name, value) in ending["output"].as_object().into_iter().flatten() {
            self.tell(Some(name), &format!("output {name}"), value);
        }
        for step in ending["steps"].as_array().into_iter().flatten() {
            let name = step["name"].as_str();
            self.tell(
                name,
                &format!("step {name:?}"),
                &serde_json::json!([step["outcome"], step["attempts"], step["failure"]]),
            );
        }
    }

    fn entry(&mut self, entry: &Entry) {
        match &entry.event {
            Event::InvocationStarted { invocation, site, input, function, .. } => {
                self.tools.extend(function.is_some().then(|| invocation.clone()));
                self.count(Some(&site.step), &format!("{invocation} began with {}", shown(input)));
            }
            Event::HostCallStarted { invocation, sequence, operation, .. } => {
                self.count(Some(step(invocation)), &format!("{invocation} intended {sequence} {operation}"));
            }
            Event::HostCall { invocation, sequence, operation, request, reply } => {
                let call = format!("{invocation} made {sequence} {operation}");
                let said = format!("{call} {} {}", shown(request), shown(reply));
                let is_tool = self.tools.contains(invocation); // what it says may have the run's id in it
                self.count(Some(step(invocation)), if is_tool { &call } else { &said });
            }
            Event::Logged { invocation, level, message } => {
                self.count(Some(step(invocation)), &format!("{invocation} wrote {level} {message}"));
            }
            Event::InvocationEnded { invocation, site, outcome, usage, .. } => {
                self.count(
                    Some(&site.step),
                    &format!("{invocation} ended: {}", self.ended(invocation, outcome, *usage)),
                );
            }
            Event::ApprovalRequested { step, question, .. } => {
                self.count(Some(step), &format!("{step} asked {question}"));
            }
            Event::ApprovalTurn { step, .. } => {
                self.count(Some(step), &format!("something happened to the question of {step}"));
            }
            Event::ApprovalDecided { step, .. } => self.count(Some(step), &format!("{step} was answered")),
            Event::TimerFired { site, attempt } => {
                self.count(Some(&site.step), &format!("{site} waited for {attempt}"));
            }
            Event::Waiting { site, .. } => self.count(Some(&site.step), &format!("{site} waits")),
            Event::EventReceived { site, name, .. } => {
                self.count(Some(&site.step), &format!("{site} received {name}"));
            }
            Event::EventEmitted { site, name, .. } => self.count(Some(&site.step), &format!("{site} emitted {name}")),
            Event::CancelRequested { .. } => self.count(None, "was cancelled"),
            Event::Paused { .. } => self.count(None, "was paused"),
            Event::Continued { .. } => self.count(None, "was continued"),
            Event::RunStarted(_) => self.count(None, "began"),
            Event::Forked => self.count(None, "was forked"),
            Event::Migrated(_) => self.count(None, "was migrated"),
            Event::RunEnded(_) => self.count(None, "ended"),
        }
    }

    /// How an invocation ended, and what an agent did that was not stopped: a tool is not replayed, and when one is stopped
    /// depends on time. (Fuel depends on the run's seed; a replay compares it.)
    fn ended(&self, invocation: &InvocationId, outcome: &Outcome, usage: Usage) -> String {
        match outcome {
            Outcome::Completed { output } if self.tools.contains(invocation) => shown(output).to_owned(),
            Outcome::Completed { output } => {
                format!("{} with {} calls, {} bytes moved", shown(output), usage.host_calls, usage.bytes)
            }
            stopped => stopped.to_string(),
        }
    }

    fn tell(&mut self, step: Option<&str>, what: &str, value: &Value) {
        self.lines.insert((step.map(str::to_owned), what.to_owned()), value.to_string());
    }

    /// Counts how often something happened.
    fn count(&mut self, step: Option<&str>, what: &str) {
        let what = if self.outside.is_empty() { what.to_owned() } else { what.replace(&self.outside, "…") };
        let times = self.lines.entry((step.map(str::to_owned), what)).or_insert_with(|| "0".to_owned());
        *times = (times.parse::<u32>().unwrap_or_default() + 1).to_string();
    }
}

/// The step that an invocation belongs to.
fn step(invocation: &InvocationId) -> &str {
    invocation.as_str().split(['[', '#']).next().unwrap_or_default()
}

fn shown(payload: &Payload) -> &str {
    payload.as_str().unwrap_or("(not loaded)")
}
