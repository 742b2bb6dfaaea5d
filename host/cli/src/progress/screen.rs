//! The host's observer: finds what changed, has it told, and has questions asked where somebody is there to answer. It
//! does not know whether lines or a terminal tell it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use baton_runtime::journal::{BoxFuture, Decision, Entry, Event, RunId};
use baton_runtime::plan::{Ask, Run};
use baton_runtime::{Observer, Story};

use super::lines::Lines;
use super::live::Live;
use super::{Show, Watch, note_of};
use crate::ask::Asker;
use crate::context::Context;
use crate::paint;
use crate::terminal::Terminal;

/// What watches a run for a person.
pub struct Screen {
    terminal: Terminal,
    show: Option<Box<dyn Show>>,
    asker: Option<Asker>,
    watch: Mutex<Watch>,
    machine: Mutex<Option<Run>>,
    run: OnceLock<RunId>,
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
        })
    }

    /// A screen for a run that goes on: what is known of it is not told again.
    #[must_use]
    pub fn for_story(context: &Context, story: &Story) -> Arc<Self> {
        let screen = Screen::new(context);
        let last = story.entries().last().map(|entry| entry.at).unwrap_or_default();
        screen.watch.lock().unwrap_or_else(PoisonError::into_inner).prime(last, story.machine().steps());
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
            *self.machine.lock().unwrap_or_else(PoisonError::into_inner) = Some(run.clone());
        }
    }

    async fn answer(&self, ask: &Ask) -> Option<Decision> {
        let asker = self.asker.as_ref()?;
        let machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        asker.ask(ask, machine, self.show.as_deref()).await
    }
}

impl Observer for Screen {
    fn begins(&self, run: &RunId) {
        let _ = self.run.set(run.clone()); // a screen watches one run
        self.terminal.tell(&paint::faint(&format!("run {run}")));
    }

    fn entry(&self, entry: &Entry, run: &Run) {
        if matches!(entry.event, Event::ApprovalRequested { .. }) {
            self.keep(run);
        }
        let Some(show) = &self.show else { return };
        if let Some(note) = note_of(entry, run) {
            show.note(entry.at, &note);
        }
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        for change in watch.changes(entry.at, run.steps()) {
            show.change(&change);
        }
    }

    fn ask<'a>(&'a self, ask: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        Box::pin(self.answer(ask))
    }
}
