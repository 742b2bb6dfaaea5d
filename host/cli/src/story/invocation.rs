//! One invocation as people read it: input, host calls, lines, tools that it called, and how it ended. It does not know
//! the step around it.

use baton_runtime::Ending;
use baton_runtime::journal::{Authority, InvocationId, Outcome, Payload};
use baton_runtime::plan::Quarantined;
use serde_json::Value;

use super::account::{Account, Call, Inside, InvocationAccount};
use super::page::Page;
use crate::escape::{escape, escape_line};
use crate::{format, paint, trap};

/// The deepest nesting of tools that is written: the host allows less.
const DEEPEST: usize = 16;

/// The heading of an output that did not pass.
const QUARANTINED: &str = "output, quarantined: nothing that followed has read it";

/// Writes an invocation and those that it made.
pub(super) fn write(page: &mut Page, ending: &Ending, account: &Account<'_>, id: &InvocationId, depth: usize) {
    let Some(invocation) = account.invocations.get(id) else { return };
    page.line(depth, &heading(invocation, depth));
    page.json(depth + 1, "input ", invocation.input);
    for inside in &invocation.inside {
        match inside {
            Inside::Call(call) => write_call(page, call, depth + 1),
            Inside::Line { level, message } => write_line(page, level, message, depth + 1),
            Inside::Nested(nested) if depth < DEEPEST => write(page, ending, account, nested, depth + 1),
            Inside::Nested(_) => {}
        }
    }
    match invocation.ended {
        Some((outcome, _)) => {
            let findings = quarantined(ending, invocation).filter(|_| depth == 1);
            write_outcome(page, outcome, findings, depth + 1);
            for finding in findings.unwrap_or_default() {
                page.line(depth + 1, &format!("{} {}", paint::bad("did not pass:"), escape_line(finding)));
            }
        }
        None => page.line(depth + 1, &paint::warn("not ended: it runs, or its host died")),
    }
}

/// What is wrong with the output of an attempt; nothing if it passed.
fn quarantined<'e>(ending: &'e Ending, invocation: &InvocationAccount<'_>) -> Option<&'e [String]> {
    let is_it = |known: &&Quarantined| known.site == *invocation.site && known.attempt == invocation.attempt;
    ending.quarantined.iter().find(is_it).map(|known| known.findings.as_slice())
}

/// `summarise[2]  agent summariser  completed  120 ms  80 M fuel · …`
fn heading(invocation: &InvocationAccount<'_>, depth: usize) -> String {
    let what = match invocation.function {
        Some(function) => format!("tool {}/{}", escape_line(invocation.plugin), escape_line(function)),
        None => format!("agent {}", escape_line(invocation.plugin)),
    };
    let attempt = if invocation.attempt > 1 { format!(" (attempt {})", invocation.attempt) } else { String::new() };
    // A tool that another invocation called stands below that call: its place in the plan is told there.
    let site = if depth > 1 { "calls".to_owned() } else { escape_line(&invocation.site.to_string()) };
    let itself = if invocation.authority == Some(Authority::Itself) { "  as itself" } else { "" };
    let mut heading = format!("{site}{attempt}  {what}{itself}");
    if let Some((outcome, usage)) = invocation.ended {
        let word = paint::outcome(outcome.name(), outcome.name());
        let used = paint::faint(&format!("{} · {}", format::duration(usage.wall_ms), format::usage(usage)));
        heading.push_str(&format!("  {word}  {used}"));
    }
    heading
}

fn write_call(page: &mut Page, call: &Call<'_>, depth: usize) {
    let request = page.short(call.request);
    let line =
        format!("{} {} {request}", paint::faint(&format!("call {} ", call.sequence)), escape_line(call.operation));
    page.line(depth, &line);
    let Some(reply) = call.reply else { return page.line(depth + 1, &unanswered(call.operation)) };
    match denial(reply) {
        Some(text) => write_blame(page, "denied", &text, depth + 1),
        None => {
            let reply = page.short(reply);
            page.line(depth + 1, &format!("{} {reply}", paint::faint("→")));
        }
    }
}

