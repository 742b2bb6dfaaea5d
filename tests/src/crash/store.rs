//! A store with places to die at around everything that changes it. It does not know how it is kept.

use std::sync::Arc;

use baton_journal::{
    BoxFuture, Claim, Digest, Entry, Event, Removed, RunId, RunSummary, StateOp, StateReply, StateRequest, Store,
    StoreError, Timestamp,
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

    fn state(&self, claim: &Claim, request: StateRequest) -> BoxFuture<'_, Result<StateReply, StoreError>> {
        if matches!(request.op, StateOp::Get { .. } | StateOp::Keys { .. }) {
            return self.store.state(claim, request);
        }
        self.around(Deed::StateChange, self.store.state(claim, request))
    }

    fn put_blob(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>> {
        self.around(Deed::BlobPut, self.store.put_blob(bytes))
    }

    fn blob(&self, digest: Digest) -> BoxFuture<'_, Result<Vec<u8>, StoreError>> {
        self.store.blob(digest)
    }
}
