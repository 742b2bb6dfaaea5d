//! A small work on a store whose disk fails at one operation: everything that a store is asked for occurs in it once. It does
//! not know what is expected of the store then.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use baton_journal::{Claim, Event, StateOp, Store, StoreError, Timestamp};
use baton_store::SqliteStore;
use tempfile::TempDir;

use crate::disk::{Disk, Fault, Files};
use crate::history::{Found, History, KEYS, Step, ended, host_call, request, run_id, started};

/// A store on a disk of its own, and what was done to it.
pub struct Trial {
    folder: TempDir,
    /// Its file.
    pub path: PathBuf,
    /// The disk.
    pub disk: Arc<Disk>,
    /// The store, if it could be opened and is not closed.
    pub store: Option<SqliteStore>,
    /// What it has answered.
    pub history: History,
    /// What it has refused, in its order.
    pub refusals: Vec<StoreError>,
    claim: Option<Claim>,
}

/// An empty store as bytes: to make one takes longer than the work.
#[must_use]
pub fn empty() -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("baton.db");
    drop(SqliteStore::open(&path).unwrap());
    std::fs::read(path).unwrap()
}

impl Trial {
    /// Does the work on a disk with this fault.
    pub async fn of(empty: &[u8], fault: Fault) -> Trial {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("baton.db");
        std::fs::write(&path, empty).unwrap();
        let disk = Disk::under(folder.path());
        disk.fail(fault);
        let (history, refusals) = Default::default();
        let mut trial = Trial { folder, path, disk, store: None, history, refusals, claim: None };
        match open(&trial.path) {
            Ok(store) => trial.store = Some(store),
            Err(error) => trial.refusals.push(error),
        }
        trial.work().await;
        trial
    }

    /// Whether the fault strikes: if it has not until now, the store is closed, which needs the disk too.
    pub fn fails(&mut self) -> bool {
        if !self.disk.has_failed() {
            self.store = None;
        }
        self.disk.has_failed()
    }

    /// Closes the store, has the disk work again, and opens the store on it.
    ///
    /// # Errors
    /// It can't be opened.
    pub fn mend(&mut self) -> Result<(), StoreError> {
        self.store = None;
        self.disk.mend();
        self.reopen()
    }

    /// Opens the store once more.
    ///
    /// # Errors
    /// It can't be opened.
    pub fn reopen(&mut self) -> Result<(), StoreError> {
        (self.store, self.claim) = (None, None); // it is closed before it is opened again
        self.store = Some(open(&self.path)?);
        Ok(())
    }

    /// Closes the store, and opens the one of other files in its place.
    ///
    /// # Errors
    /// It can't be opened.
    pub fn replace_disk(&mut self, files: &Files) -> Result<(), StoreError> {
        self.store = None;
        let folder = TempDir::new().unwrap();
        files.iter().for_each(|(name, bytes)| std::fs::write(folder.path().join(name), bytes).unwrap());
        self.path = folder.path().join("baton.db");
        self.folder = folder;
        self.store = Some(SqliteStore::open(&self.path)?);
        Ok(())
    }

    /// Goes on with the run, or begins it: nothing may be refused.
    pub async fn go_on(&mut self) {
        let refused = self.refusals.len();
        self.begin().await;
        self.append(20).await;
        self.change(KEYS[2]).await;
        self.flush().await;
        assert_eq!(self.refusals.len(), refused, "{:?}", self.refusals.last());
    }

    /// What is in the store.
    ///
    /// # Errors
    /// It can't be read.
    pub async fn found(&self) -> Result<Found, StoreError> {
        Found::of(self.store.as_ref().unwrap(), &self.history).await
    }

    async fn work(&mut self) {
        self.begin().await;
        self.append(20).await;
        self.change(KEYS[0]).await;
        self.append(220_000).await; // so that the log is copied
        self.put().await;
        self.flush().await;
        self.release().await;
        self.begin().await;
        self.append(220_000).await;
        self.change(KEYS[1]).await;
        self.read().await;
        self.flush().await;
        self.write(ended()).await;
        self.release().await;
        self.flush().await;
    }

    /// Begins the run, or claims it; another one if it has ended.
    async fn begin(&mut self) {
        let Some(store) = &self.store else { return };
        for number in 1..3 {
            let claimed = match store.claim(run_id(number)).await {
                Err(StoreError::NoSuchRun(_)) => store.create(run_id(number), Timestamp(0), started()).await,
                Err(StoreError::Ended(_)) => continue,
                Err(StoreError::Claimed(_)) if self.claim.is_some() => return,
                Err(error) => Err(error),
                Ok(claim) => return self.claim = Some(claim),
            };
            let step = claimed.map(|(claim, entry)| {
                let step = Step::Entry(claim.run.clone(), Box::new(entry));
                self.claim = Some(claim);
                step
            });
            return self.note(step);
        }
    }

    async fn append(&mut self, length: usize) {
        self.write(host_call(self.history.steps.len() as u32, length)).await;
    }

    async fn write(&mut self, event: Event) {
        let (Some(store), Some(claim)) = (&self.store, &self.claim) else { return };
        let entry = store.append(claim, Timestamp(0), event).await;
        let step = entry.map(|entry| Step::Entry(claim.run.clone(), Box::new(entry)));
        self.note(step);
    }

    async fn change(&mut self, key: &str) {
        let (Some(store), Some(claim)) = (&self.store, &self.claim) else { return };
        let op = StateOp::Set { key: key.to_owned(), value: "1".to_owned(), ttl_ms: None };
        let call = self.history.steps.len() as u32;
        let changed = store.state(claim, request(&claim.run, call, op)).await;
        self.note(changed.map(|_| Step::Value(key.to_owned(), Some("1".to_owned()))));
    }

    async fn put(&mut self) {
        let Some(store) = &self.store else { return };
        let put = store.put_blob(vec![7; 9000]).await;
        self.note(put.map(Step::Blob));
    }

    async fn flush(&mut self) {
        let Some(store) = &self.store else { return };
        let flushed = store.flush().await;
        self.refusals.extend(flushed.err());
    }

    async fn release(&mut self) {
        let (Some(store), Some(claim)) = (&self.store, self.claim.take()) else { return };
        let released = store.release(claim).await;
        self.refusals.extend(released.err());
    }

    async fn read(&mut self) {
        let Some(store) = &self.store else { return };
        match Found::of(store, &self.history).await {
            Ok(found) => {
                assert!(self.history.agrees(&found, 0), "an open store reads other things than it has answered");
            }
            Err(error) => self.refusals.push(error),
        }
    }

    fn note(&mut self, answered: Result<Step, StoreError>) {
        match answered {
            Ok(step) => self.history.steps.push(step),
            Err(error) => self.refusals.push(error),
        }
    }
}

fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open_with(path, Disk::settings())
}
