//! A store with places to die at around everything that changes it. It does not know how it is kept.

use std::sync::Arc;

use baton_journal::{
    BoxFuture, Claim, Digest, Entry, Event, Publication, Published, Removed, RunId, RunSummary, Sent, Signal, StateOp,
    StateReply, StateRequest, Store, StoreError, Timestamp,
};

use super::fuse::Fuse;
use super::point::Deed;

/// Passes everything on to another store.
pub(super) struct FusedStore {
    pub(super) store: Arc<dyn Store>,
    pub(super) fuse: Arc<Fuse>,
}

impl FusedStore {
    fn around<'a, T: Send + 'a>(&'a self, deed: Deed, work: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
        Box::pin(self.fuse.around(deed, work))
    }
}

impl Store for FusedStore {
    fn create(&self, run: RunId, at: Timestamp, started: Event) -> BoxFuture<'_, Result<(Claim, Entry), StoreError>> {
        self.around(Deed::RunCreate, self.store.create(run, at, started))
    }

    fn claim(&self, run: RunId) -> BoxFuture<'_, Result<Claim, StoreError>> {
        self.around(Deed::LeaseClaim, self.store.claim(run))
    }

    fn release(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.around(Deed::LeaseRelease, self.store.release(claim))
    }

    fn append(&self, claim: &Claim, at: Timestamp, event: Event) -> BoxFuture<'_, Result<Entry, StoreError>> {
        self.around(Deed::JournalAppend, self.store.append(claim, at, event))
    }

    /// No workload removes a run.
    fn remove(&self, run: RunId) -> BoxFuture<'_, Result<Removed, StoreError>> {
        self.store.remove(run)
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.around(Deed::JournalFlush, self.store.flush())
    }

    fn entries(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        self.store.entries(run)
    }

    fn runs(&self, limit: u32) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        self.store.runs(limit)
    }

    fn open_runs(&self) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        self.store.open_runs()
    }

    fn state(&self, claim: &Claim, request: StateRequest) -> BoxFuture<'_, Result<StateReply, StoreError>> {
        if matches!(request.op, StateOp::Get { .. } | StateOp::Keys { .. }) {
            return self.store.state(claim, request);
        }
        self.around(Deed::StateChange, self.store.state(claim, request))
    }

    fn turn(&self, claim: &Claim) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        self.store.turn(claim)
    }

    fn signal(&self, run: RunId, at: Timestamp, signal: Signal) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.store.signal(run, at, signal)
    }

    fn signals(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Sent>, StoreError>> {
        self.store.signals(run)
    }

    fn signalled(&self) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        self.store.signalled()
    }

    fn take(
        &self,
        claim: &Claim,
        at: Timestamp,
        number: u64,
        event: Option<Event>,
    ) -> BoxFuture<'_, Result<Option<Entry>, StoreError>> {
        self.around(Deed::JournalAppend, self.store.take(claim, at, number, event))
    }

    fn publish(&self, at: Timestamp, publication: Publication) -> BoxFuture<'_, Result<Published, StoreError>> {
        self.store.publish(at, publication)
    }

    fn published(&self, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Published>, StoreError>> {
        self.store.published(after, limit)
    }

    fn last_published(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.store.last_published()
    }

    fn cursor(&self, name: String) -> BoxFuture<'_, Result<Option<u64>, StoreError>> {
        self.store.cursor(name)
    }

    fn move_cursor(&self, name: String, to: u64) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.move_cursor(name, to)
    }

    fn put_blob(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>> {
        self.around(Deed::BlobPut, self.store.put_blob(bytes))
    }

    fn blob(&self, digest: Digest) -> BoxFuture<'_, Result<Vec<u8>, StoreError>> {
        self.store.blob(digest)
    }
}
