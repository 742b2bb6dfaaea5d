//! What a trap leaves behind: a reason with a backtrace in it, and the last lines that the guest wrote. It does not know
//! how they are shown.

use baton_runtime::journal::{Entry, Event, InvocationId, Outcome};

/// How the engine begins a backtrace.
const BACKTRACE: &str = "\nerror while executing at wasm backtrace:";
/// What it writes before each line of one; their numbers stand right below one another.
const INDENT: &str = "   ";
/// What the machine adds behind a reason, and so behind its backtrace.
const ADDED: &str = "; it is not tried again";
/// How many of the guest's last lines are enough to see why it gave up.
const LAST: usize = 4;

/// A reason without its backtrace.
#[must_use]
pub fn reason(text: &str) -> String {
    let Some((reason, backtrace)) = text.split_once(BACKTRACE) else { return text.to_owned() };
    let added = backtrace.find(ADDED).and_then(|at| backtrace.get(at..)).unwrap_or_default();
    format!("{reason}{added}")
}

/// The lines of a reason's backtrace, if it has one.
#[must_use]
pub fn backtrace(text: &str) -> Vec<&str> {
    let Some((_, backtrace)) = text.split_once(BACKTRACE) else { return Vec::new() };
    let frames = backtrace.split_once(ADDED).map_or(backtrace, |(frames, _)| frames);
    let lines = frames.lines().map(|line| line.strip_prefix(INDENT).unwrap_or(line).trim_end());
    lines.filter(|line| !line.is_empty()).collect()
}

/// The last lines that a guest wrote to stderr or as errors, if the step's last attempt ended in a trap.
#[must_use]
pub fn last_words<'a>(entries: &'a [Entry], step: &str) -> Vec<&'a str> {
    let Some(trapped) = trapped(entries, step) else { return Vec::new() };
    let lines = entries.iter().filter_map(|entry| match &entry.event {
        Event::Logged { invocation, level, message }
            if invocation == trapped && matches!(level.as_str(), "stderr" | "error") =>
        {
            Some(message)
        }
        _ => None,
    });
    // How to see the guest's own backtrace is for those who build it.
    let told = |line: &&str| !line.trim().is_empty() && !line.starts_with("note: run with `RUST_BACKTRACE");
    let lines: Vec<&str> = lines.flat_map(|message| message.lines()).filter(told).collect();
    lines[lines.len().saturating_sub(LAST)..].to_vec()
}

fn trapped<'a>(entries: &'a [Entry], step: &str) -> Option<&'a InvocationId> {
    let ended = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::InvocationEnded { invocation, site, caller: None, outcome, .. } if site.step == step => {
            Some((invocation, outcome))
        }
        _ => None,
    });
    ended.filter(|(_, outcome)| matches!(outcome, Outcome::Trapped { .. })).map(|(invocation, _)| invocation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_told_without_its_backtrace() {
        let text =
            "transient: trapped: unreachable\nerror while executing at wasm backtrace:\n    0: 0x1 - a!b\n    1: c";
        assert_eq!(reason(text), "transient: trapped: unreachable");
        assert_eq!(backtrace(text), [" 0: 0x1 - a!b", " 1: c"]);
        let once = format!("{text}; it is not tried again, because");
        assert_eq!(reason(&once), "transient: trapped: unreachable; it is not tried again, because");
        assert_eq!(backtrace(&once), backtrace(text));
        assert_eq!((reason("two\nlines"), backtrace("two\nlines")), ("two\nlines".to_owned(), Vec::new()));
    }
}
