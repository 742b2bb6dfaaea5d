//! Steps that wait for a time or an event, be it by an agent of theirs, and steps that emit one. It does not know why they wait.
//!
//! A step hears the events that were published after its run began, in the order of their numbers, and takes the first one
//! that its filter accepts; none twice, however often it waits: in rounds, for several items, or by several calls of its agents. Only
//! what an attempt took that failed is there again for the next. A host stays with a run that only waits if its
//! observer has the patience; otherwise the run is parked, and somebody goes on with it then.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_journal::{Entry, Event, Publication, Published, Site, Source, Timestamp};
use baton_workflow::{Action, Await, Emit};

use super::Driver;
use crate::error::Error;
use crate::events::data_of;

/// Events that are read at once.
const AT_ONCE: u32 = 100;

/// What the steps of a run wait for.
#[derive(Debug, Default)]
pub(super) struct Waits {
    open: BTreeMap<Site, Open>,
    /// The events that each step took, by their numbers, and where it took them last.
    taken: BTreeMap<String, BTreeMap<u64, Taker>>,
    /// The number of the last event before the run began.
    heard: u64,
}

/// Who takes an event: a place of the plan, and the attempt there whose agent does; 0 for a step's own waiting.
#[derive(Debug, PartialEq, Eq)]
struct Taker {
    place: String,
    attempt: u32,
}

#[derive(Debug)]
struct Open {
    name: Option<String>,
    until: Timestamp,
    /// The number of the last event that was held against it.
    seen: u64,
}

impl Waits {
    /// What steps have taken so far.
    pub(super) fn of(entries: &[Entry], heard: u64) -> Self {
        let mut waits = Waits { heard, ..Waits::default() };
        for entry in entries {
            if let Event::EventReceived { site, number, .. } = &entry.event {
                waits.note_taken(site, *number);
            }
        }
        waits
    }

    fn note_taken(&mut self, site: &Site, number: u64) {
        let taker = Taker::at(site);
        self.taken.entry(taker.step()).or_default().insert(number, taker);
    }

    fn open(&mut self, wait: Await) {
        self.open.insert(wait.site, Open { name: wait.name, until: wait.until, seen: self.heard });
    }

    /// Whether a step, or the same step in another round or for another item, has taken an event.
    fn has_taken(&self, site: &Site, number: u64) -> bool {
        let next = Taker::at(site);
        let taker = self.taken.get(&next.step()).and_then(|taken| taken.get(&number));
        taker.is_some_and(|taker| !next.begins_anew_after(taker))
    }

    /// The first moment at which a step has waited long enough.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.open.values().map(|open| open.until).min()
    }

    /// The number behind which events are of interest; none if no step waits for one.
    fn after(&self) -> Option<u64> {
        self.open.values().filter(|open| open.name.is_some()).map(|open| open.seen).min()
    }
}

impl Driver {
    pub(super) async fn await_it(&mut self, wait: Await) -> Result<Vec<Action>, Error> {
        let mut more = Vec::new();
        if !wait.noted {
            let (site, name, until) = (wait.site.clone(), wait.name.clone(), wait.until);
            more = self.happened(Event::Waiting { site, name, until }).await?;
        }
        self.waits.open(wait);
        Ok(more)
    }

    pub(super) async fn emit(&mut self, emit: Emit) -> Result<Vec<Action>, Error> {
        let Emit { site, name, data, key } = emit;
        let (store, now) = (&self.context.store, self.context.clock.now());
        let source = Source::Run(self.context.claim.run.clone());
        store.publish(now, Publication { key, name: name.clone(), data: data.clone(), source }).await?;
        self.context.bell.ring();
        self.happened(Event::EventEmitted { site, name, data }).await
    }

    /// Looks what came meanwhile: signals, events, and moments.
    pub(super) async fn look(&mut self) -> Result<Vec<Action>, Error> {
        let mut actions = self.take_signals().await?.unwrap_or_default();
        self.context.guards.catch_up().await;
        let run = &self.run;
        self.waits.open.retain(|site, _| run.is_waiting(site));
        while let Some(after) = self.waits.after() {
            let events = self.context.store.published(after, AT_ONCE).await?;
            for event in &events {
                actions.extend(self.hear(event).await?);
            }
            if events.len() < AT_ONCE as usize {
                break;
            }
        }
        actions.extend(self.end_waits().await?);
        Ok(actions)
    }

