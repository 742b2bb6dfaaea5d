//! A store whose host dies at the n-th write: what was written before stays, and nothing is written after.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use baton_journal::{
    BoxFuture, Claim, Deployed, Deployment, Digest, Entry, Event, NewVersion, Publication, Published, Removed, RunId,
    RunSummary, Sent, Signal, StateReply, StateRequest, Store, StoreError, Timestamp, Version, Weight, Wish,
};

/// Passes everything on to another store until its writes are used up.
pub struct Dying {
    store: Arc<dyn Store>,
    writes: AtomicI64,
}

impl Dying {
    /// Lets so many writes through.
    #[must_use]
    pub fn after(writes: i64, store: Arc<dyn Store>) -> Self {
        Dying { store, writes: AtomicI64::new(writes) }
    }

    fn write(&self) -> Result<(), StoreError> {
        let left = self.writes.fetch_sub(1, Ordering::SeqCst);
        if left > 0 { Ok(()) } else { Err(StoreError::Io("the host died here".to_owned())) }
    }
}

impl Store for Dying {
    fn create(&self, run: RunId, at: Timestamp, started: Event) -> BoxFuture<'_, Result<(Claim, Entry), StoreError>> {
        self.store.create(run, at, started)
    }

    fn claim(&self, run: RunId) -> BoxFuture<'_, Result<Claim, StoreError>> {
        self.store.claim(run)
    }

    fn release(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.release(claim)
    }

    fn append(&self, claim: &Claim, at: Timestamp, event: Event) -> BoxFuture<'_, Result<Entry, StoreError>> {
        let claim = claim.clone();
        Box::pin(async move {
            self.write()?;
            self.store.append(&claim, at, event).await
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.flush()
    }

    fn entries(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        self.store.entries(run)
    }

    fn remove(&self, run: RunId) -> BoxFuture<'_, Result<Removed, StoreError>> {
        Box::pin(async move {
            self.write()?;
            self.store.remove(run).await
        })
    }

    fn runs(&self, limit: u32) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        self.store.runs(limit)
    }

    fn open_runs(&self) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        self.store.open_runs()
    }

    fn state(&self, claim: &Claim, request: StateRequest) -> BoxFuture<'_, Result<StateReply, StoreError>> {
        let claim = claim.clone();
        Box::pin(async move {
            self.write()?;
            self.store.state(&claim, request).await
        })
    }

    fn turn(&self, claim: &Claim) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        let claim = claim.clone();
        Box::pin(async move {
            self.write()?;
            self.store.turn(&claim).await
        })
    }

    fn signal(&self, run: RunId, at: Timestamp, signal: Signal) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            self.write()?;
            self.store.signal(run, at, signal).await
        })
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
        let claim = claim.clone();
        Box::pin(async move {
            self.write()?;
            self.store.take(&claim, at, number, event).await
        })
    }

    fn publish(&self, at: Timestamp, publication: Publication) -> BoxFuture<'_, Result<Published, StoreError>> {
        Box::pin(async move {
            self.write()?;
            self.store.publish(at, publication).await
        })
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
        Box::pin(async move {
            self.write()?;
            self.store.move_cursor(name, to).await
        })
    }

    fn put_blob(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>> {
        self.store.put_blob(bytes)
    }

    fn blob(&self, digest: Digest) -> BoxFuture<'_, Result<Vec<u8>, StoreError>> {
        self.store.blob(digest)
    }

    fn deploy(
        &self,
        version: NewVersion,
        weight: Weight,
        at: Timestamp,
        by: String,
    ) -> BoxFuture<'_, Result<Deployed, StoreError>> {
        self.store.deploy(version, weight, at, by)
    }

    fn redeploy(
        &self,
        workflow: String,
        wish: Wish,
        at: Timestamp,
        by: String,
    ) -> BoxFuture<'_, Result<Option<Deployment>, StoreError>> {
        self.store.redeploy(workflow, wish, at, by)
    }

    fn versions(&self) -> BoxFuture<'_, Result<Vec<Version>, StoreError>> {
        self.store.versions()
    }

    fn history(&self, workflow: String) -> BoxFuture<'_, Result<Vec<Deployment>, StoreError>> {
        self.store.history(workflow)
    }
}
