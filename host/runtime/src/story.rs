//! What can be read of a run: its journal, and what the machine makes of it. It does not know how it is shown.

use std::sync::Arc;

use baton_journal::{Entry, Event, RunHeader, RunId, Timestamp};
use baton_workflow::{Ask, Plan, Run, Status};

use crate::ending::{Ending, questions};
use crate::error::Error;

/// A run and its journal.
pub struct Story {
    id: RunId,
    run: Run,
    entries: Vec<Entry>,
}

impl Story {
    /// Rebuilds what the machine knew from the entries of a run.
    ///
    /// # Errors
    /// The journal does not begin with a plan that this version can use, or its events cannot have happened.
    pub fn of(id: RunId, entries: Vec<Entry>) -> Result<Self, Error> {
        let header = header(&entries)?;
        let plan = header.plan.as_str().ok_or_else(|| Error::Plan("it is not loaded".to_owned()))?;
        let plan = Plan::from_json(plan).map_err(|error| Error::Plan(error.to_string()))?;
        let mut run = Run::new(Arc::new(plan), id.clone(), header.seed);
        for entry in &entries {
            run.apply(entry.at, &entry.event)?;
        }
        Ok(Story { id, run, entries })
    }

    pub(crate) fn from_parts(id: RunId, run: Run, entries: Vec<Entry>) -> Self {
        Story { id, run, entries }
    }

    pub(crate) fn into_machine(self) -> Run {
        self.run
    }

    /// Adds an entry that was appended meanwhile.
    ///
    /// # Errors
    /// It cannot follow.
    pub(crate) fn add(&mut self, entry: Entry) -> Result<(), Error> {
        self.run.apply(entry.at, &entry.event)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Lets an event happen that is not recorded yet.
    ///
    /// # Errors
    /// It cannot follow.
    pub(crate) fn try_out(&mut self, at: Timestamp, event: &Event) -> Result<(), Error> {
        self.run.apply(at, event)?;
        Ok(())
    }

    /// The run's id.
    #[must_use]
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// What was fixed when it began.
    ///
    /// # Panics
    /// Never: a story is made only of entries that begin with a header.
    #[must_use]
    pub fn header(&self) -> &RunHeader {
        header(&self.entries).expect("a story begins with a header, which was checked when it was made")
    }

    /// The engine that the run was begun with, if it is another one: fuel and traps need not be the same under this one.
    #[must_use]
    pub fn other_engine(&self) -> Option<&str> {
        let engine = self.header().engine.as_str();
        (engine != baton_sandbox::IDENTITY).then_some(engine)
    }

    /// The journal.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The machine, as it stands after the last entry.
    #[must_use]
    pub fn machine(&self) -> &Run {
        &self.run
    }

    /// Whether the run ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.run.status() == Status::Ended
    }

    /// The questions that people have not answered.
    #[must_use]
    pub fn questions(&self) -> Vec<Ask> {
        questions(&self.run)
    }

    /// The summary that `baton run -o json` prints.
    #[must_use]
    pub fn ending(&self) -> Ending {
        Ending::of(self.id.clone(), &self.run)
    }
}

fn header(entries: &[Entry]) -> Result<&RunHeader, Error> {
    match entries.first().map(|entry| &entry.event) {
        Some(Event::RunStarted(header)) => Ok(header),
        _ => Err(Error::Plan("the journal does not begin with one".to_owned())),
    }
}
