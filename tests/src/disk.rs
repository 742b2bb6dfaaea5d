//! A disk under a store: it writes down all that reaches it, and fails when it is told to. It does not know what the
//! files mean.
//!
//! SQLite reaches its files through a VFS; [`Disk::settings`] names one (`shim`) that passes everything on to the system's,
//! shared memory and locks included, and tells the disk of the folder. Only a sync is not passed on: what is durable is
//! what the log of operations says. `image` builds from the log what a power cut leaves.

mod fault;
mod image;
mod operation;
#[expect(unsafe_code, reason = "a VFS of SQLite is a table of C functions")]
mod shim;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use baton_store::Settings;

pub use fault::{Fault, Kind, Lasts, code};
pub use image::{Image, Syncs};
pub use operation::{Files, Operation, Recording};

/// The disks that stand under some folder.
static DISKS: Mutex<Vec<Weak<Disk>>> = Mutex::new(Vec::new());

/// The disk under the files of one folder.
pub struct Disk {
    folder: PathBuf,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    log: Vec<Operation>,
    counts: [u64; Kind::ALL.len()],
    fault: Option<Fault>,
}

impl Disk {
    /// Puts a disk under a folder, until it is dropped.
    #[must_use]
    pub fn under(folder: &Path) -> Arc<Disk> {
        shim::register();
        let folder = folder.canonicalize().unwrap(); // as SQLite names its files
        let disk = Arc::new(Disk { folder, heard: Mutex::default() });
        let mut disks = lock(&DISKS);
        disks.retain(|disk| disk.strong_count() > 0);
        disks.push(Arc::downgrade(&disk));
        disk
    }

    /// How a store is opened so that it stands on this disk; its log is copied often, so that short works meet that too.
    #[must_use]
    pub fn settings() -> Settings {
        Settings { vfs: Some(shim::NAME), log_pages: 48, ..Settings::default() }
    }

    /// The disk under this file.
    fn of(path: &Path) -> Option<Arc<Disk>> {
        let folder = path.parent()?;
        lock(&DISKS).iter().filter_map(Weak::upgrade).find(|disk| disk.folder == folder)
    }

    /// Writes down that the workload has come to a point of its own.
    pub fn mark(&self, point: usize) {
        self.note(Operation::Mark(point));
    }

    /// How many operations of this kind were asked for.
    #[must_use]
    pub fn count(&self, kind: Kind) -> u64 {
        self.heard().counts[kind as usize]
    }

    /// Fails from now on as told; operations are counted from now on too.
    pub fn fail(&self, fault: Fault) {
        let mut heard = self.heard();
        heard.counts = Default::default();
        heard.fault = Some(fault);
    }

    /// Whether an operation has failed as told.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.heard().fault.is_some_and(|fault| fault.has_struck())
    }

    /// Fails no more.
    pub fn mend(&self) {
        self.heard().fault = None;
    }

    /// All that reached it.
    #[must_use]
    pub fn log(&self) -> Vec<Operation> {
        self.heard().log.clone()
    }

    /// Counts an operation; the code with which it fails, if it does.
    fn meets(&self, kind: Kind) -> Option<i32> {
        let mut heard = self.heard();
        heard.counts[kind as usize] += 1;
        heard.fault.as_mut().and_then(|fault| fault.meets(kind))
    }

    fn note(&self, operation: Operation) {
        self.heard().log.push(operation);
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        lock(&self.heard)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
