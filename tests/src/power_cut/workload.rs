//! Works on a store as hosts do, by a seed: several runs at once, entries small and large, state, bytes, claims, flushes, and
//! now and then all is closed and opened again. It does not know what becomes of the disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use baton_journal::{Claim, Event, StateOp, Store, Timestamp};
use baton_store::SqliteStore;

use crate::disk::{Disk, Files, Recording};
use crate::history::{History, KEYS, Step, ended, host_call, request, run_id, started};
use crate::seeded::Seeded;

/// The file of the store.
pub(super) const FILE: &str = "baton.db";

/// The memory that connections share: it is never synced, and may hold anything after a cut.
pub(super) const SHARED: &str = "baton.db-shm";

/// How much one workload does: the log is copied several times meanwhile.
const ACTIONS: usize = 120;

/// The most runs that are open at once.
const OPEN: usize = 4;

/// A work that was done.
pub struct Worked {
    /// What reached the disk. Each mark is the number of changes that a flush had acknowledged.
    pub recording: Recording,
    /// What was changed.
    pub history: History,
}

struct Working {
    seeded: Seeded,
    disk: Arc<Disk>,
    path: PathBuf,
    stores: Option<Stores>,
    claims: Vec<Claim>,
    begun: u128,
    calls: u32,
    history: History,
}

/// One store, opened twice, as two processes do.
struct Stores {
    works: SqliteStore,
    flushes: SqliteStore,
}

impl Worked {
    /// Does the work of a seed.
    pub async fn with(seed: u64) -> Worked {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        drop(SqliteStore::open(&path).unwrap()); // made before the disk is watched: it is linked into place as a whole
        let before = files(folder.path());
        let mut working = Working::on(&path, Seeded::new(seed));
        for _ in 0..ACTIONS {
            working.act().await;
        }
        let Working { stores, disk, history, .. } = working;
        drop(stores);
        Worked { recording: Recording { before, log: disk.log() }, history }
    }
}

fn files(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect()
}

impl Stores {
    fn at(path: &Path) -> Option<Stores> {
        let open = || SqliteStore::open_with(path, Disk::settings()).unwrap();
        Some(Stores { works: open(), flushes: open() })
    }
}

impl Working {
    fn on(path: &Path, seeded: Seeded) -> Working {
        let (disk, path) = (Disk::under(path.parent().unwrap()), path.to_owned());
        let (stores, history) = (Stores::at(&path), History::default());
        Working { seeded, disk, path, stores, claims: Vec::new(), begun: 0, calls: 0, history }
    }

    async fn act(&mut self) {
        match self.seeded.below(20) {
            0 | 1 => self.begin().await,
            2..=6 => self.append(40).await,
            7 | 8 => self.append(40_000).await,
            9 | 10 => self.append_to_all().await,
            11..=13 => self.change_state().await,
            14 => self.put().await,
            15 => self.claim_again().await,
            16 if self.seeded.below(2) == 0 => self.end().await,
            17 if self.seeded.below(2) == 0 => self.reopen().await,
            _ => self.flush().await,
        }
    }

    async fn begin(&mut self) {
        if self.claims.len() < OPEN {
            self.begun += 1;
            let (claim, entry) = self.store().create(run_id(self.begun), self.now(), started()).await.unwrap();
            self.history.steps.push(Step::Entry(claim.run.clone(), Box::new(entry)));
            self.claims.push(claim);
        }
    }

    async fn append(&mut self, most: usize) {
        let event = self.call(most);
        self.append_event(event).await;
    }

    async fn append_event(&mut self, event: Event) {
        let Some(claim) = self.any() else { return };
        let entry = self.store().append(&claim, self.now(), event).await.unwrap();
        self.history.steps.push(Step::Entry(claim.run, Box::new(entry)));
    }

    /// In one transaction, in this order.
    async fn append_to_all(&mut self) {
        let (claims, now) = (self.claims.clone(), self.now());
        let events: Vec<Event> = claims.iter().map(|_| self.call(2000)).collect();
        let appends = claims.iter().zip(events).map(|(claim, event)| self.store().append(claim, now, event));
        let entries = futures_util::future::join_all(appends).await;
        let steps =
            claims.into_iter().zip(entries).map(|(claim, entry)| Step::Entry(claim.run, Box::new(entry.unwrap())));
        self.history.steps.extend(steps);
    }

    async fn change_state(&mut self) {
        let Some(claim) = self.any() else { return };
        self.calls += 1;
        let key = KEYS[self.seeded.below(KEYS.len())].to_owned();
        let value = (self.seeded.below(4) > 0).then(|| format!("\"{}\"", "x".repeat(self.seeded.below(3000))));
        let op = match value.clone() {
            Some(value) => StateOp::Set { key: key.clone(), value, ttl_ms: None },
            None => StateOp::Delete { key: key.clone() },
        };
        self.store().state(&claim, request(&claim.run, self.calls, op)).await.unwrap();
        self.history.steps.push(Step::Value(key, value));
    }

    async fn put(&mut self) {
        let words = 1 + self.seeded.below(4000);
        let bytes = self.seeded.bytes(words);
        let digest = self.store().put_blob(bytes).await.unwrap();
        self.history.steps.push(Step::Blob(digest));
    }

    async fn claim_again(&mut self) {
        if let Some(claim) = self.any() {
            self.claims.retain(|other| other.run != claim.run);
            self.store().release(claim.clone()).await.unwrap();
            self.claims.push(self.store().claim(claim.run).await.unwrap());
        }
    }

    async fn end(&mut self) {
        let Some(claim) = self.any() else { return };
        self.claims.retain(|other| other.run != claim.run);
        let entry = self.store().append(&claim, self.now(), ended()).await.unwrap();
        self.history.steps.push(Step::Entry(claim.run.clone(), Box::new(entry)));
        self.store().release(claim).await.unwrap();
    }

    async fn reopen(&mut self) {
        self.stores = None; // the last to close copies the log and deletes it
        self.stores = Stores::at(&self.path);
        for claim in &mut self.claims {
            *claim = self.stores.as_ref().unwrap().works.claim(claim.run.clone()).await.unwrap();
        }
    }

    async fn flush(&mut self) {
        let other = self.seeded.below(4) == 0;
        let store = if other { &self.stores.as_ref().unwrap().flushes } else { self.store() };
        store.flush().await.unwrap();
        self.disk.mark(self.history.steps.len());
    }

    fn store(&self) -> &SqliteStore {
        &self.stores.as_ref().unwrap().works
    }

    fn any(&mut self) -> Option<Claim> {
        let place = self.seeded.below(self.claims.len());
        self.claims.get(place).cloned()
    }

    fn call(&mut self, most: usize) -> Event {
        self.calls += 1;
        host_call(self.calls, self.seeded.below(most))
    }

    fn now(&self) -> Timestamp {
        Timestamp(1_700_000_000_000 + self.history.steps.len() as u64)
    }
}
