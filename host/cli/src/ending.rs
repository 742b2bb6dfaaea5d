//! What is told when a run ends or waits: the result on stdout; on stderr how it went, and what can be done now. It does
//! not know how the run was driven.

use std::collections::BTreeSet;

use baton_runtime::ending::Awaited;
use baton_runtime::journal::{Entry, Event, Timestamp};
use baton_runtime::plan::Ask;
use baton_runtime::{Ending, Story};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::again::Again;
use crate::args::Format;
use crate::context::Context;
use crate::error::Error;
use crate::readable::{self, Detail};
use crate::{ask, escape, format, paint, terminal, trap};

/// Writes the result: all of the ending for programs; the workflow's output for people, as they read it on a terminal and
/// as JSON elsewhere, escaped where JSON would let something through to their terminal.
///
/// # Errors
/// It cannot be written.
pub fn result(context: &Context, ending: &Ending, story: Option<&Story>, form: Format) -> Result<(), Error> {
    match (form, &ending.output) {
        (Format::Json, _) => terminal::result(&pretty(ending)?),
        (Format::Text, None) => Ok(()),
        (Format::Text, Some(Value::Null)) if story.is_some_and(|story| !states_output(story)) => Ok(()),
        (Format::Text, Some(output)) if context.terminal.is_read() => terminal::result(&for_people(output)),
        (Format::Text, Some(output)) => terminal::result(&pretty(output)?),
    }
}

/// A workflow's output as people read it, whole.
#[must_use]
pub fn for_people(output: &Value) -> String {
    readable::value(output, &Detail::FULL).lines.join("\n")
}

/// Whether the workflow says what its output is: without that it is null.
fn states_output(story: &Story) -> bool {
    let plan = serde_json::from_str::<Value>(&story.machine().plan().to_json());
    plan.is_ok_and(|plan| plan.get("output").is_some_and(|output| !output.is_null()))
}

/// Indented JSON that is safe for a terminal and still the same JSON: what JSON itself does not escape and a terminal
/// would obey becomes `\u` escapes.
///
/// # Errors
/// The value cannot be written as JSON.
pub fn pretty(value: &impl serde::Serialize) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(value);
    let text = text.map_err(|error| Error::failed(format!("the result cannot be written as JSON: {error}")))?;
    Ok(escape::escape_json(&text))
}

/// The most waits that are told one by one: more is read with `baton show`.
const SHOWN_WAITS: usize = 8;

/// How much is told of how a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// All of it.
    Whole,
    /// All but the questions: somebody was asked them a moment ago, and did not answer.
    Asked,
    /// What went wrong, and the commands that the run waits for.
    Quiet,
}

/// How a run stands.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Its summary.
    pub ending: &'a Ending,
    /// Its journal.
    pub entries: &'a [Entry],
    /// What it waits for.
    pub questions: &'a [Ask],
}

/// Tells how a run stands.
pub fn tell(context: &Context, again: &Again, story: &Story, ending: &Ending) {
    let telling = match context.terminal {
        terminal if terminal.is_quiet() => Telling::Quiet,
        terminal if terminal.can_ask() => Telling::Asked,
        _ => Telling::Whole,
    };
    let standing = Standing { ending, entries: story.entries(), questions: &story.questions() };
    let text = standing.told(again, &context.zone, telling);
    if !text.is_empty() {
        terminal::tell(&text); // what is left of it in quiet is to be told
    }
}

impl Standing<'_> {
    /// How it went, and the commands that go on.
    #[must_use]
    pub fn told(&self, again: &Again, zone: &TimeZone, telling: Telling) -> String {
        let Standing { ending, entries, questions } = *self;
        let quiet = telling == Telling::Quiet;
        let mut lines = Vec::new();
        if !quiet {
            lines.push(summary(ending, entries));
        }
        lines.extend(error_lines(ending, entries));
        match ending.outcome {
            "parked" | "paused" | "queued" => {
                lines.extend(waits(again, ending, zone));
                for question in questions {
                    if telling == Telling::Whole {
                        lines.push(ask::question(question, zone));
                    }
                    lines.extend(answering(again, ending, question));
                }
            }
            "running" => lines.push(format!("  go on with it: {}", again.command(&["resume", ending.run.as_str()]))),
            _ if quiet => {}
            outcome => {
                lines.push(paint::faint(&format!("  {}", again.command(&["show", ending.run.as_str()]))));
                if outcome == "failed" {
                    lines.push(paint::faint("  a run that failed has ended: after a change, start another"));
                }
            }
        }
        lines.join("\n")
    }
}

/// `completed in 1.2 s  1.2 G fuel · …`
#[must_use]
pub fn summary(ending: &Ending, entries: &[Entry]) -> String {
    let word = paint::outcome(ending.outcome, ending.outcome);
    let used = ending.usage();
    let used = paint::faint(&format::usage(&used));
    let (took, waited) = times(entries);
    let waited = match waited {
        0..1_000 => String::new(),
        waited if entries.iter().any(|entry| matches!(entry.event, Event::Waiting { .. })) => {
            format!(" and {} of waiting", format::duration(waited))
        }
        waited => format!(" and {} of waiting for people", format::duration(waited)),
    };
    format!("\n{word} in {}{waited}  {used}", format::duration(took))
}

