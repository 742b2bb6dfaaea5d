//! What is told while a run goes on. [`Watch`] finds what changed; how it is told is [`lines`] or [`live`]. It does not
//! know who drives the run.

pub mod build;
pub mod counting;
pub mod lines;
pub mod live;
pub mod screen;

use std::collections::BTreeMap;

use baton_runtime::journal::{Entry, Event, Outcome, Timestamp, Usage};
use baton_runtime::plan::{Progress, Run, StepStatus, StepView};

use crate::{escape, format, paint, trap};

pub use build::BuildLines;
pub use counting::Counting;
pub use screen::Screen;

/// Tells what changes in a run.
pub trait Show: Send + Sync {
    /// A step changed.
    fn change(&self, change: &Change);

    /// Something happened that the reader should know.
    fn note(&self, at: Timestamp, text: &str);

    /// Makes room for a question.
    fn pause(&self) {}

    /// Goes on after it.
    fn go_on(&self) {}

    /// Takes away what moves.
    fn end(&self) {}
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// The step's name, escaped and padded to the longest of the plan.
    pub name: String,
    /// Its status before; none if nothing was known of it.
    pub before: StepStatus,
    /// Its status now.
    pub status: StepStatus,
    /// Items done, for a step that runs for each.
    pub items: Option<Progress>,
    /// Milliseconds since it began.
    pub elapsed: u64,
    /// What it used so far.
    pub usage: Usage,
    /// Why it failed.
    pub failure: Option<String>,
}

impl Change {
    /// Whether nothing more will happen in it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.status, StepStatus::Completed | StepStatus::Failed | StepStatus::Cancelled | StepStatus::Skipped)
    }

    /// The step in a line: `summarise   completed  4/4 items  1.2 s  310 M fuel`.
    #[must_use]
    pub fn line(&self) -> String {
        let word = if self.status == StepStatus::Running { "started" } else { self.status.as_str() };
        let details = self.details();
        let padded = if details.is_empty() { word.to_owned() } else { format!("{word:<9}") };
        let first = [self.name.clone(), paint::outcome(self.status.as_str(), &padded)];
        first.into_iter().chain(details).collect::<Vec<_>>().join("  ")
    }

    fn details(&self) -> Vec<String> {
        let mut details = Vec::new();
        if let Some(items) = self.items.filter(|_| self.status != StepStatus::Skipped) {
            details.push(items_of(items));
        }
        if self.is_settled() && self.usage != Usage::default() {
            details.push(format::duration(self.elapsed));
            details.push(paint::faint(&format!("{} fuel", format::fuel(self.usage.fuel))));
        }
        details.extend(self.failure.as_ref().map(|failure| escape::escape_line(&trap::reason(failure))));
        details
    }
}

/// `3/4 items`.
#[must_use]
pub fn items_of(items: Progress) -> String {
    let thing = if items.total == 1 { "item" } else { "items" };
    format!("{}/{} {thing}", items.done, items.total)
}

/// What was last seen of a step.
#[derive(Clone, Copy, Debug)]
struct Seen {
    status: StepStatus,
    done: u32,
    since: Timestamp,
}

/// Compares each state of a run with the one before.
#[derive(Debug, Default)]
pub struct Watch {
    seen: BTreeMap<String, Seen>,
}

impl Watch {
    /// The steps that changed since the last call, in the order of the plan: what was known is not told again.
    pub fn changes<'a>(&mut self, at: Timestamp, steps: impl Iterator<Item = StepView<'a>>) -> Vec<Change> {
        let steps: Vec<StepView<'a>> = steps.filter(is_told).collect();
        let width = steps.iter().map(|step| step.name.chars().count()).max().unwrap_or_default();
        steps.iter().filter_map(|step| self.change(at, width, step)).collect()
    }

    fn change(&mut self, at: Timestamp, width: usize, step: &StepView<'_>) -> Option<Change> {
        let done = step.items.map_or(0, |items| items.done);
        let before = self.seen.get(&step.name).copied();
        let before = before.unwrap_or(Seen { status: StepStatus::Waiting, done: 0, since: at });
        if before.status == step.status && before.done == done {
            return None;
        }
        let since = if before.status == StepStatus::Waiting { at } else { before.since };
        self.seen.insert(step.name.clone(), Seen { status: step.status, done, since });
        Some(Change {
            at,
            name: format!("{:<width$}", escape::escape_line(&step.name)),
            before: before.status,
            status: step.status,
            items: step.items,
            elapsed: format::between(since, at),
            usage: step.usage,
            failure: step.failure.map(ToString::to_string),
        })
    }
}

