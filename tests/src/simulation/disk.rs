//! A store whose host dies after so many writes, and what is left of it then: all, if only the process died, or with the
//! power all that was flushed and some of what came after. It does not know what is written.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use baton_journal::{Entry, Event, RunId, StoreError};
use baton_store::MemoryStore;

use crate::seeded::Seeded;
use crate::watched::{Watch, Watched, Write};

pub(super) type Disk = Watched<Mutex<Log>>;

/// What was written.
pub(super) struct Log {
    /// Writes until the host dies.
    life: usize,
    is_dead: bool,
    written: Vec<Write>,
    /// How many of them are durable.
    flushed: usize,
}

impl Watched<Mutex<Log>> {
    /// An empty one, whose host lives for so many writes.
    pub(super) fn new(life: usize) -> Self {
        let log = Log { life, is_dead: false, written: Vec::new(), flushed: 0 };
        Watched { store: Arc::new(MemoryStore::new()), watch: Mutex::new(log) }
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
            Write::Claim(_)
            | Write::Release(_)
            | Write::Flush
            | Write::Circuit(..)
            | Write::Deploy
            | Write::Redeploy => {}
        }
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
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

impl Watch for Mutex<Log> {
    /// Lets a write through, or not any more.
    fn before(&self, write: &Write) -> Result<(), StoreError> {
        let mut log = self.lock().unwrap_or_else(PoisonError::into_inner);
        match write {
            Write::Claim(_) | Write::Release(_) | Write::Circuit(..) => Ok(()),
            Write::Flush => log.flush(),
            write => log.write(write.clone()),
        }
    }
}

impl Log {
    fn flush(&mut self) -> Result<(), StoreError> {
        if self.is_dead {
            return Err(dead());
        }
        self.flushed = self.written.len();
        Ok(())
    }

    fn write(&mut self, write: Write) -> Result<(), StoreError> {
        if self.life == 0 || self.is_dead {
            self.is_dead = true;
            return Err(dead());
        }
        self.life -= 1;
        self.written.push(write);
        Ok(())
    }
}
