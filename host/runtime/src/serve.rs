//! `baton serve`: begins runs by their triggers, goes on with runs whose time, event or answer came, and with those whose host
//! died. What is driven when, the `agenda` decides; this performs it. It knows no terminal and no signal of a process.
//!
//! One look takes what came: events, moments of schedules, signals, runs that others left. A look is made when something was
//! sent or published, when a run leaves, and a few times in a second besides. All that must not be done twice has its mark in
//! the store: a run's id follows from its trigger, and a cursor says how far each workflow has come. So a server that
//! dies anywhere is followed by another one, and several may serve one store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton_journal::{RunId, RunStatus, StoreError, Timestamp};
use futures_util::future::select_all;
use tokio::sync::watch as signal;
use tokio::task::JoinSet;

use crate::bell::Listener;
use crate::ending::Ending;
use crate::error::Error;
use crate::observer::Observer;

mod agenda;
mod news;
mod project;
mod triggers;
mod watch;
mod workflows;

pub use agenda::Rest;
pub use news::{Began, News, Reporter};
pub use project::{Served, check_moments};

use agenda::Agenda;
use watch::Watch;

/// Runs at work at the same time, if nothing is said: each may have a few instances, of some megabytes each.
pub const MAX_RUNS: usize = 16;

/// How long what is at work may go on when the server stops, if nothing is said: a model's answer takes less, and who stops a
/// service waits for a minute at most.
pub const GRACE: Duration = Duration::from_secs(20);

/// Milliseconds between two looks at all open runs: that is how long a run waits that another process left.
const AROUND_MS: u64 = 5_000;

/// How a server works.
#[derive(Clone, Copy, Debug)]
pub struct Serving {
    /// The most runs at work at the same time.
    pub max_runs: usize,
    /// How long what is at work may go on when the server stops.
    pub grace: Duration,
}

impl Default for Serving {
    fn default() -> Self {
        Serving { max_runs: MAX_RUNS, grace: GRACE }
    }
}

/// A run of one of the projects. Sorts by age.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    run: RunId,
    project: usize,
}

/// Serves projects.
pub struct Server {
    projects: Vec<Served>,
    serving: Serving,
    reporter: Arc<dyn Reporter>,
    agenda: Agenda<Name>,
    tasks: JoinSet<(Name, Arc<Watch>, Result<Ending, Error>)>,
    /// The runs that wait for their turn behind one, by that one.
    behind: BTreeMap<Name, BTreeSet<Name>>,
    /// Runs that could not be driven: a person has to see to them.
    troubled: BTreeSet<Name>,
    looks_around: Timestamp,
}

impl Server {
    /// A server of these projects.
    #[must_use]
    pub fn new(projects: Vec<Served>, serving: Serving, reporter: Arc<dyn Reporter>) -> Self {
        Server {
            projects,
            serving,
            reporter,
            agenda: Agenda::new(serving.max_runs),
            tasks: JoinSet::new(),
            behind: BTreeMap::new(),
            troubled: BTreeSet::new(),
            looks_around: Timestamp(0),
        }
    }

    /// Serves until it is stopped: the number counts how often that was asked for. The first time nothing new begins and what
    /// is at work may come to its end, the second time it is left at once. What is left goes on with the next server.
    ///
    /// # Errors
    /// A store fails.
    pub async fn serve(mut self, mut stop: signal::Receiver<u32>) -> Result<(), Error> {
        let mut listeners: Vec<Listener> =
            self.projects.iter().map(|served| served.host.shared().bell.listen()).collect();
        while *stop.borrow() == 0 {
            self.look().await?;
            tokio::select! {
                _ = select_all(listeners.iter_mut().map(|listener| Box::pin(listener.next()))) => {}
                Some(left) = self.tasks.join_next() => self.left(left)?,
                stopped = stop.changed() => if stopped.is_err() { break },
            }
        }
        self.stop(stop).await
    }

    /// Takes what came since the last look, and begins to drive what has something to do.
    ///
    /// # Errors
    /// A store fails.
    pub async fn look(&mut self) -> Result<(), Error> {
        while let Some(left) = self.tasks.try_join_next() {
            self.left(left)?;
        }
        let now = self.now();
        let around = now >= self.looks_around;
        for project in 0..self.projects.len() {
            if around {
                self.look_around(project).await?;
            }
            self.look_at(project).await?;
        }
        if around {
            self.looks_around = Timestamp(now.0.saturating_add(AROUND_MS));
        }
        self.drive(now);
        Ok(())
    }

    /// Looks until nothing is at work and nothing has anything to do: for tests and for hosts that are called now and then.
    ///
    /// # Errors
    /// A store fails.
    pub async fn settle(&mut self) -> Result<(), Error> {
        self.look().await?;
        while let Some(left) = self.tasks.join_next().await {
            self.left(left)?;
            self.look().await?;
        }
        Ok(())
    }

    async fn look_at(&mut self, project: usize) -> Result<(), Error> {
        let reporter = Arc::clone(&self.reporter);
        let served = &mut self.projects[project];
        let came = served.take_triggers(reporter.as_ref()).await?;
        for event in &came.events {
            self.agenda.heard(event);
        }
        for (run, priority) in came.runs {
            self.agenda.add(Name { run, project }, priority);
        }
        for run in self.projects[project].host.shared().store.signalled().await? {
            let name = Name { run, project };
            self.troubled.remove(&name);
            if !self.agenda.knows(&name) {
                self.meet(&name, Rest::default()).await?;
            }
            self.agenda.wake(&name);
        }
        Ok(())
    }

