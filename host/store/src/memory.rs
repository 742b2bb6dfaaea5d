//! The store in memory, for embedding without a disk, for benches and for tests: the same promises as the one in
//! SQLite, until the process ends. It does not know files or threads.

mod kept;
mod list;
mod post;
mod room;
mod run;
mod spending;
mod versions;

use std::future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_journal::{
    BoxFuture, Claim, Deployed, Deployment, Digest, Entry, Event, NewVersion, Publication, Published, Quota, Removed,
    RunId, RunSummary, Sent, Signal, StateReply, StateRequest, Store, StoreError, Timestamp, Version, Weight, Wish,
};

use kept::Kept;

/// Journals and state that are gone when it is dropped. It needs no async runtime.
#[derive(Debug, Default)]
pub struct MemoryStore {
    kept: Mutex<Kept>,
    quota: Quota,
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
