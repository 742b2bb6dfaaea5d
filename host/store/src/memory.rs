//! The store in memory, for embedding without a disk, for benches and for tests: the same promises as the one in
//! SQLite, until the process ends. It does not know files or threads.

mod list;
mod post;
mod room;
mod run;
mod versions;

use std::collections::{BTreeMap, HashMap};
use std::future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use baton_journal::{
    BoxFuture, Chain, Claim, Deployed, Deployment, Digest, Entry, Event, NewVersion, Payload, Publication, Published,
    Quota, Removed, RunId, RunSummary, Scope, Sent, Signal, StateReply, StateRequest, Store, StoreError, Timestamp,
    Version, Weight, Wish,
};

use crate::state;
use post::Post;
use room::MemoryRoom;
use run::Run;
use versions::Versions;

/// Journals and state that are gone when it is dropped. It needs no async runtime.
#[derive(Debug, Default)]
pub struct MemoryStore {
    kept: Mutex<Kept>,
    quota: Quota,
}

#[derive(Debug, Default)]
struct Kept {
    runs: BTreeMap<RunId, Run>,
    blobs: HashMap<Digest, Arc<[u8]>>,
    rooms: HashMap<Scope, MemoryRoom>,
    post: Post,
    versions: Versions,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        MemoryStore::default()
    }

    /// An empty store in which the journal of one run may take up so much.
    #[must_use]
    pub fn with_quota(quota: Quota) -> Self {
        MemoryStore { quota, ..MemoryStore::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn create(
        &mut self,
        run: RunId,
        at: Timestamp,
        started: Event,
        quota: Quota,
    ) -> Result<(Claim, Entry), StoreError> {
        let Event::RunStarted(header) = &started else {
            return Err(StoreError::Refused("a run begins with `run-started`".to_owned()));
        };
        if self.runs.contains_key(&run) {
            return Err(StoreError::RunExists(run));
        }
        self.post.admit(header)?;
        self.require_components(&started)?;
        let header = header.clone();
        let mut begun = Run::new(header.workflow.clone(), Chain::of(&run));
        let started = self.loaded(started)?;
        let (entry, large) = begun.append(at, started, quota).map_err(|excess| over(&run, excess))?;
        self.keep(large);
        self.post.enter(&run, at, &header);
        self.runs.insert(run.clone(), begun);
        Ok((Claim { run, epoch: 1 }, entry))
    }

    fn require_components(&self, event: &Event) -> Result<(), StoreError> {
        match event.components().iter().find(|component| !self.blobs.contains_key(component)) {
            Some(missing) => Err(StoreError::Refused(format!("component {missing} was not stored before"))),
            None => Ok(()),
        }
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

    fn append(&mut self, claim: &Claim, at: Timestamp, event: Event, quota: Quota) -> Result<Entry, StoreError> {
        let run = self.held(claim)?;
        run.chain.accepts(&event).map_err(|error| StoreError::Refused(error.to_string()))?;
        self.require_components(&event)?;
        let event = self.loaded(event)?;
        let run = self.run(&claim.run)?;
        let (entry, large) = run.append(at, event, quota).map_err(|excess| over(&claim.run, excess))?;
        if run.progress.ended.is_some() {
            self.post.forget(&claim.run);
        }
        self.keep(large);
        Ok(entry)
    }

    fn remove(&mut self, run: &RunId) -> Result<Removed, StoreError> {
        let found = self.run(run)?;
        if found.claimed {
            return Err(StoreError::Claimed(run.clone()));
        }
        if found.progress.ended.is_none() {
            return Err(StoreError::NotEnded(run.clone()));
        }
        let summary = found.summary(run);
        let uses = std::mem::take(&mut found.uses);
        self.runs.remove(run);
        self.rooms.remove(&Scope::Run(run.clone()));
        let unused = |digest: &Digest| {
            !self.versions.uses(digest) && !self.runs.values().any(|other| other.uses.contains(digest))
        };
        uses.iter().filter(|digest| unused(digest)).for_each(|digest| drop(self.blobs.remove(digest)));
        Ok(Removed { entries: summary.entries, bytes: summary.bytes })
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
            if let Payload::Stored { sha256, bytes } = payload {
                match self.text(sha256).filter(|text| text.len() as u64 == *bytes) {
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

    fn keep(&mut self, large: Vec<Payload>) {
        for payload in large {
            if let Payload::Text(text) = &payload {
                self.blobs.entry(payload.digest()).or_insert_with(|| Arc::from(Arc::clone(text)));
            }
        }
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

    fn deploy(&mut self, new: NewVersion, weight: Weight, at: Timestamp, by: String) -> Result<Deployed, StoreError> {
        if let Some(missing) = new.uses.iter().find(|digest| !self.blobs.contains_key(digest)) {
            return Err(StoreError::Refused(format!("what a version needs {missing} was not stored before")));
        }
        Ok(self.versions.deploy(new, weight, at, by)?)
    }

    fn room(&mut self, scope: &Scope) -> &mut MemoryRoom {
        self.rooms.entry(scope.clone()).or_default()
    }
}

fn over(run: &RunId, excess: baton_journal::Excess) -> StoreError {
    StoreError::OverQuota { run: run.clone(), excess }
}

fn ready<'a, T: Send + 'a>(value: T) -> BoxFuture<'a, T> {
    Box::pin(future::ready(value))
}

impl Store for MemoryStore {
    fn create(&self, run: RunId, at: Timestamp, started: Event) -> BoxFuture<'_, Result<(Claim, Entry), StoreError>> {
        ready(self.kept().create(run, at, started, self.quota))
    }

    fn claim(&self, run: RunId) -> BoxFuture<'_, Result<Claim, StoreError>> {
        ready(self.kept().claim(run))
    }

    fn release(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.kept().release(&claim);
        ready(Ok(()))
    }

    fn append(&self, claim: &Claim, at: Timestamp, event: Event) -> BoxFuture<'_, Result<Entry, StoreError>> {
        ready(self.kept().append(claim, at, event, self.quota))
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        ready(Ok(()))
    }

    fn entries(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        ready(self.kept().run(&run).map(|found| found.entries.clone()))
    }

    fn remove(&self, run: RunId) -> BoxFuture<'_, Result<Removed, StoreError>> {
        ready(self.kept().remove(&run))
    }

    fn runs(&self, limit: u32) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        ready(Ok(self.kept().newest(limit as usize)))
    }

    fn open_runs(&self) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        ready(Ok(self.kept().open()))
    }

    fn state(&self, claim: &Claim, request: StateRequest) -> BoxFuture<'_, Result<StateReply, StoreError>> {
        ready(self.kept().state(claim, &request))
    }

    fn turn(&self, claim: &Claim) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        let mut kept = self.kept();
        let held = kept.held(claim).map(drop);
        ready(held.map(|()| kept.post.take_turn(&claim.run)))
    }

    fn signal(&self, run: RunId, at: Timestamp, signal: Signal) -> BoxFuture<'_, Result<u64, StoreError>> {
        ready(self.kept().signal(&run, at, signal))
    }

    fn signals(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Sent>, StoreError>> {
        let mut kept = self.kept();
        let known = kept.run(&run).map(drop);
        ready(known.map(|()| kept.post.waiting(&run)))
    }

    fn signalled(&self) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        ready(Ok(self.kept().post.addressed()))
    }

    fn take(
        &self,
        claim: &Claim,
        at: Timestamp,
        number: u64,
        event: Option<Event>,
    ) -> BoxFuture<'_, Result<Option<Entry>, StoreError>> {
        ready(self.kept().take(claim, at, number, event, self.quota))
    }

    fn publish(&self, at: Timestamp, publication: Publication) -> BoxFuture<'_, Result<Published, StoreError>> {
        ready(self.kept().post.publish(at, publication))
    }

    fn published(&self, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Published>, StoreError>> {
        ready(Ok(self.kept().post.after(after, limit)))
    }

    fn last_published(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        ready(Ok(self.kept().post.last()))
    }

    fn cursor(&self, name: String) -> BoxFuture<'_, Result<Option<u64>, StoreError>> {
        ready(Ok(self.kept().post.cursors.get(&name).copied()))
    }

    fn move_cursor(&self, name: String, to: u64) -> BoxFuture<'_, Result<(), StoreError>> {
        self.kept().post.move_cursor(name, to);
        ready(Ok(()))
    }

    fn circuits(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, StoreError>> {
        ready(Ok(self.kept().post.circuits()))
    }

    fn note_circuit(&self, name: String, was: Option<String>, is: String) -> BoxFuture<'_, Result<bool, StoreError>> {
        ready(Ok(self.kept().post.note_circuit(name, was.as_deref(), is)))
    }

    fn put_blob(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>> {
        let digest = Digest::of(&bytes);
        self.kept().blobs.insert(digest, bytes.into());
        ready(Ok(digest))
    }

    fn blob(&self, digest: Digest) -> BoxFuture<'_, Result<Vec<u8>, StoreError>> {
        let found = self.kept().blobs.get(&digest).map(|bytes| bytes.to_vec());
        ready(found.ok_or_else(|| StoreError::Corrupt { what: format!("blob {digest} is missing") }))
    }

    fn deploy(
        &self,
        version: NewVersion,
        weight: Weight,
        at: Timestamp,
        by: String,
    ) -> BoxFuture<'_, Result<Deployed, StoreError>> {
        ready(self.kept().deploy(version, weight, at, by))
    }

    fn redeploy(
        &self,
        workflow: String,
        wish: Wish,
        at: Timestamp,
        by: String,
    ) -> BoxFuture<'_, Result<Option<Deployment>, StoreError>> {
        ready(self.kept().versions.redeploy(&workflow, wish, at, by).map_err(StoreError::from))
    }

    fn versions(&self) -> BoxFuture<'_, Result<Vec<Version>, StoreError>> {
        ready(Ok(self.kept().versions.all()))
    }

    fn history(&self, workflow: String) -> BoxFuture<'_, Result<Vec<Deployment>, StoreError>> {
        ready(Ok(self.kept().versions.history(&workflow)))
    }
}