    /// Looks at all open runs: those that another process left go on here.
    async fn look_around(&mut self, project: usize) -> Result<(), Error> {
        let served = &mut self.projects[project];
        if served.heard.is_none() {
            served.heard = Some(served.host.shared().store.last_published().await?); // before: so none is missed
        }
        for summary in served.host.shared().store.open_runs().await? {
            let name = Name { run: summary.run, project };
            match summary.status {
                RunStatus::Interrupted | RunStatus::Queued | RunStatus::Parked if !self.agenda.knows(&name) => {
                    self.find(&name, summary.status).await?;
                }
                RunStatus::Interrupted | RunStatus::Queued if !self.troubled.contains(&name) => self.agenda.wake(&name),
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes in a run that somebody left.
    async fn find(&mut self, name: &Name, status: RunStatus) -> Result<(), Error> {
        let host = &self.projects[name.project].host;
        let story = match host.story(&name.run).await {
            Ok(story) => story,
            Err(error) => {
                self.trouble(name, &error);
                return Ok(());
            }
        };
        let priority = story.header().admission.priority;
        if status == RunStatus::Parked && !host.has_heard(&story).await? {
            self.agenda.add_resting(name.clone(), priority, story.ending().rest);
        } else {
            self.agenda.add(name.clone(), priority);
        }
        Ok(())
    }

    /// Takes in a run that rests.
    async fn meet(&mut self, name: &Name, rest: Rest) -> Result<(), Error> {
        match self.projects[name.project].host.story(&name.run).await {
            Ok(story) => self.agenda.add_resting(name.clone(), story.header().admission.priority, rest),
            Err(error) => self.trouble(name, &error),
        }
        Ok(())
    }

    /// Begins to drive what has something to do, as far as there is room.
    fn drive(&mut self, now: Timestamp) {
        for name in self.agenda.next(now) {
            let served = &self.projects[name.project];
            let (host, project) = (served.host.clone(), Arc::clone(&served.project));
            let watch = Arc::new(Watch::new(name.run.clone(), Arc::clone(&self.reporter)));
            self.tasks.spawn(async move {
                let ending = host.resume(&name.run, &project, Arc::clone(&watch) as Arc<dyn Observer>).await;
                (name, watch, ending)
            });
        }
    }

    /// Takes what became of a run that was driven.
    #[expect(clippy::type_complexity, reason = "it is what the set of tasks gives")]
    fn left(
        &mut self,
        left: Result<(Name, Arc<Watch>, Result<Ending, Error>), tokio::task::JoinError>,
    ) -> Result<(), Error> {
        let (name, watch, ending) = left.map_err(|error| Error::Internal(error.to_string()))?;
        let now = self.now();
        match ending {
            Ok(ending) if ending.outcome == "queued" => self.queue(&name, watch.behind(), now),
            Ok(ending) if matches!(ending.outcome, "parked" | "paused") => {
                self.report(News::Rests {
                    run: name.run.clone(),
                    workflow: ending.workflow,
                    outcome: ending.outcome,
                    until: ending.rest.until,
                });
                self.agenda.rests(&name, ending.rest);
            }
            Ok(ending) if ending.outcome == "running" => self.agenda.remove(&name), // left, because the server stops
            Ok(ending) => {
                let message = ending.error.map(|blame| blame.message);
                self.report(News::Ended {
                    run: name.run.clone(),
                    workflow: ending.workflow,
                    outcome: ending.outcome,
                    message,
                });
                self.end(&name);
            }
            Err(Error::Store(StoreError::Claimed(_) | StoreError::Fenced(_))) => self.agenda.waits(&name, now),
            Err(Error::Store(StoreError::Ended(_) | StoreError::NoSuchRun(_))) => self.end(&name),
            Err(error) => {
                self.trouble(&name, &error);
                self.agenda.rests(&name, Rest::default());
            }
        }
        Ok(())
    }

    /// A run waits for its turn behind another one.
    fn queue(&mut self, name: &Name, behind: Option<RunId>, now: Timestamp) {
        self.agenda.waits(name, now);
        if let Some(run) = behind {
            let before = Name { run, project: name.project };
            self.behind.entry(before).or_default().insert(name.clone());
        }
    }

    /// A run ended: whoever waited behind it may have its turn.
    fn end(&mut self, name: &Name) {
        self.agenda.remove(name);
        for waiting in self.behind.remove(name).unwrap_or_default() {
            self.agenda.wake(&waiting);
        }
    }

    fn trouble(&mut self, name: &Name, error: &Error) {
        self.troubled.insert(name.clone());
        self.report(News::Trouble { run: Some(name.run.clone()), message: error.to_string(), hint: error.hint() });
    }

    fn report(&self, news: News) {
        self.reporter.news(&news);
    }

    fn now(&self) -> Timestamp {
        self.projects.first().map(|served| served.host.shared().clock.now()).unwrap_or_default()
    }

    /// Stops: nothing new begins, what is at work has the grace.
    async fn stop(&mut self, mut stop: signal::Receiver<u32>) -> Result<(), Error> {
        self.projects.iter().for_each(|served| served.host.drain());
        self.report(News::Stops { at_work: self.agenda.at_work() });
        let at_once = async { while *stop.borrow() < 2 && stop.changed().await.is_ok() {} };
        let ended = async {
            while let Some(left) = self.tasks.join_next().await {
                if let Ok((name, _, Ok(ending))) = left {
                    self.reporter.news(&News::Left { run: name.run, outcome: ending.outcome });
                }
            }
        };
        tokio::select! {
            () = ended => {}
            () = at_once => {}
            () = tokio::time::sleep(self.serving.grace) => {}
        }
        self.tasks.shutdown().await;
        Ok(())
    }
}
