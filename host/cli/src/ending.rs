//! What is told when a run ends or waits: the result on stdout; on stderr how it went, and what can be done now. It does
//! not know how the run was driven.

use baton_runtime::journal::Usage;
use baton_runtime::plan::Ask;
use baton_runtime::{Ending, Story};
use serde_json::Value;

use crate::again::Again;
use crate::args::Format;
use crate::context::Context;
use crate::error::Error;
use crate::{ask, escape, format, paint, terminal};

/// Writes the result: all of the ending for programs, the workflow's output for people, escaped where JSON would let
/// something through to their terminal.
///
/// # Errors
/// It cannot be written.
pub fn result(ending: &Ending, form: Format) -> Result<(), Error> {
    match form {
        Format::Json => terminal::result(&pretty(ending)?),
        Format::Text => match &ending.output {
            Some(output) => terminal::result(&pretty(output)?),
            None => Ok(()),
        },
    }
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

/// Tells how a run stands.
pub fn tell(context: &Context, again: &Again, story: &Story, ending: &Ending) {
    let entries = story.entries();
    let took = match (entries.first(), entries.last()) {
        (Some(first), Some(last)) => format::between(first.at, last.at),
        _ => 0,
    };
    let mut lines = vec![summary(ending, took)];
    match ending.outcome {
        "parked" => lines.extend(story.questions().iter().map(|question| asked(context, again, ending, question))),
        "running" => lines.push(format!("  go on with it: {}", again.command(&["resume", ending.run.as_str()]))),
        _ => lines.push(paint::faint(&format!("  {}", again.command(&["show", ending.run.as_str()])))),
    }
    context.terminal.tell(&lines.join("\n"));
}

/// `completed in 1.2 s  1.2 G fuel · …`, or what failed.
#[must_use]
pub fn summary(ending: &Ending, took: u64) -> String {
    let word = paint::outcome(ending.outcome, ending.outcome);
    let used = ending.steps.iter().fold(Usage::default(), |sum, step| sum.plus(step.usage));
    let used = paint::faint(&format::usage(&used));
    let mut text = format!("\n{word} in {}  {used}", format::duration(took));
    if let Some(blame) = &ending.error {
        let step = blame.step.as_ref().map(|step| format!("step {}: ", escape::escape_line(step))).unwrap_or_default();
        text.push_str(&format!("\n{} {step}{}", paint::bad("error:"), escape::escape(&blame.message)));
    }
    text
}

/// A question that nobody was there to answer, and the commands that answer it.
fn asked(context: &Context, again: &Again, ending: &Ending, question: &Ask) -> String {
    let mut text = ask::question(question, &context.zone);
    if let Some(schema) = &question.answer_schema {
        text.push_str(&format!("\n  FILE is JSON that {}", schema_line(schema)));
    }
    for command in commands(again, ending.run.as_str(), question) {
        text.push_str(&format!("\n  {}", paint::strong(&escape::escape_line(&command))));
    }
    text
}

/// The commands that approve and reject; `FILE` stands for what the person adds, where the step asks for it.
#[must_use]
pub fn commands(again: &Again, run: &str, question: &Ask) -> [String; 2] {
    let mut tail = Vec::new();
    if let Some(role) = question.roles.first() {
        tail.extend(["--as", role.as_str()]);
    }
    let mut approve = vec!["approve", run, question.step.as_str()];
    let mut reject = vec!["reject", run, question.step.as_str()];
    approve.extend(&tail);
    reject.extend(&tail);
    if question.answer_schema.is_some() {
        approve.extend(["--answer", "FILE"]);
    }
    [again.command(&approve), again.command(&reject)]
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