/// What is said of a call without a reply.
fn unanswered(operation: &str) -> String {
    match operation {
        "people.ask" | "events.wait" => paint::faint("no answer yet: the run waits for it"),
        _ => paint::warn("no answer: the host died while it was performed"),
    }
}

/// The text of a reply that says that no grant allows the call.
fn denial(reply: &Payload) -> Option<String> {
    let reply: Value = serde_json::from_str(reply.as_str()?).ok()?;
    let error = reply.get("err").filter(|error| error.get("case").and_then(Value::as_str) == Some("denied"))?;
    Some(error.get("text")?.as_str()?.to_owned())
}

fn write_line(page: &mut Page, level: &str, message: &str, depth: usize) {
    let heading = escape_line(level);
    let heading = if matches!(level, "warn" | "error") { paint::warn(&heading) } else { paint::faint(&heading) };
    let mut lines = message.lines();
    page.line(depth, &format!("{heading}  {}", escape(lines.next().unwrap_or_default())));
    lines.for_each(|line| page.line(depth + 1, &escape(line)));
}

fn write_outcome(page: &mut Page, outcome: &Outcome, findings: Option<&[String]>, depth: usize) {
    match outcome {
        Outcome::Completed { output } => {
            page.json(depth, if findings.is_some() { QUARANTINED } else { "output" }, output);
        }
        Outcome::Failed { failure } => {
            write_blame(page, &format!("failed ({})", failure.case()), failure.text(), depth);
        }
        Outcome::Trapped { message } | Outcome::Exhausted { message, .. } | Outcome::Denied { message } => {
            write_blame(page, outcome.name(), message, depth);
        }
        Outcome::TimedOut { .. } | Outcome::Cancelled | Outcome::Suspended => {
            page.line(depth, &paint::bad(&outcome.to_string()));
        }
    }
}

/// What went wrong; a hint that the host put into the text is written below it.
fn write_blame(page: &mut Page, word: &str, text: &str, depth: usize) {
    let (reason, frames) = (trap::reason(text), trap::backtrace(text));
    let (text, hint) = split_hint(&reason);
    let mut lines = text.lines();
    page.line(depth, &format!("{} {}", paint::bad(&format!("{word}:")), escape(lines.next().unwrap_or_default())));
    lines.for_each(|line| page.line(depth + 1, &escape(line)));
    frames.into_iter().for_each(|line| page.line(depth + 1, &paint::faint(&escape(line))));
    if let Some(hint) = hint {
        page.line(depth + 1, &format!("{} {}", paint::strong("hint:"), escape_line(hint)));
    }
}

/// The host says what to write where behind its messages: `… (in baton.toml, …)` or `…; in baton.toml, …`.
fn split_hint(text: &str) -> (&str, Option<&str>) {
    if let Some((message, hint)) = text.rsplit_once(" (in ")
        && let Some(end) = hint.strip_suffix(')')
    {
        let start = text.len() - hint.len() - "in ".len();
        return (message, text.get(start..start + "in ".len() + end.len()));
    }
    match text.find("; in baton.toml") {
        Some(at) => (&text[..at], text.get(at + 2..)),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_taken_from_behind_messages() {
        let denied =
            "`crm` may not use state (of x) (in baton.toml, under [plugins.crm]: grants = { state = [\"agent\"] })";
        let hint = "in baton.toml, under [plugins.crm]: grants = { state = [\"agent\"] }";
        assert_eq!(split_hint(denied), ("`crm` may not use state (of x)", Some(hint)));
        let exhausted = "fuel ran out; in baton.toml, under [plugins.crm]: limits = { fuel = \"2G\" }";
        assert_eq!(split_hint(exhausted).1, Some("in baton.toml, under [plugins.crm]: limits = { fuel = \"2G\" }"));
        assert_eq!(split_hint("just text (so)"), ("just text (so)", None));
    }
}
