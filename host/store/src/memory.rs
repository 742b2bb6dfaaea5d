//! The store in memory, for embedding without a disk, for benches and for tests: the same promises as the one in
//! SQLite, until the process ends. It does not know files or threads.

use std::collections::{BTreeMap, HashMap};
use std::future;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_journal::{
    BoxFuture, Chain, Claim, Digest, Entry, Event, InvocationId, Payload, Progress, RunId, RunStatus, RunSummary,
    Scope, StateReply, StateRequest, Store, StoreError, Timestamp,
};

use crate::state::{self, Room, Used, Value};

/// Journals and state that are gone when it is dropped. It needs no async runtime.
#[derive(Debug, Default)]
pub struct MemoryStore {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    runs: BTreeMap<RunId, Run>,
    blobs: HashMap<Digest, Vec<u8>>,
    rooms: HashMap<Scope, MemoryRoom>,
}

#[derive(Debug)]
struct Run {
    workflow: String,
    chain: Chain,
    entries: Vec<Entry>,
    progress: Progress,
    epoch: u64,
    claimed: bool,
    applied: HashMap<(InvocationId, u32), (Digest, StateReply)>,
}

#[derive(Debug, Default)]
struct MemoryRoom {
    values: BTreeMap<String, Value>,
    used: Used,
    expires: Option<Timestamp>, // nothing expires earlier
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        MemoryStore::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn create(&mut self, run: RunId, at: Timestamp, started: Event) -> Result<(Claim, Entry), StoreError> {
        let Event::RunStarted(header) = &started else {
            return Err(StoreError::Refused("a run begins with `run-started`".to_owned()));
        };
        if self.runs.contains_key(&run) {
            return Err(StoreError::RunExists(run));
        }
        let mut begun = Run::new(header.workflow.clone(), Chain::of(&run));
        let entry = begun.append(at, self.loaded(started)?);
        self.runs.insert(run.clone(), begun);
        Ok((Claim { run, epoch: 1 }, entry))
    }

    fn claim(&mut self, run: RunId) -> Result<Claim, StoreError> {
        let found = self.run(&run)?;
        if found.progress.ended.is_some() {
            return Err(StoreError::Ended(run));
        }
        if found.claimed {
            return Err(StoreError::Claimed(run));
        }
        found.claimed = true;
        found.epoch += 1;
        let epoch = found.epoch;
        Ok(Claim { run, epoch })
    }

    fn release(&mut self, claim: &Claim) {
        if let Some(run) = self.runs.get_mut(&claim.run).filter(|run| run.epoch == claim.epoch) {
            run.claimed = false;
        }
    }

    fn append(&mut self, claim: &Claim, at: Timestamp, event: Event) -> Result<Entry, StoreError> {
        let run = self.held(claim)?;
        run.chain.accepts(&event).map_err(|error| StoreError::Refused(error.to_string()))?;
        let event = self.loaded(event)?;
        Ok(self.run(&claim.run)?.append(at, event))
    }

    /// A run that may be changed: it is open, and the claim is the newest.
    fn held(&mut self, claim: &Claim) -> Result<&mut Run, StoreError> {
        let run = self.run(&claim.run)?;
        if run.progress.ended.is_some() {
            return Err(StoreError::Ended(claim.run.clone()));
        }
        if !run.claimed || run.epoch != claim.epoch {
            return Err(StoreError::Fenced(claim.run.clone()));
        }
        Ok(run)
    }

    fn run(&mut self, run: &RunId) -> Result<&mut Run, StoreError> {
        self.runs.get_mut(run).ok_or_else(|| StoreError::NoSuchRun(run.to_string()))
    }

    /// The event with the texts of what it names by digest.
    fn loaded(&self, mut event: Event) -> Result<Event, StoreError> {
        let mut result = Ok(());
        event.for_each_payload(|payload| {
            if let Payload::Stored { sha256, .. } = payload {
                match self.text(sha256) {
                    Some(text) => *payload = Payload::text(text),
                    None => result = Err(StoreError::Refused(format!("payload {sha256} was not stored before"))),
                }
            }
        });
        result.map(|()| event)
    }

