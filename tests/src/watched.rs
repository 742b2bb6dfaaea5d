//! A store that passes everything on to another one, and tells somebody of each change before and after it is made. It does not
//! know what comes of that. A new method of the trait is passed on here, and nowhere else.

use std::sync::Arc;

use baton_journal::{
    BoxFuture, Claim, Deployed, Deployment, Digest, Entry, Event, NewVersion, Publication, Published, Removed, RunId,
    RunSummary, Sent, Signal, StateOp, StateReply, StateRequest, Store, StoreError, Timestamp, Version, Weight, Wish,
};

/// A change of a store. Of a claim, its run.
#[derive(Clone, Debug)]
pub enum Write {
    /// A run begins.
    Create(RunId, Timestamp, Box<Event>),
    /// A run is claimed.
    Claim(RunId),
    /// A claim is given back.
    Release(RunId),
    /// An entry is appended.
    Append(RunId, Timestamp, Box<Event>),
    /// What was written is made durable.
    Flush,
    /// State changes.
    State(RunId, Box<StateRequest>),
    /// A run is removed.
    Remove(RunId),
    /// A run takes its turn.
    Turn(RunId),
    /// A signal is sent.
    Signal(RunId, Timestamp, Signal),
    /// A signal is taken.
    Take(RunId, Timestamp, u64, Option<Box<Event>>),
    /// An event is published.
    Publish(Timestamp, Publication),
    /// A reader has come so far.
    Cursor(String, u64),
    /// What is known of a circuit: what was noted, and what is.
    Circuit(String, Option<String>, String),
    /// Bytes are stored.
    Blob(Vec<u8>),
    /// A version is stored.
    Deploy,
    /// Other versions are taken.
    Redeploy,
}

/// Hears of changes.
pub trait Watch: Send + Sync {
    /// One is about to be made.
    ///
    /// # Errors
    /// It is not to be made.
    fn before(&self, write: &Write) -> Result<(), StoreError>;

    /// It was made, or the store has refused it.
    fn after(&self, write: &Write) {
        let _ = write;
    }
}

/// A store that is watched.
pub struct Watched<W> {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) watch: W,
}

impl<W: Watch> Watched<W> {
    /// Tells of a change around making it.
    fn around<'a, T: Send + 'a>(
        &'a self,
        write: Write,
        make: impl FnOnce(&'a dyn Store) -> BoxFuture<'a, Result<T, StoreError>> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move {
            self.watch.before(&write)?;
            let made = make(self.store.as_ref()).await;
            self.watch.after(&write);
            made
        })
    }
}

impl<W: Watch> Store for Watched<W> {
    fn create(&self, run: RunId, at: Timestamp, started: Event) -> BoxFuture<'_, Result<(Claim, Entry), StoreError>> {
        let write = Write::Create(run.clone(), at, Box::new(started.clone()));
        self.around(write, move |store| store.create(run, at, started))
    }

    fn claim(&self, run: RunId) -> BoxFuture<'_, Result<Claim, StoreError>> {
        self.around(Write::Claim(run.clone()), move |store| store.claim(run))
    }

    fn release(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.around(Write::Release(claim.run.clone()), move |store| store.release(claim))
    }

    fn append(&self, claim: &Claim, at: Timestamp, event: Event) -> BoxFuture<'_, Result<Entry, StoreError>> {
        let (claim, write) = (claim.clone(), Write::Append(claim.run.clone(), at, Box::new(event.clone())));
        self.around(write, move |store| store.append(&claim, at, event))
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.around(Write::Flush, |store| store.flush())
    }

    fn entries(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        self.store.entries(run)
    }

    fn remove(&self, run: RunId) -> BoxFuture<'_, Result<Removed, StoreError>> {
        self.around(Write::Remove(run.clone()), move |store| store.remove(run))
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
        let (claim, write) = (claim.clone(), Write::State(claim.run.clone(), Box::new(request.clone())));
        self.around(write, move |store| store.state(&claim, request))
    }

    fn turn(&self, claim: &Claim) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        let claim = claim.clone();
        self.around(Write::Turn(claim.run.clone()), move |store| store.turn(&claim))
    }

    fn signal(&self, run: RunId, at: Timestamp, signal: Signal) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.around(Write::Signal(run.clone(), at, signal.clone()), move |store| store.signal(run, at, signal))
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
        let (claim, write) = (claim.clone(), Write::Take(claim.run.clone(), at, number, event.clone().map(Box::new)));
        self.around(write, move |store| store.take(&claim, at, number, event))
    }

    fn publish(&self, at: Timestamp, publication: Publication) -> BoxFuture<'_, Result<Published, StoreError>> {
        self.around(Write::Publish(at, publication.clone()), move |store| store.publish(at, publication))
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
        self.around(Write::Cursor(name.clone(), to), move |store| store.move_cursor(name, to))
    }

    fn circuits(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, StoreError>> {
        self.store.circuits()
    }

    fn note_circuit(&self, name: String, was: Option<String>, is: String) -> BoxFuture<'_, Result<bool, StoreError>> {
        let write = Write::Circuit(name.clone(), was.clone(), is.clone());
        self.around(write, move |store| store.note_circuit(name, was, is))
    }

    fn put_blob(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>> {
        self.around(Write::Blob(bytes.clone()), move |store| store.put_blob(bytes))
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
        self.around(Write::Deploy, move |store| store.deploy(version, weight, at, by))
    }

    fn redeploy(
        &self,
        workflow: String,
        wish: Wish,
        at: Timestamp,
        by: String,
    ) -> BoxFuture<'_, Result<Option<Deployment>, StoreError>> {
        self.around(Write::Redeploy, move |store| store.redeploy(workflow, wish, at, by))
    }

    fn versions(&self) -> BoxFuture<'_, Result<Vec<Version>, StoreError>> {
        self.store.versions()
    }

    fn history(&self, workflow: String) -> BoxFuture<'_, Result<Vec<Deployment>, StoreError>> {
        self.store.history(workflow)
    }
}
