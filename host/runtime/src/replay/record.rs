//! The agents' invocations of a run as its journal has them: what the machine or another agent asked for, what it was begun with, and what
//! became of it. It does not know how one is made again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Entry, Event, InvocationId, Lease, Limit, Outcome, Payload, PluginPin, Site, Timestamp, Usage};
use baton_policy::{Account, Grants, Limits, Policy};
use baton_sandbox::{Invocation, Target};
use baton_workflow::{Action, Invoke};

use crate::error::Error;
use crate::lease;
use crate::nested::nested_key;
use crate::story::Story;

/// An invocation as the journal has it.
pub(super) struct Record<'a> {
    made: Made,
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

/// What is the same for all beginnings of an invocation.
#[derive(Clone)]
struct Made {
    site: Site,
    attempt: u32,
    input: Payload,
    idempotency_key: String,
    /// How many invocations wait for it.
    depth: u32,
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
    asked: BTreeMap<InvocationId, Made>,
    places: BTreeMap<InvocationId, usize>,
    records: Vec<(InvocationId, Record<'a>)>,
}

impl<'a> Reading<'a> {
    fn ask(&mut self, actions: Vec<Action>) {
        for action in actions {
            if let Action::Invoke(invoke) = action {
                self.asked.insert(invoke.invocation(), Made::of(invoke));
            }
        }
    }

    fn take(&mut self, entry: &'a Entry) {
        match &entry.event {
            Event::InvocationStarted { invocation, plugin, function: None, caller, input, lease, deadline, .. } => {
                let sequence = entry.sequence;
                // One that was suspended begins again: it stays one.
                let is_new = !self.places.contains_key(invocation);
                let made = match caller {
                    Some(caller) => self.worker(caller, invocation, plugin, input),
                    None => self.asked.remove(invocation),
                };
                if let Some(made) = made.filter(|_| is_new) {
                    let record = Record {
                        made,
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

impl Reading<'_> {
    /// What an agent was made with that works for another one.
    fn worker(&self, caller: &InvocationId, id: &InvocationId, agent: &str, input: &Payload) -> Option<Made> {
        let caller = &self.records[*self.places.get(caller)?].1.made;
        let idempotency_key = nested_key(&caller.idempotency_key, id.call()?, agent, input.as_str()?);
        Some(Made { input: input.clone(), idempotency_key, depth: caller.depth + 1, ..caller.clone() })
    }
}

impl Made {
    fn of(invoke: Invoke) -> Self {
        let Invoke { site, attempt, input, idempotency_key, .. } = invoke;
        Made { site, attempt, input, idempotency_key, depth: 0 }
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

    /// What ended because others had made the host calls that were left makes as many as it made.
    fn account(&self) -> Account {
        match self.ended {
            Some((Outcome::Exhausted { limit: Limit::Calls, message }, usage)) => {
                Account::alone(usage.host_calls, message.as_str())
            }
            _ => Account::default(),
        }
    }

    /// The same invocation, granted nothing.
    pub(super) fn invocation(
        &self,
        story: &Story,
        id: &InvocationId,
        environment: &BTreeMap<String, String>,
    ) -> Result<Arc<Invocation>, Error> {
        let (header, made) = (story.header(), &self.made);
        let limits = lease::limits(self.lease);
        let name = self.plugin.parse().map_err(|_| Error::PluginGone(self.plugin.to_owned()))?;
        let input = made.input.as_str().ok_or_else(|| Error::Internal("an input is not loaded".to_owned()))?;
        let run = header.fork_of(self.sequence).map_or(story.id(), |fork| &fork.from);
        Ok(Arc::new(Invocation {
            id: id.clone(),
            run: run.clone(),
            seed: header.seed,
            site: made.site.clone(),
            attempt: made.attempt,
            plugin: self.plugin.to_owned(),
            target: Target::Agent,
            input: input.into(),
            idempotency_key: made.idempotency_key.clone(),
            deadline: self.deadline,
            timeout: self.timeout(&limits),
            depth: made.depth,
            limits,
            allowed: limits,
            account: Arc::new(self.account()),
            policy: Arc::new(Policy::new(name, Grants::default(), Grants::default())),
            resolution: None,
            environment: Arc::new(environment.clone()),
            folders: Vec::new(),
        }))
    }
}