    fn text(&self, digest: &Digest) -> Option<&str> {
        self.blobs.get(digest).and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    fn state(&mut self, claim: &Claim, request: &StateRequest) -> Result<StateReply, StoreError> {
        state::check(&request.scope, &request.op)?;
        if state::is_read(&request.op) {
            return state::perform(self.room(&request.scope), request);
        }
        let digest = state::request_digest(&request.scope, &request.op);
        let place = (request.call.invocation.clone(), request.call.sequence);
        match self.held(claim)?.applied.get(&place) {
            Some((remembered, reply)) if *remembered == digest => return Ok(reply.clone()),
            _ => {}
        }
        let reply = state::perform(self.room(&request.scope), request)?;
        self.held(claim)?.applied.insert(place, (digest, reply.clone()));
        Ok(reply)
    }

    fn room(&mut self, scope: &Scope) -> &mut MemoryRoom {
        self.rooms.entry(scope.clone()).or_default()
    }
}

impl Run {
    fn new(workflow: String, chain: Chain) -> Self {
        let (progress, applied) = (Progress::default(), HashMap::new());
        Run { workflow, chain, entries: Vec::new(), progress, epoch: 1, claimed: true, applied }
    }

    fn append(&mut self, at: Timestamp, event: Event) -> Entry {
        self.progress.apply(&event);
        let entry = self.chain.seal(at, event);
        self.entries.push(entry.clone());
        if self.progress.ended.is_some() {
            self.applied.clear();
        }
        entry
    }

    fn status(&self) -> RunStatus {
        match self.progress.status() {
            RunStatus::Running if !self.claimed => RunStatus::Interrupted,
            status => status,
        }
    }

    fn summary(&self, run: &RunId) -> RunSummary {
        RunSummary {
            run: run.clone(),
            workflow: self.workflow.clone(),
            started: self.entries.first().map_or(Timestamp(0), |entry| entry.at),
            updated: self.chain.last_at(),
            status: self.status(),
            entries: self.chain.entries(),
        }
    }
}

impl Room for MemoryRoom {
    type Error = StoreError;

    fn get(&self, key: &str) -> Result<Option<Value>, StoreError> {
        Ok(self.values.get(key).cloned())
    }

    fn keys(&self, now: Timestamp, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, StoreError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let values = self.values.range::<str, _>((from, Bound::Unbounded));
        let with_prefix = values.take_while(|(key, _)| key.starts_with(prefix));
        let living = with_prefix.filter(|(_, value)| value.lives(now));
        Ok(living.map(|(key, _)| key.clone()).take(limit as usize).collect())
    }

    fn used(&self) -> Result<Used, StoreError> {
        Ok(self.used)
    }

    fn put(&mut self, key: &str, value: &Value, used: Used) -> Result<(), StoreError> {
        self.expires = self.expires.into_iter().chain(value.expires).min();
        self.values.insert(key.to_owned(), value.clone());
        self.used = used;
        Ok(())
    }

    fn remove(&mut self, key: &str, used: Used) -> Result<(), StoreError> {
        self.values.remove(key);
        self.used = used;
        Ok(())
    }

    fn expire(&mut self, now: Timestamp) -> Result<(), StoreError> {
        if self.expires.is_none_or(|expires| now < expires) {
            return Ok(());
        }
        let used = &mut self.used;
        self.values.retain(|key, value| {
            let lives = value.lives(now);
            if !lives {
                *used = used.without(key, &value.json);
            }
            lives
        });
        self.expires = self.values.values().filter_map(|value| value.expires).min();
        Ok(())
    }
}

fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, T> {
    Box::pin(future::ready(value))
}

impl Store for MemoryStore {
    fn create(&self, run: RunId, at: Timestamp, started: Event) -> BoxFuture<'_, Result<(Claim, Entry), StoreError>> {
        ready(self.kept().create(run, at, started))
    }

    fn claim(&self, run: RunId) -> BoxFuture<'_, Result<Claim, StoreError>> {
        ready(self.kept().claim(run))
    }

    fn release(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.kept().release(&claim);
        ready(Ok(()))
    }

    fn append(&self, claim: &Claim, at: Timestamp, event: Event) -> BoxFuture<'_, Result<Entry, StoreError>> {
        ready(self.kept().append(claim, at, event))
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(Ok(()))
    }

    fn entries(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        ready(self.kept().run(&run).map(|found| found.entries.clone()))
    }

    fn runs(&self, limit: u32) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        let kept = self.kept();
        let newest = kept.runs.iter().rev().take(limit as usize);
        ready(Ok(newest.map(|(id, run)| run.summary(id)).collect()))
    }

    fn state(&self, claim: &Claim, request: StateRequest) -> BoxFuture<'_, Result<StateReply, StoreError>> {
        ready(self.kept().state(claim, &request))
    }

    fn put_blob(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>> {
        let digest = Digest::of(&bytes);
        self.kept().blobs.insert(digest, bytes);
        ready(Ok(digest))
    }

    fn blob(&self, digest: Digest) -> BoxFuture<'_, Result<Vec<u8>, StoreError>> {
        let found = self.kept().blobs.get(&digest).cloned();
        ready(found.ok_or_else(|| StoreError::Corrupt { what: format!("blob {digest} is missing") }))
    }
}