    /// Holds an event against each step that has not seen it.
    async fn hear(&mut self, event: &Published) -> Result<Vec<Action>, Error> {
        let (mut actions, name, number) = (Vec::new(), &event.publication.name, event.number);
        let data = data_of(event)?;
        let unseen = self.waits.open.iter_mut().filter(|(_, open)| open.name.is_some() && open.seen < number);
        let sites: Vec<Site> =
            unseen.map(|(site, open)| (site, open.seen = number)).map(|(site, ())| site.clone()).collect();
        for site in sites {
            if !self.waits.has_taken(&site, number) && self.run.hears(&site, name, &data) {
                self.waits.open.remove(&site);
                self.waits.note_taken(&site, number);
                let (name, data) = (name.clone(), event.publication.data.clone());
                actions.extend(self.happened(Event::EventReceived { site, name, data, number }).await?);
            }
        }
        Ok(actions)
    }

    /// Ends the waiting of steps that have waited long enough.
    async fn end_waits(&mut self) -> Result<Vec<Action>, Error> {
        let now = self.context.clock.now();
        let over = self.waits.open.iter().filter(|(_, open)| open.until <= now);
        let over: Vec<Site> = over.map(|(site, _)| site.clone()).collect();
        let mut actions = Vec::new();
        for site in over {
            self.waits.open.remove(&site);
            if self.run.is_waiting(&site) {
                actions.extend(self.happened(Event::TimerFired { site, attempt: 0 }).await?);
            }
        }
        Ok(actions)
    }

    /// Whether the host stays with the run though nothing of it is at work: what it waits for comes soon.
    pub(super) fn stays(&self) -> bool {
        let patience = self.observer.patience();
        !self.context.is_draining() && self.waits.until().is_some_and(|until| self.until(until) <= patience)
    }

    /// How long there is nothing to look for but what others send.
    pub(super) fn quiet(&self) -> Duration {
        self.waits.until().map_or(Duration::MAX, |until| self.until(until))
    }
}

impl Taker {
    /// Who takes what comes to a site: `gather[3]/next`, or a call of an agent there, `gather[3]/next#2/4`.
    fn at(site: &Site) -> Self {
        let site = site.to_string();
        let (place, call) = site.split_once('#').unwrap_or((&site, ""));
        let attempt = call.split('/').next().and_then(|attempt| attempt.parse().ok()).unwrap_or_default();
        Taker { place: place.to_owned(), attempt }
    }

    /// The step, whatever the item or the round: `gather[3]/next` is `gather/next`.
    fn step(&self) -> String {
        let parts = self.place.split('/').map(|part| Site::read(part).step);
        parts.collect::<Vec<_>>().join("/")
    }

    /// Whether it does again what the other one did in vain.
    fn begins_anew_after(&self, other: &Taker) -> bool {
        self.place == other.place && self.attempt > other.attempt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_takes_an_event_twice_in_whichever_round_it_waits() {
        let site = |step: &str| Site { step: step.to_owned(), item: None };
        let mut waits = Waits::default();
        waits.note_taken(&site("gather[0]/next"), 7);
        assert!(waits.has_taken(&site("gather[1]/next"), 7) && waits.has_taken(&site("gather/next"), 7));
        assert!(!waits.has_taken(&site("gather[1]/next"), 6), "an earlier one that nobody took is still there");
        assert!(!waits.has_taken(&site("gather[1]/other"), 7), "another step has its own");
    }

    #[test]
    fn an_attempt_hears_again_what_the_one_before_took_and_no_other_call() {
        let site = |step: &str| Site { step: step.to_owned(), item: None };
        let mut waits = Waits::default();
        waits.note_taken(&site("a/each[1]#1/4"), 7);
        for taken in ["a/each[1]#1/4", "a/each[1]#1/5", "a/each[1]#1/2/0", "a/each[2]#1/4", "a/each[2]#2/4"] {
            assert!(waits.has_taken(&site(taken), 7), "{taken}");
        }
        for free in ["a/each[1]#2/4", "a/each[1]#3/0/9", "a/other#1/4", "each[1]#1/4"] {
            assert!(!waits.has_taken(&site(free), 7), "{free}");
        }
        waits.note_taken(&site("a/each[1]#2/0"), 7);
        assert!(waits.has_taken(&site("a/each[1]#2/1"), 7));
    }
}