/// Whether a step is told of: one of a workflow that a step runs only if somebody should look at it.
fn is_told(step: &StepView<'_>) -> bool {
    !step.name.contains('/') || matches!(step.status, StepStatus::Asking | StepStatus::Failed)
}

/// What an entry tells beyond the change of a step: an attempt that failed, and may be made again.
#[must_use]
pub fn note_of(entry: &Entry, run: &Run) -> Option<String> {
    let Event::InvocationEnded { site, attempt, caller: None, outcome, .. } = &entry.event else { return None };
    if matches!(outcome, Outcome::Completed { .. } | Outcome::Cancelled | Outcome::Suspended) {
        return None;
    }
    let goes_on = run.steps().any(|step| step.name == site.step && step.status == StepStatus::Running);
    let text = format!("{site} attempt {attempt}: {}", escape::escape_line(&trap::reason(&outcome.to_string())));
    goes_on.then(|| paint::warn(&text))
}

#[cfg(test)]
mod tests {
    use baton_runtime::journal::Failure;
    use baton_runtime::plan::StepKind;

    use super::*;

    fn step(name: &str, status: StepStatus, done: u32) -> StepView<'_> {
        let items = (name == "each").then_some(Progress { done, total: 4 });
        let usage = Usage { fuel: 310_000_000, ..Usage::default() };
        StepView {
            name: name.to_owned(),
            kind: StepKind::Agent,
            status,
            attempts: 1,
            quarantined: 0,
            items,
            output: None,
            failure: None,
            usage,
        }
    }

    fn lines(watch: &mut Watch, at: u64, steps: &[StepView<'_>]) -> Vec<String> {
        let changes = watch.changes(Timestamp(at), steps.iter().cloned());
        changes.iter().map(|change| anstream::adapter::strip_str(&change.line()).to_string()).collect()
    }

    #[test]
    fn only_what_changed_is_told() {
        use StepStatus::{Completed, Running, Skipped, Waiting};
        let mut watch = Watch::default();
        let steps = [step("each", Waiting, 0), step("letter", Waiting, 0)];
        assert!(lines(&mut watch, 0, &steps).is_empty());
        let steps = [step("each", Running, 0), step("letter", Waiting, 0)];
        assert_eq!(lines(&mut watch, 100, &steps), ["each    started    0/4 items"]);
        let steps = [step("each", Running, 3), step("letter", Waiting, 0)];
        assert_eq!(lines(&mut watch, 900, &steps), ["each    started    3/4 items"]);
        assert!(lines(&mut watch, 950, &steps).is_empty());
        let steps = [step("each", Completed, 4), step("letter", Skipped, 0)];
        let expect = ["each    completed  4/4 items  1.2 s  310 M fuel", "letter  skipped    0 ms  310 M fuel"];
        assert_eq!(lines(&mut watch, 1_300, &steps), expect);
    }

    #[test]
    fn what_was_known_is_not_told_again_and_foreign_text_is_escaped() {
        let mut watch = Watch::default();
        watch.changes(Timestamp(0), [step("a", StepStatus::Completed, 0)].into_iter());
        let failure = Failure::Permanent("\x1b[2Jgone\nreally".to_owned());
        let failed = StepView { failure: Some(&failure), ..step("b", StepStatus::Failed, 0) };
        let told = lines(&mut watch, 5, &[step("a", StepStatus::Completed, 0), failed]);
        assert_eq!(told, ["b  failed     0 ms  310 M fuel  permanent: \\u{1b}[2Jgone really"]);
    }
}
