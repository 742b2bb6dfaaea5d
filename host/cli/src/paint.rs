//! Colours, few and always with the same meaning. It does not know whether they are shown: the writers of
//! [`terminal`](crate::terminal) take them out where they are not.

use anstyle::{AnsiColor, Style};

use baton_runtime::journal::RunStatus;
use baton_runtime::plan::StepStatus;

/// What is well: green.
const GOOD: Style = AnsiColor::Green.on_default();
/// What is not: red.
const BAD: Style = AnsiColor::Red.on_default().bold();
/// What somebody has to look at: yellow.
const WARN: Style = AnsiColor::Yellow.on_default();
/// What is at work: cyan.
const BUSY: Style = AnsiColor::Cyan.on_default();
/// What matters: bold.
const STRONG: Style = Style::new().bold();
/// What matters less.
const FAINT: Style = Style::new().dimmed();

fn with(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Text about what is well.
#[must_use]
pub fn good(text: &str) -> String {
    with(GOOD, text)
}

/// Text about what is not.
#[must_use]
pub fn bad(text: &str) -> String {
    with(BAD, text)
}

/// Text that somebody has to look at.
#[must_use]
pub fn warn(text: &str) -> String {
    with(WARN, text)
}

/// Text that matters.
#[must_use]
pub fn strong(text: &str) -> String {
    with(STRONG, text)
}

/// Text that matters less.
#[must_use]
pub fn faint(text: &str) -> String {
    with(FAINT, text)
}

/// A text in the colour of the word for an outcome or a status.
#[must_use]
pub fn outcome(word: &str, text: &str) -> String {
    match word {
        "completed" | "approved" => good(text),
        "failed" | "cancelled" | "damaged" | "trapped" | "exhausted" | "denied" | "timed-out" | "rejected" => bad(text),
        "parked" | "paused" | "queued" | "sleeping" | "asking" | "expired" | "interrupted" => warn(text),
        "running" => with(BUSY, text),
        _ => faint(text),
    }
}

/// The mark of a step in a list.
#[must_use]
pub fn mark(status: StepStatus) -> String {
    let mark = match status {
        StepStatus::Completed => "✓",
        StepStatus::Failed | StepStatus::Cancelled => "✗",
        StepStatus::Asking => "?",
        StepStatus::Sleeping => "~",
        StepStatus::Skipped => "–",
        StepStatus::Waiting | StepStatus::Running => "·",
    };
    outcome(status.as_str(), mark)
}

/// The word for what a run is doing.
#[must_use]
pub fn run_status(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Running => "running",
        RunStatus::Interrupted => "interrupted",
        RunStatus::Queued => "queued",
        RunStatus::Parked => "parked",
        RunStatus::Completed => "completed",
        RunStatus::Paused => "paused",
        RunStatus::Failed => "failed",
        RunStatus::Cancelled => "cancelled",
        RunStatus::Damaged => "damaged",
    }
}
