//! A run told on a terminal: a spinning line for each step at work, above them the list of those that are settled. It
//! does not know what a step does.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_runtime::journal::Timestamp;
use baton_runtime::plan::StepStatus;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Change, Show, items_of};
use crate::{paint, terminal};

/// How often a spinner turns: often enough to look alive.
pub(crate) const TICK: Duration = Duration::from_millis(100);

/// Spinning lines on stderr.
#[derive(Debug, Default)]
pub struct Live {
    lines: MultiProgress,
    at_work: Mutex<BTreeMap<String, ProgressBar>>,
    /// What happened while a person is asked: told when they have answered, not in the middle of their line.
    held: Mutex<Option<Vec<String>>>,
}

impl Live {
    fn begin(&self, name: &str) -> ProgressBar {
        let line = self.lines.add(spinner());
        line.set_prefix(name.to_owned());
        line.enable_steady_tick(TICK);
        line
    }

    fn settle(&self, change: &Change) {
        if let Some(line) = self.at_work().remove(&change.name) {
            line.finish_and_clear();
            self.lines.remove(&line);
        }
        if change.status == StepStatus::Asking {
            return; // the question itself follows
        }
        self.print(&format!("{} {}", paint::mark(change.status), change.line()));
    }

    fn print(&self, text: &str) {
        let text = terminal::for_stderr(text);
        match self.held().as_mut() {
            Some(held) => held.push(text),
            None => self.write(&text),
        }
    }

    fn write(&self, text: &str) {
        if self.lines.println(text).is_err() || self.lines.is_hidden() {
            terminal::tell(text);
        }
    }

    fn held(&self) -> MutexGuard<'_, Option<Vec<String>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn at_work(&self) -> MutexGuard<'_, BTreeMap<String, ProgressBar>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line of its own that turns.
pub(crate) fn spinner() -> ProgressBar {
    let template = terminal::for_stderr(&format!(
        "{} {{prefix}}  {{msg}} {}",
        paint::outcome("running", "{spinner}"),
        paint::faint("{elapsed}")
    ));
    let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::new_spinner().with_style(style.tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "))
}

impl Show for Live {
    fn change(&self, change: &Change) {
        if change.is_settled() || change.status == StepStatus::Asking {
            return self.settle(change);
        }
        let mut at_work = self.at_work();
        let line = at_work.entry(change.name.clone()).or_insert_with(|| self.begin(&change.name));
        if let Some(items) = change.items {
            line.set_message(items_of(items));
        }
    }

    fn note(&self, _: Timestamp, text: &str) {
        self.print(&format!("{} {text}", paint::warn("!")));
    }

    fn pause(&self) {
        self.held().get_or_insert_default();
        let _ = self.lines.clear(); // what cannot be cleared stays on the screen: no harm
        self.lines.set_draw_target(ProgressDrawTarget::hidden());
    }

    fn go_on(&self) {
        let mut held = self.held(); // nobody prints between what was held
        self.lines.set_draw_target(ProgressDrawTarget::stderr());
        held.take().into_iter().flatten().for_each(|text| self.write(&text));
    }

    fn end(&self) {
        if self.held().is_some() {
            terminal::tell(""); // the cursor stands behind a prompt
        }
        self.go_on(); // lines that were hidden for a question are still to be taken away
        for line in std::mem::take(&mut *self.at_work()).into_values() {
            line.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_told_while_a_person_is_asked() {
        let live = Live::default();
        live.pause();
        live.note(Timestamp(0), "one");
        live.pause();
        live.note(Timestamp(0), "two");
        let held = live.held().clone().unwrap_or_default().join("\n");
        assert_eq!(anstream::adapter::strip_str(&held).to_string(), "! one\n! two");
        live.go_on();
        assert_eq!(*live.held(), None);
    }
}
