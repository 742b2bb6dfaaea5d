//! The log of the database: watches how long it is, and copies it into the file when it is long. It does not know what
//! the store does about a failure.
//!
//! SQLite can do the same by itself, and passes over errors of the disk, after which a second attempt could seem to succeed.
//! Copying inside its hook would report them as failures of a commit that has succeeded.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use crate::fault::{Severity, severity};

/// The log of one connection that writes.
pub(crate) struct Log {
    most: u32,
    pages: Arc<AtomicU32>,
}

impl Log {
    /// Watches a connection's log; it is long when it has so many pages.
    pub(crate) fn watch(sql: &mut Connection, most: u32) -> rusqlite::Result<Log> {
        let pages = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&pages);
        sql.wal_hook(Some(move |_: &mut Wal, pages: i32| {
            seen.store(pages.unsigned_abs(), Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(Log { most, pages })
    }

    /// Copies the log into the file if it was long at the last commit, as far as readers allow.
    pub(crate) fn copy_if_long(&self, sql: &Connection) -> rusqlite::Result<()> {
        if self.pages.swap(0, Ordering::Relaxed) < self.most { Ok(()) } else { copy(sql) }
    }
}

/// Copies the log into the file, as far as readers allow. Without room there it only gets longer, and who meets another
/// one that copies leaves it to that.
pub(crate) fn copy(sql: &Connection) -> rusqlite::Result<()> {
    let copied = sql.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()));
    copied.or_else(|error| match severity(&error) {
        Severity::Busy | Severity::NoRoom => Ok(()),
        Severity::Damaged | Severity::Fatal => Err(error),
    })
}
