//! Begins runs by triggers: each event and each moment begins at most one run of a workflow, whatever dies meanwhile. It does
//! not drive them.
//!
//! A run's id follows from its workflow and what began it, so that it begins once; and a cursor for each workflow, and for
//! each schedule, says how far it has come. The cursor moves after the run began: a server that dies in between tries once
//! more, and the id is there.

use baton_journal::{Cause, Priority, Published, RunId, StoreError, Timestamp};
use baton_workflow::{Occasion, Occurrence, Schedule, Trigger};
use serde_json::Value;

use super::workflows::Workflow;
use super::{Began, News, Reporter, Served};
use crate::admit::{Beginning, run_for};
use crate::error::Error;
use crate::events::{data_of, workflow_cursor};

/// Events that are read at once.
const AT_ONCE: u32 = 100;

/// What came since the last look.
#[derive(Default)]
pub(super) struct Came {
    /// The names of the events.
    pub(super) events: Vec<String>,
    /// The runs that began.
    pub(super) runs: Vec<(RunId, Priority)>,
}

impl Served {
    /// Takes what came: events that nobody looked at, and moments of schedules.
    pub(super) async fn take_triggers(&mut self, reporter: &dyn Reporter) -> Result<Came, Error> {
        let mut came = Came::default();
        self.follow_deployments(reporter).await?;
        self.take_events(&mut came, reporter).await?;
        for index in 0..self.workflows.len() {
            for schedule in self.workflows[index].schedules() {
                self.take_moment(index, &schedule, &mut came, reporter).await?;
            }
        }
        Ok(came)
    }

    async fn take_events(&mut self, came: &mut Came, reporter: &dyn Reporter) -> Result<(), Error> {
        let store = &self.host.shared().store;
        let last = store.last_published().await?;
        if self.tried == Some(last) {
            return Ok(());
        }
        let mut after = self.heard.unwrap_or(last);
        while after < last {
            let events = store.published(after, AT_ONCE).await?;
            after = events.last().map_or(last, |event| event.number);
            came.events.extend(events.into_iter().map(|event| event.publication.name));
        }
        (self.heard, self.tried) = (Some(last), Some(last));
        for workflow in self.workflows.iter().filter(|workflow| !workflow.is_held_up()) {
            self.take_events_for(workflow, came, reporter).await?;
        }
        Ok(())
    }

    /// The events behind a workflow's cursor. A workflow that was not served before hears those to come.
    async fn take_events_for(
        &self,
        workflow: &Workflow,
        came: &mut Came,
        reporter: &dyn Reporter,
    ) -> Result<(), Error> {
        let cursor = workflow_cursor(workflow.name());
        let mut after = self.host.listens(workflow.name(), None).await?;
        loop {
            let events = self.host.shared().store.published(after, AT_ONCE).await?;
            let Some(last) = events.last().map(|event| event.number) else { return Ok(()) };
            for event in &events {
                self.take_event(workflow, event, came, reporter).await?;
            }
            self.host.shared().store.move_cursor(cursor.clone(), last).await?;
            after = last;
        }
    }

    /// The first trigger that an event fits begins a run.
    async fn take_event(
        &self,
        workflow: &Workflow,
        event: &Published,
        came: &mut Came,
        reporter: &dyn Reporter,
    ) -> Result<(), Error> {
        let name = &event.publication.name;
        let id = run_for(workflow.name(), "event", event.number, event.at);
        let Some(of) = workflow.taken_by(&id, &self.plugins) else { return Ok(()) };
        let cause = Cause::Event { number: event.number, name: name.clone() };
        let occurrence = Occurrence { name: name.clone(), data: data_of(event)?, at: event.at };
        for trigger in of.plan.triggers().iter().filter(|trigger| trigger.occasion().event().as_ref() == Some(name)) {
            match of.plan.triggered(trigger, &occurrence) {
                Ok(None) => {}
                Ok(Some(input)) => return self.begin(&of, &input, id, cause, came, reporter).await,
                Err(message) => {
                    reporter.news(&News::NotBegun {
                        workflow: workflow.name().to_owned(),
                        cause: cause.clone(),
                        message,
                    });
                }
            }
        }
        Ok(())
    }

