//! The host's observer: finds what changed, has it told, and has questions asked where somebody is there to answer. It
//! does not know whether lines or a terminal tell it.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use baton_runtime::journal::{BoxFuture, Decision, Entry, Event, RunId, Timestamp, Turn};
use baton_runtime::plan::{Ask, Run, StepStatus};
use baton_runtime::{CircuitChange, Observer, Queued, Story};

use super::lines::Lines;
use super::live::Live;
use super::{Change, Show, Watch, note_of};
use crate::ask::Asker;
use crate::context::Context;
use crate::terminal::Terminal;
use crate::{escape, format, paint, trap};

/// What watches a run for a person.
pub struct Screen {
    terminal: Terminal,
    show: Option<Box<dyn Show>>,
    asker: Option<Asker>,
    watch: Mutex<Watch>,
    machine: Mutex<Option<Run>>,
    run: OnceLock<RunId>,
    /// What a run that goes on was at when its host left it.
    at_work: Mutex<Vec<Change>>,
    /// The runs behind which it waits for its turn, as they were told.
    queued: Mutex<Vec<RunId>>,
}

impl Screen {
    /// A screen for a new run.
    #[must_use]
    pub fn new(context: &Context) -> Arc<Self> {
        let lines = || Box::new(Lines::new(context.terminal, context.zone.clone())) as Box<dyn Show>;
        let show = match context.terminal {
            terminal if terminal.is_live() => Some(Box::new(Live::default()) as Box<dyn Show>),
            terminal if terminal.is_quiet() => None,
            _ => Some(lines()),
        };
        Arc::new(Screen {
            terminal: context.terminal,
            show,
            asker: context.terminal.can_ask().then(|| Asker::new(context)),
            watch: Mutex::default(),
            machine: Mutex::default(),
            run: OnceLock::new(),
            at_work: Mutex::default(),
            queued: Mutex::default(),
        })
    }

    /// A screen for a run that goes on: what is known of it is not told again, but for what is still at work.
    #[must_use]
    pub fn for_story(context: &Context, story: &Story) -> Arc<Self> {
        let screen = Screen::new(context);
        let last = story.entries().last().map(|entry| entry.at).unwrap_or_default();
        let mut known = lock(&screen.watch).changes(last, story.machine().steps());
        known.retain(|change| context.terminal.is_live() && change.status == StepStatus::Running);
        *lock(&screen.at_work) = known;
        screen.keep(story.machine());
        screen
    }

    /// The run that the host drives, once it does.
    #[must_use]
    pub fn run(&self) -> Option<&RunId> {
        self.run.get()
    }

    /// Takes what moves away: the run is not driven any more.
    pub fn end(&self) {
        if let Some(show) = &self.show {
            show.end();
        }
    }

    /// Keeps the machine as it stands: it checks answers before they are given to the host.
    fn keep(&self, run: &Run) {
        if self.asker.is_some() {
            *lock(&self.machine) = Some(run.clone());
        }
    }

    async fn answer(&self, ask: &Ask) -> Option<Decision> {
        let asker = self.asker.as_ref()?;
        let machine = lock(&self.machine).clone()?;
        asker.ask(ask, machine, self.show.as_deref()).await
    }
}

/// What is told of a question at which something was due.
fn due(ask: &Ask, turn: &Turn) -> String {
    let word = if matches!(turn, Turn::Escalated { .. }) { "escalated" } else { "reminder" };
    let text = format!("{} waits for {}", ask.step, ask.audience());
    format!("{} {}", paint::warn(word), escape::escape_line(&text))
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Observer for Screen {
    fn begins(&self, run: &RunId) {
        let _ = self.run.set(run.clone()); // a screen watches one run
        self.terminal.tell(&paint::faint(&format!("run {run}")));
        let at_work = std::mem::take(&mut *lock(&self.at_work));
        if let Some(show) = &self.show {
            at_work.iter().for_each(|change| show.change(change));
        }
    }

    fn queued(&self, _: &RunId, before: &[RunId]) -> Queued {
        let mut told = lock(&self.queued);
        if *told != before {
            let first = before.first().map(RunId::as_str).unwrap_or_default();
            let others = before.len().saturating_sub(1);
            let others =
                if others == 0 { String::new() } else { format!(" and {}", format::counted(others as u64, "other")) };
            self.terminal.tell(&paint::faint(&format!("waits for its turn behind run {first}{others}")));
            *told = before.to_vec();
        }
        Queued::Wait
    }

    fn entry(&self, entry: &Entry, run: &Run) {
        if matches!(entry.event, Event::ApprovalRequested { .. } | Event::ApprovalTurn { .. }) {
            self.keep(run);
        }
        let Some(show) = &self.show else { return };
        if let Some(note) = note_of(entry, run) {
            show.note(entry.at, &note);
        }
        let mut watch = lock(&self.watch);
        for change in watch.changes(entry.at, run.steps()) {
            show.change(&change);
        }
    }

    fn circuit(&self, at: Timestamp, change: &CircuitChange) {
        if let Some(show) = &self.show {
            show.note(at, &paint::warn(&escape::escape_line(&trap::reason(&change.to_string()))));
        }
    }

    fn due(&self, at: Timestamp, ask: &Ask, turn: &Turn) {
        if let Some(show) = &self.show {
            show.note(at, &due(ask, turn));
        }
    }

    fn ask<'a>(&'a self, ask: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        Box::pin(self.answer(ask))
    }
}
