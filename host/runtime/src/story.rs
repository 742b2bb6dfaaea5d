//! What can be read of a run: its journal, and what the machine makes of it. It does not know how it is shown.

use std::sync::Arc;

use baton_journal::{Entry, Event, Migration, Payload, PluginPin, RunHeader, RunId, Timestamp, VersionPin};
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
        let plan = migrations(&entries).next_back().map_or(&header.plan, |(_, migration)| &migration.plan);
        let mut run = Run::new(read_plan(plan)?, id.clone(), header.seed).having_begun_with(header.plan_digest);
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

    /// The version of its workflow that the run goes on with; none: it is of a project that is not deployed.
    #[must_use]
    pub fn version(&self) -> Option<VersionPin> {
        self.entries.iter().filter_map(|entry| entry.event.version()).next_back()
    }

    /// The components that the run goes on with.
    #[must_use]
    pub fn pins(&self) -> &[PluginPin] {
        self.pins_at(u64::MAX)
    }

    /// The components that the run went on with at an entry: those of the version that it was migrated to, or else those
    /// that it, or the run that the entry is from, began with.
    #[must_use]
    pub fn pins_at(&self, sequence: u64) -> &[PluginPin] {
        let header = self.header();
        let own = header.forks.iter().map(|fork| fork.entries).filter(|first| *first <= sequence).max();
        let since = own.unwrap_or_default()..sequence;
        let migrated = migrations(&self.entries).rfind(|(at, _)| since.contains(at));
        let began = || header.fork_of(sequence).map_or(&header.plugins, |fork| &fork.plugins);
        migrated.map_or_else(began, |(_, migration)| &migration.plugins)
    }

    /// All components that the run ever went on with.
    pub(crate) fn all_pins(&self) -> impl Iterator<Item = &PluginPin> {
        let header = self.header();
        let began = header.plugins.iter().chain(header.forks.iter().flat_map(|fork| &fork.plugins));
        began.chain(migrations(&self.entries).flat_map(|(_, migration)| &migration.plugins))
    }

    /// What a run begins with that goes on as this one does.
    pub(crate) fn header_now(&self) -> RunHeader {
        let mut header = RunHeader { version: self.version(), plugins: self.pins().to_vec(), ..self.header().clone() };
        if let Some((_, migration)) = migrations(&self.entries).next_back() {
            header.plan = migration.plan.clone();
            header.plan_digest = migration.plan_digest;
        }
        header
    }

    /// A machine for the plan that the run goes on with, which has seen nothing yet.
    pub(crate) fn fresh_machine(&self) -> Run {
        let (header, plan) = (self.header(), Arc::new(self.run.plan().clone()));
        Run::new(plan, self.id.clone(), header.seed).having_begun_with(header.plan_digest)
    }

    /// Whether the run was migrated from one version to another.
    pub(crate) fn was_migrated(&self) -> bool {
        migrations(&self.entries).next().is_some()
    }

    /// The machines of the plans that the run had before the one that it goes on with, which have seen nothing yet, each with
    /// the number of the entry that ended its time.
    pub(crate) fn machines_before(&self) -> Result<Vec<(Run, u64)>, Error> {
        let header = self.header();
        let plans =
            std::iter::once(&header.plan).chain(migrations(&self.entries).map(|(_, migration)| &migration.plan));
        let machine = |(plan, (until, _)): (&Payload, (u64, _))| {
            let machine = Run::new(read_plan(plan)?, self.id.clone(), header.seed);
            Ok((machine.having_begun_with(header.plan_digest), until))
        };
        plans.zip(migrations(&self.entries)).map(machine).collect()
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

fn read_plan(plan: &Payload) -> Result<Arc<Plan>, Error> {
    let text = plan.as_str().ok_or_else(|| Error::Plan("it is not loaded".to_owned()))?;
    Plan::from_json(text).map(Arc::new).map_err(|error| Error::Plan(error.to_string()))
}

/// Where a run was migrated, and to what.
fn migrations(entries: &[Entry]) -> impl DoubleEndedIterator<Item = (u64, &Migration)> {
    entries.iter().filter_map(|entry| match &entry.event {
        Event::Migrated(migration) => Some((entry.sequence, migration)),
        _ => None,
    })
}