    /// A moment of a schedule, if one has come.
    async fn take_moment(
        &mut self,
        workflow: usize,
        schedule: &Schedule,
        came: &mut Came,
        reporter: &dyn Reporter,
    ) -> Result<(), Error> {
        let (now, workflow) = (self.host.shared().clock.now(), &self.workflows[workflow]);
        let cursor = format!("schedule:{}:{schedule}", workflow.name());
        if self.moments.get(&cursor).is_some_and(|next| next.is_none_or(|next| next > now)) {
            return Ok(());
        }
        let after = self.take_due(workflow, schedule, &cursor, came, reporter).await?;
        self.moments.insert(cursor, schedule.next(after));
        Ok(())
    }

    /// Begins what is due, and returns the moment up to which all is done.
    async fn take_due(
        &self,
        workflow: &Workflow,
        schedule: &Schedule,
        cursor: &str,
        came: &mut Came,
        reporter: &dyn Reporter,
    ) -> Result<Timestamp, Error> {
        let (store, now) = (&self.host.shared().store, self.host.shared().clock.now());
        let Some(after) = store.cursor(cursor.to_owned()).await?.map(Timestamp) else {
            store.move_cursor(cursor.to_owned(), now.0).await?; // it is new: it begins now
            return Ok(now);
        };
        let Some(due) = schedule.due(after, now) else { return Ok(after) };
        if due.begins {
            let id = run_for(workflow.name(), cursor, due.at.0, due.at);
            self.take_schedule(workflow, schedule, due.at, id, came, reporter).await?;
        }
        store.move_cursor(cursor.to_owned(), due.at.0).await?;
        Ok(due.at)
    }

    /// Begins a run for a moment, if what the run would be of has the schedule.
    async fn take_schedule(
        &self,
        workflow: &Workflow,
        schedule: &Schedule,
        at: Timestamp,
        id: RunId,
        came: &mut Came,
        reporter: &dyn Reporter,
    ) -> Result<(), Error> {
        let Some(of) = workflow.taken_by(&id, &self.plugins) else { return Ok(()) };
        let is_it = |trigger: &&Trigger| matches!(trigger.occasion(), Occasion::Schedule(other) if other == schedule);
        let Some(trigger) = of.plan.triggers().iter().find(is_it) else { return Ok(()) };
        let cause = Cause::Schedule { at };
        match of.plan.triggered(trigger, &Occurrence::of_schedule(at)) {
            Ok(None) => {}
            Ok(Some(input)) => self.begin(&of, &input, id, cause, came, reporter).await?,
            Err(message) => {
                reporter.news(&News::NotBegun { workflow: workflow.name().to_owned(), cause, message });
            }
        }
        Ok(())
    }

    /// Begins a run, unless it began before. One that may not begin is told of.
    async fn begin(
        &self,
        of: &Beginning<'_>,
        input: &Value,
        run: RunId,
        cause: Cause,
        came: &mut Came,
        reporter: &dyn Reporter,
    ) -> Result<(), Error> {
        let workflow = of.plan.name().to_owned();
        match self.host.admit(of, input, &run, cause.clone()).await {
            Ok(true) => reporter.news(&News::Began(Began { run: run.clone(), workflow, cause })),
            Ok(false) => {}
            Err(error) if is_refusal(&error) => {
                reporter.news(&News::NotBegun { workflow, cause, message: error.to_string() });
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        came.runs.push((run, of.plan.priority()));
        Ok(())
    }
}

/// Whether it is only this run that cannot begin.
fn is_refusal(error: &Error) -> bool {
    matches!(
        error,
        Error::NoKey(_)
            | Error::Store(
                StoreError::Busy { .. }
                    | StoreError::Overdrawn { .. }
                    | StoreError::OverQuota { .. }
                    | StoreError::Refused(_)
            )
    )
}
