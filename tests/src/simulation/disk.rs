//! A store whose host dies after so many writes, and what is left of it then: all, if only the process died, or with the
//! power all that was flushed and some of what came after. It does not know what is written.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use baton_journal::{
    BoxFuture, Claim, Digest, Entry, Event, Publication, Published, Removed, RunId, RunSummary, Sent, Signal,
    StateReply, StateRequest, Store, StoreError, Timestamp,
};
use baton_store::MemoryStore;

use crate::seeded::Seeded;

pub(super) struct Disk {
    store: MemoryStore,
    log: Mutex<Log>,
}

struct Log {
    /// Writes until the host dies.
    life: usize,
    is_dead: bool,
    written: Vec<Write>,
    /// How many of them are durable.
    flushed: usize,
}

#[derive(Clone)]
enum Write {
    Blob(Vec<u8>),
    Create(RunId, Timestamp, Box<Event>),
    Append(RunId, Timestamp, Box<Event>),
    State(RunId, Box<StateRequest>),
    Remove(RunId),
    Signal(RunId, Timestamp, Signal),
    Take(RunId, Timestamp, u64, Option<Box<Event>>),
    Turn(RunId),
    Publish(Timestamp, Publication),
    Cursor(String, u64),
}

impl Disk {
    /// An empty one, whose host lives for so many writes.
    pub(super) fn new(life: usize) -> Self {
        let log = Log { life, is_dead: false, written: Vec::new(), flushed: 0 };
        Disk { store: MemoryStore::new(), log: Mutex::new(log) }
    }

    pub(super) fn is_dead(&self) -> bool {
        self.log().is_dead
    }

    /// The run, if its beginning is there.
    pub(super) async fn run(&self) -> Option<RunId> {
        self.store.runs(1).await.unwrap().first().map(|summary| summary.run.clone())
    }

    /// The URLs of requests whose answers are there.
    pub(super) async fn answered(&self) -> BTreeSet<String> {
        let Some(run) = self.run().await else { return BTreeSet::new() };
        let entries = self.store.entries(run).await.unwrap();
        entries.iter().filter_map(url_of_answer).collect()
    }

    /// What the next host finds, and how many writes are gone.
    pub(super) async fn survivor(&self, seeded: &mut Seeded, life: usize) -> (Disk, u64) {
        let (written, flushed) = {
            let log = self.log();
            (log.written.clone(), log.flushed)
        };
        let is_power_cut = seeded.below(2) == 0;
        let kept = if is_power_cut { flushed + seeded.below(written.len() - flushed + 1) } else { written.len() };
        let lost = (written.len() - kept) as u64;
        let survivor = Disk::new(usize::MAX);
        for write in &written[..kept] {
            survivor.repeat(write).await;
        }
        let mut log = survivor.log();
        (log.life, log.flushed, log.written) = (life, kept, written[..kept].to_vec());
        drop(log);
        (survivor, lost)
    }

    /// Makes a write of another disk once more.
    async fn repeat(&self, write: &Write) {
        match write.clone() {
            Write::Blob(bytes) => drop(self.store.put_blob(bytes).await.unwrap()),
            Write::Create(run, at, event) => {
                let (claim, _) = self.store.create(run, at, *event).await.unwrap();
                self.store.release(claim).await.unwrap();
            }
            Write::Append(run, at, event) => {
                let claim = self.store.claim(run).await.unwrap();
                self.store.append(&claim, at, *event).await.unwrap();
                self.store.release(claim).await.unwrap();
            }
            Write::State(run, request) => {
                let claim = self.store.claim(run).await.unwrap();
                drop(self.store.state(&claim, *request).await.unwrap());
                self.store.release(claim).await.unwrap();
            }
            Write::Remove(run) => drop(self.store.remove(run).await.unwrap()),
            Write::Signal(run, at, signal) => drop(self.store.signal(run, at, signal).await.unwrap()),
            Write::Take(run, at, number, event) => {
                let claim = self.store.claim(run).await.unwrap();
                self.store.take(&claim, at, number, event.map(|event| *event)).await.unwrap();
                self.store.release(claim).await.unwrap();
            }
            Write::Turn(run) => {
                let claim = self.store.claim(run).await.unwrap();
                self.store.turn(&claim).await.unwrap();
                self.store.release(claim).await.unwrap();
            }
            Write::Publish(at, publication) => drop(self.store.publish(at, publication).await.unwrap()),
            Write::Cursor(name, to) => self.store.move_cursor(name, to).await.unwrap(),
        }
    }

    /// Lets a write through, or not any more.
    fn write(&self, write: Write) -> Result<(), StoreError> {
        let mut log = self.log();
        if log.life == 0 || log.is_dead {
            log.is_dead = true;
            return Err(dead());
        }
        log.life -= 1;
        log.written.push(write);
        Ok(())
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.is_dead() { Err(dead()) } else { Ok(()) }
    }
}

fn dead() -> StoreError {
    StoreError::Io("the host died here".to_owned())
}

fn url_of_answer(entry: &Entry) -> Option<String> {
    let Event::HostCall { operation, request, .. } = &entry.event else { return None };
    let request: serde_json::Value = serde_json::from_str(request.as_str()?).ok()?;
    (operation == "http.fetch").then(|| request["url"].as_str().map(str::to_owned))?
}

impl Store for Disk {
    fn create(&self, run: RunId, at: Timestamp, started: Event) -> BoxFuture<'_, Result<(Claim, Entry), StoreError>> {
        Box::pin(async move {
            self.write(Write::Create(run.clone(), at, Box::new(started.clone())))?;
            self.store.create(run, at, started).await
        })
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
            self.write(Write::Append(claim.run.clone(), at, Box::new(event.clone())))?;
            self.store.append(&claim, at, event).await
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            self.alive()?;
            let mut log = self.log();
            log.flushed = log.written.len();
            Ok(())
        })
    }

    fn entries(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        self.store.entries(run)
    }

    fn remove(&self, run: RunId) -> BoxFuture<'_, Result<Removed, StoreError>> {
        Box::pin(async move {
            self.write(Write::Remove(run.clone()))?;
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
            self.write(Write::State(claim.run.clone(), Box::new(request.clone())))?;
            self.store.state(&claim, request).await
        })
    }

    fn turn(&self, claim: &Claim) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        let claim = claim.clone();
        Box::pin(async move {
            self.write(Write::Turn(claim.run.clone()))?;
            self.store.turn(&claim).await
        })
    }

    fn signal(&self, run: RunId, at: Timestamp, signal: Signal) -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(async move {
            self.write(Write::Signal(run.clone(), at, signal.clone()))?;
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
            self.write(Write::Take(claim.run.clone(), at, number, event.clone().map(Box::new)))?;
            self.store.take(&claim, at, number, event).await
        })
    }

    fn publish(&self, at: Timestamp, publication: Publication) -> BoxFuture<'_, Result<Published, StoreError>> {
        Box::pin(async move {
            self.write(Write::Publish(at, publication.clone()))?;
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
            self.write(Write::Cursor(name.clone(), to))?;
            self.store.move_cursor(name, to).await
        })
    }

    fn put_blob(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>> {
        Box::pin(async move {
            self.write(Write::Blob(bytes.clone()))?;
            self.store.put_blob(bytes).await
        })
    }

    fn blob(&self, digest: Digest) -> BoxFuture<'_, Result<Vec<u8>, StoreError>> {
        self.store.blob(digest)
    }
}
