//! Shows whether a living process drives a run: one locked file for each run that this process has claimed. The kernel
//! gives a lock back when its process dies, however it dies. It does not fence: that is the epoch's work, in the
//! database, for the cases where a lock can't be trusted (a network file system, a deleted folder).

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use baton_journal::{Claim, RunId, StoreError};

use crate::create::{beside, make_folder, private_file};
use crate::fault::io_error;

/// The claims of this process.
pub(crate) struct Locks {
    folder: PathBuf,
    held: HashMap<RunId, Held>,
    fresh: Vec<RunId>, // taken in a transaction that is not yet committed
}

struct Held {
    epoch: u64,
    file: File,
}

impl Drop for Held {
    /// Closing would unlock too, but not while a process that was just forked still has a copy of the file.
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}

/// Whether a living process, this one included, drives a run of the store. To look, the lock is taken for a moment.
pub(crate) fn is_driven(store: &Path, run: &RunId) -> bool {
    is_locked(&beside(store, ".locks").join(run.as_str()))
}

/// Who may not look, as in another user's store, takes the run for driven: that is what its journal says.
fn is_locked(path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => file.try_lock_shared().is_err() || file.unlock().is_err(),
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

impl Locks {
    /// No claims yet; the files are in a folder beside the store.
    pub(crate) fn of(store: &Path) -> Self {
        Locks { folder: beside(store, ".locks"), held: HashMap::new(), fresh: Vec::new() }
    }

    /// Takes the lock of a run, until it is released or the transaction is rolled back.
    pub(crate) fn take(&mut self, run: &RunId, epoch: u64) -> Result<(), StoreError> {
        if self.held.contains_key(run) {
            return Err(StoreError::Claimed(run.clone()));
        }
        let file = self.open(run)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Claimed(run.clone())),
            Err(TryLockError::Error(error)) => return Err(io_error("locking", &self.path(run), &error)),
        }
        self.held.insert(run.clone(), Held { epoch, file });
        self.fresh.push(run.clone());
        Ok(())
    }

    /// Whether this process holds exactly this claim.
    pub(crate) fn holds(&self, claim: &Claim) -> bool {
        self.held.get(&claim.run).is_some_and(|held| held.epoch == claim.epoch)
    }

    /// Whether a living process, this one included, drives a run.
    pub(crate) fn is_driven(&self, run: &RunId) -> bool {
        self.held.contains_key(run) || is_locked(&self.path(run))
    }

    /// Gives a claim back.
    pub(crate) fn release(&mut self, claim: &Claim) {
        if self.holds(claim) {
            self.held.remove(&claim.run);
        }
    }

    /// Removes the file of a run that nobody will claim again.
    pub(crate) fn forget(&self, run: &RunId) {
        let _ = fs::remove_file(self.path(run)); // a leftover is only untidy
    }

    /// Keeps what was taken since the last call of this or [`Locks::roll_back`].
    pub(crate) fn keep(&mut self) {
        self.fresh.clear();
    }

    /// Gives back what was taken since.
    pub(crate) fn roll_back(&mut self) {
        for run in std::mem::take(&mut self.fresh) {
            self.held.remove(&run);
        }
    }

    fn open(&self, run: &RunId) -> Result<File, StoreError> {
        make_folder(&self.folder).map_err(|e| io_error("creating the folder", &self.folder, &e))?;
        let path = self.path(run);
        private_file().create(true).truncate(false).open(&path).map_err(|e| io_error("opening", &path, &e))
    }

    fn path(&self, run: &RunId) -> PathBuf {
        self.folder.join(run.as_str()) // 26 letters and digits: no way out of the folder
    }
}