/// How long a run was at work, and how long it did nothing but wait for people, events or a time; in milliseconds.
fn times(entries: &[Entry]) -> (u64, u64) {
    let (mut took, mut waited) = (0, 0);
    let (mut questions, mut waits, mut at_work) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut before: Option<Timestamp> = None;
    for entry in entries {
        let passed = before.map_or(0, |before| format::between(before, entry.at));
        if at_work.is_empty() && !(questions.is_empty() && waits.is_empty()) {
            waited += passed;
        } else {
            took += passed;
        }
        before = Some(entry.at);
        match &entry.event {
            Event::ApprovalRequested { step, .. } => _ = questions.insert(step),
            Event::ApprovalDecided { step, .. } => _ = questions.remove(step),
            Event::Waiting { site, .. } => _ = waits.insert(site),
            Event::EventReceived { site, .. } | Event::TimerFired { site, attempt: 0 } => _ = waits.remove(site),
            Event::InvocationStarted { invocation, caller: None, .. } => _ = at_work.insert(invocation),
            Event::InvocationEnded { invocation, caller: None, .. } => _ = at_work.remove(invocation),
            _ => {}
        }
    }
    (took, waited)
}

/// What failed, and what the guest said of it.
fn error_lines(ending: &Ending, entries: &[Entry]) -> Vec<String> {
    let Some(blame) = &ending.error else { return Vec::new() };
    let step = blame.step.as_ref().map(|step| format!("step {}: ", escape::escape_line(step))).unwrap_or_default();
    let reason = escape::escape(&trap::reason(&blame.message));
    let mut lines = vec![format!("{} {step}{reason}", paint::bad("error:"))];
    let words = blame.step.as_ref().map(|step| trap::last_words(entries, step)).unwrap_or_default();
    if !words.is_empty() {
        lines.push("  the guest wrote:".to_owned());
        lines.extend(words.into_iter().map(|line| format!("    {}", escape::escape_line(line))));
    }
    lines
}

/// What a run waits for besides people, and who goes on with it then.
fn waits(again: &Again, ending: &Ending, zone: &TimeZone) -> Vec<String> {
    let mut lines: Vec<String> = ending.awaits.iter().take(SHOWN_WAITS).map(|wait| awaited(wait, zone)).collect();
    if ending.awaits.len() > SHOWN_WAITS {
        lines.push(paint::faint(&format!("  … {} more", ending.awaits.len() - SHOWN_WAITS)));
    }
    if !ending.awaits.is_empty() || ending.outcome != "parked" {
        let resume = again.command(&["resume", ending.run.as_str()]);
        lines.push(format!("  `baton serve` goes on with it then, or: {resume}"));
    }
    lines
}

/// `summarise waits for event document.received, until …`.
fn awaited(wait: &Awaited, zone: &TimeZone) -> String {
    let (step, until) = (escape::escape_line(&wait.step), format::deadline(Timestamp(wait.until), zone));
    match &wait.event {
        Some(name) => format!("  {step} waits for event {}, until {until}", escape::escape_line(name)),
        None => format!("  {step} waits until {until}"),
    }
}

/// The commands that answer a question, and what they need.
fn answering(again: &Again, ending: &Ending, question: &Ask) -> Vec<String> {
    let wanted = question.answer_schema.as_ref().map(|schema| format!("  {}", answer_line(schema)));
    let commands = commands(again, ending.run.as_str(), question);
    let commands = commands.iter().map(|command| format!("  {}", paint::strong(&escape::escape_line(command))));
    wanted.into_iter().chain(commands).collect()
}

/// The commands that approve and reject, and that hand the vote on where the step allows it; `FILE` stands for what the
/// person adds, where the step asks for it. They say who may answer next, and what was seen.
#[must_use]
pub fn commands(again: &Again, run: &str, question: &Ask) -> Vec<String> {
    let token = question.token.short();
    let who = voter(question);
    let command = |word: &str, more: &[&str]| {
        let mut parts = vec![word, run, question.step.as_str()];
        parts.extend(who.iter().flat_map(|(option, name)| [*option, *name]));
        parts.extend(["--token", token.as_str()]);
        parts.extend(more);
        again.command(&parts)
    };
    let answer: &[&str] = if question.answer_schema.is_some() { &["--answer", "FILE"] } else { &[] };
    let mut commands = vec![command("approve", answer), command("reject", &[])];
    if question.ballot.may_delegate {
        commands.push(command("delegate", &["--to", "NAME"]));
    }
    commands
}

/// Who may answer next: the first who has not, or a role that is missing.
fn voter(question: &Ask) -> Option<(&'static str, &str)> {
    let ballot = &question.ballot;
    let missing = ballot.missing_roles();
    if let Some(role) = missing.first().copied().or_else(|| question.roles.first().map(String::as_str)) {
        return Some(("--role", role));
    }
    let gone = |name: &str| {
        let voted = ballot.votes.iter().map(|vote| &vote.by);
        voted.chain(ballot.delegations.iter().map(|handed| &handed.by)).any(|by| by.eq_ignore_ascii_case(name))
    };
    let named = ballot.assignees.iter().map(String::as_str);
    named
        .chain(ballot.delegations.iter().map(|handed| handed.to.as_str()))
        .find(|name| !gone(name))
        .map(|name| ("--as", name))
}

/// What the file of an answer holds, in a few words.
#[must_use]
pub fn answer_line(schema: &Value) -> String {
    format!("FILE is JSON that {}", schema_line(schema))
}

/// What a schema wants, in a few words: its own description, or the keys that must be there.
fn schema_line(schema: &Value) -> String {
    let required = schema.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let keys: Vec<String> =
        required.iter().filter_map(Value::as_str).map(|key| format!("`{}`", escape::escape_line(key))).collect();
    let title = schema.get("title").or_else(|| schema.get("description")).and_then(Value::as_str);
    let title = title.map(|title| format!(" ({})", escape::escape_line(title))).unwrap_or_default();
    match keys.as_slice() {
        [] => format!("fits the step's schema{title}"),
        keys => format!("has {}{title}", keys.join(", ")),
    }
}
