//! The agents' invocations of a run as its journal has them: what the machine asked for, what it was begun with, and what
//! became of it. It does not know how one is made again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Entry, Event, InvocationId, Lease, Outcome, PluginPin, Timestamp, Usage};
use baton_policy::{Grants, Limits, Policy};
use baton_sandbox::{Invocation, Target};
use baton_workflow::{Action, Invoke};

use crate::error::Error;
use crate::lease;
use crate::story::Story;

/// An invocation as the journal has it.
pub(super) struct Record<'a> {
    invoke: Invoke,
    pub(super) plugin: &'a str,
    /// The number of the entry with which it began.
    sequence: u64,
    /// The number of the entry with which it ended: what was at work when its run was migrated went on, from its beginning,
    /// as the other version.
    pinned_at: u64,
    lease: Lease,
    deadline: Timestamp,
    /// None: the journal has no end of it.
    pub(super) ended: Option<(&'a Outcome, Usage)>,
}

/// The records of a run, in the order in which the invocations began.
pub(super) fn records(story: &Story) -> Result<Vec<(InvocationId, Record<'_>)>, Error> {
    let mut run = story.fresh_machine();
    let mut reading = Reading::default();
    for entry in story.entries() {
        reading.take(entry);
        reading.ask(run.apply(entry.at, &entry.event)?);
        if matches!(entry.event, Event::Forked) {
            reading.ask(run.outstanding()); // from here on it is done under the run's own name
        }
    }
    Ok(reading.records)
}

/// The plugins of the agents that were invoked.
pub(super) fn agents(entries: &[Entry]) -> BTreeSet<&str> {
    let invoked = entries.iter().filter_map(|entry| match &entry.event {
        Event::InvocationStarted { plugin, function: None, .. } => Some(plugin.as_str()),
        _ => None,
    });
    invoked.collect()
}

#[derive(Default)]
struct Reading<'a> {
    /// What the machine asked for and is not begun.
    asked: BTreeMap<InvocationId, Invoke>,
    places: BTreeMap<InvocationId, usize>,
    records: Vec<(InvocationId, Record<'a>)>,
}

impl<'a> Reading<'a> {
    fn ask(&mut self, actions: Vec<Action>) {
        for action in actions {
            if let Action::Invoke(invoke) = action {
                self.asked.insert(invoke.invocation(), invoke);
            }
        }
    }

    fn take(&mut self, entry: &'a Entry) {
        match &entry.event {
            Event::InvocationStarted { invocation, plugin, function: None, lease, deadline, .. } => {
                let sequence = entry.sequence;
                // One that was suspended begins again: it stays one.
                let is_new = !self.places.contains_key(invocation);
                if let Some(invoke) = self.asked.remove(invocation).filter(|_| is_new) {
                    let record = Record {
                        invoke,
                        plugin,
                        lease: *lease,
                        deadline: *deadline,
                        sequence,
                        pinned_at: sequence,
                        ended: None,
                    };
                    self.places.insert(invocation.clone(), self.records.len());
                    self.records.push((invocation.clone(), record));
                }
            }
            Event::InvocationEnded { invocation, outcome, usage, .. } if *outcome != Outcome::Suspended => {
                if let Some(place) = self.places.get(invocation) {
                    let record = &mut self.records[*place].1;
                    (record.ended, record.pinned_at) = (Some((outcome, *usage)), entry.sequence);
                }
            }
            _ => {}
        }
    }
}

impl Record<'_> {
    /// The component that it was made of.
    pub(super) fn pin<'s>(&self, story: &'s Story) -> Result<&'s PluginPin, Error> {
        let pin = story.pins_at(self.pinned_at).iter().find(|pin| pin.name == self.plugin);
        pin.ok_or_else(|| Error::PluginGone(self.plugin.to_owned()))
    }

    /// What was stopped by time is given as much time again and not all that it might have had.
    fn timeout(&self, limits: &Limits) -> Duration {
        let wall = limits.wall.as_duration();
        match self.ended {
            Some((Outcome::TimedOut { after_ms }, _)) => wall.min(Duration::from_millis(*after_ms)),
            Some((Outcome::Cancelled, usage)) => wall.min(Duration::from_millis(usage.wall_ms.max(1))),
            _ => wall,
        }
    }

    /// The same invocation, granted nothing.
    pub(super) fn invocation(
        &self,
        story: &Story,
        id: &InvocationId,
        environment: &BTreeMap<String, String>,
    ) -> Result<Arc<Invocation>, Error> {
        let (header, invoke) = (story.header(), &self.invoke);
        let limits = lease::limits(self.lease);
        let name = self.plugin.parse().map_err(|_| Error::PluginGone(self.plugin.to_owned()))?;
        let input = invoke.input.as_str().ok_or_else(|| Error::Internal("an input is not loaded".to_owned()))?;
        let run = header.fork_of(self.sequence).map_or(story.id(), |fork| &fork.from);
        Ok(Arc::new(Invocation {
            id: id.clone(),
            run: run.clone(),
            seed: header.seed,
            site: invoke.site.clone(),
            attempt: invoke.attempt,
            plugin: self.plugin.to_owned(),
            target: Target::Agent,
            input: input.into(),
            idempotency_key: invoke.idempotency_key.clone(),
            deadline: self.deadline,
            timeout: self.timeout(&limits),
            depth: 0,
            limits,
            allowed: limits,
            policy: Arc::new(Policy::new(name, Grants::default(), Grants::default())),
            resolution: None,
            environment: Arc::new(environment.clone()),
            folders: Vec::new(),
        }))
    }
}
