//! Mailboxes, published events, cursors, turns and circuits in memory. It does not know runs beyond their ids.

use std::collections::{BTreeMap, BTreeSet};

use baton_journal::publication::is_outdated;
use baton_journal::signal::MOST_SIGNALS;
use baton_journal::{
    Claim, Entry, Event, OnConflict, Priority, Publication, Published, Quota, RunHeader, RunId, Sent, Signal,
    StoreError, Timestamp,
};

use super::Kept;
use crate::published;

impl Kept {
    pub(super) fn signal(&mut self, run: &RunId, at: Timestamp, signal: Signal) -> Result<u64, StoreError> {
        if self.run(run)?.progress.ended.is_some() {
            return Err(StoreError::Ended(run.clone()));
        }
        self.post.send(run, at, signal)
    }

    pub(super) fn take(
        &mut self,
        claim: &Claim,
        at: Timestamp,
        number: u64,
        event: Option<Event>,
        quota: Quota,
    ) -> Result<Option<Entry>, StoreError> {
        self.held(claim)?;
        if !self.post.has(&claim.run, number) {
            return Ok(None);
        }
        let entry = event.map(|event| self.append(claim, at, event, quota)).transpose()?;
        self.post.remove(&claim.run, number);
        Ok(entry)
    }
}

/// What goes between runs, and between people and runs.
#[derive(Debug, Default)]
pub(crate) struct Post {
    mail: BTreeMap<RunId, Vec<Sent>>,
    sent: u64,
    events: Vec<Published>,
    published: u64,
    pub(crate) cursors: BTreeMap<String, u64>,
    turns: Vec<Turn>,
    circuits: BTreeMap<String, String>,
}

/// A run with a key; in the order in which they began.
#[derive(Debug)]
struct Turn {
    run: RunId,
    workflow: String,
    key: String,
    priority: Priority,
    taken: bool,
}

impl Post {
    pub(crate) fn send(&mut self, run: &RunId, at: Timestamp, signal: Signal) -> Result<u64, StoreError> {
        if self.waiting(run).len() >= MOST_SIGNALS as usize {
            return Err(StoreError::MailboxFull(run.clone()));
        }
        Ok(self.put(run, at, signal))
    }

    fn put(&mut self, run: &RunId, at: Timestamp, signal: Signal) -> u64 {
        self.sent += 1;
        self.mail.entry(run.clone()).or_default().push(Sent { number: self.sent, at, signal });
        self.sent
    }

    pub(crate) fn waiting(&self, run: &RunId) -> Vec<Sent> {
        self.mail.get(run).cloned().unwrap_or_default()
    }

    pub(crate) fn addressed(&self) -> Vec<RunId> {
        self.mail.keys().cloned().collect()
    }

    pub(crate) fn has(&self, run: &RunId, number: u64) -> bool {
        self.mail.get(run).is_some_and(|sent| sent.iter().any(|sent| sent.number == number))
    }

    pub(crate) fn remove(&mut self, run: &RunId, number: u64) {
        if let Some(sent) = self.mail.get_mut(run) {
            sent.retain(|sent| sent.number != number);
        }
        self.mail.retain(|_, sent| !sent.is_empty());
    }

    /// Forgets what is of no use to a run that has ended.
    pub(crate) fn forget(&mut self, run: &RunId) {
        self.mail.remove(run);
        self.turns.retain(|turn| turn.run != *run);
    }

    pub(crate) fn publish(&mut self, at: Timestamp, publication: Publication) -> Result<Published, StoreError> {
        if let Some(first) = self.events.iter().find(|event| event.publication.key == publication.key) {
            return Ok(first.clone());
        }
        published::check(&publication)?;
        self.published += 1;
        let event = Published { number: self.published, at, publication };
        self.events.push(event.clone());
        self.events.retain(|event| !is_outdated(event.number, event.at, self.published, at));
        Ok(event)
    }

    pub(crate) fn after(&self, number: u64, limit: u32) -> Vec<Published> {
        self.events.iter().filter(|event| event.number > number).take(limit as usize).cloned().collect()
    }

    pub(crate) fn last(&self) -> u64 {
        self.published
    }

    pub(crate) fn move_cursor(&mut self, name: String, to: u64) {
        let cursor = self.cursors.entry(name).or_default();
        *cursor = to.max(*cursor);
    }

    /// Refuses a run that may not begin beside another one.
    pub(crate) fn admit(&self, header: &RunHeader) -> Result<(), StoreError> {
        let Some(wanted) = &header.admission.concurrency else { return Ok(()) };
        match self.others(header).next() {
            Some(other) if wanted.on_conflict == OnConflict::Reject => {
                Err(StoreError::Busy { run: other.run.clone(), key: wanted.key.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Puts a run that begins into the queue of its key.
    pub(crate) fn enter(&mut self, run: &RunId, at: Timestamp, header: &RunHeader) {
        let Some(wanted) = &header.admission.concurrency else { return };
        if wanted.on_conflict == OnConflict::Replace {
            let others: BTreeSet<RunId> = self.others(header).map(|turn| turn.run.clone()).collect();
            let reason = Some(format!("run {run} with the key `{}` replaces it", wanted.key));
            for other in others {
                self.put(&other, at, Signal::Cancel { by: format!("run {run}"), reason: reason.clone() });
            }
        }
        let (workflow, key) = (header.workflow.clone(), wanted.key.clone());
        self.turns.push(Turn { run: run.clone(), workflow, key, priority: header.admission.priority, taken: false });
    }

    fn others(&self, header: &RunHeader) -> impl Iterator<Item = &Turn> {
        let key = header.admission.concurrency.as_ref().map(|wanted| wanted.key.clone());
        self.turns.iter().filter(move |turn| turn.workflow == header.workflow && Some(&turn.key) == key.as_ref())
    }

    /// What is noted of the things that runs call.
    pub(crate) fn circuits(&self) -> Vec<(String, String)> {
        self.circuits.iter().map(|(name, body)| (name.clone(), body.clone())).collect()
    }

    /// Notes something, if what is noted is still that.
    pub(crate) fn note_circuit(&mut self, name: String, was: Option<&str>, is: String) -> bool {
        let is_still = self.circuits.get(&name).map(String::as_str) == was;
        if is_still {
            self.circuits.insert(name, is);
        }
        is_still
    }

    /// The runs before a run; none, and it has the turn.
    pub(crate) fn take_turn(&mut self, run: &RunId) -> Vec<RunId> {
        let before = self.before(run);
        if let Some(turn) = self.turns.iter_mut().find(|turn| turn.run == *run) {
            turn.taken |= before.is_empty();
        }
        before
    }

    /// The runs before a run that has not had its turn.
    pub(crate) fn before(&self, run: &RunId) -> Vec<RunId> {
        let Some(place) = self.turns.iter().position(|turn| turn.run == *run && !turn.taken) else { return Vec::new() };
        let own = &self.turns[place];
        let goes_before = |(at, turn): &(usize, &Turn)| {
            let same_key = turn.workflow == own.workflow && turn.key == own.key && turn.run != own.run;
            let earlier = turn.priority > own.priority || (turn.priority == own.priority && *at < place);
            same_key && (turn.taken || earlier)
        };
        let mut before: Vec<(usize, &Turn)> = self.turns.iter().enumerate().filter(goes_before).collect();
        before.sort_by_key(|(at, turn)| (!turn.taken, std::cmp::Reverse(turn.priority), *at));
        before.into_iter().map(|(_, turn)| turn.run.clone()).collect()
    }
}
