//! Makes a new store so that it is there as a whole or not at all: it is built under another name and then linked into
//! place. Therefore an empty or short file under the store's name is damage, never a store that was just being made.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use baton_journal::StoreError;
use rusqlite::{Connection, OpenFlags};

use crate::fault::{io_error, sql_error};
use crate::schema::{APPLICATION_ID, FORMAT, TABLES};

/// Tells the drafts of this process apart.
static DRAFTS: AtomicU32 = AtomicU32::new(0);

/// Makes the store at this path unless there is one, and its folder where it is missing.
pub(crate) fn create_if_missing(path: &Path) -> Result<(), StoreError> {
    if path.try_exists().map_err(|e| io_error("looking for", path, &e))? {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    make_folder(folder).map_err(|e| io_error("creating the folder", folder, &e))?;
    refuse_orphaned_log(path)?;
    let draft = beside(path, &format!(".new-{}-{}", process::id(), DRAFTS.fetch_add(1, Ordering::Relaxed)));
    remove(&draft);
    let made = build(&draft).and_then(|()| put_in_place(&draft, path));
    remove(&draft);
    made
}

/// Removes a draft, also one that a killed process left.
fn remove(draft: &Path) {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let _ = fs::remove_file(beside(draft, suffix)); // a leftover is only untidy
    }
}

/// Creates a folder, and those above it, for the owner only.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Options for a file that only the owner may read and write.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The path with something added to its last part.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A log without its store would be played into a new one.
fn refuse_orphaned_log(path: &Path) -> Result<(), StoreError> {
    let log = beside(path, "-wal");
    let orphaned = log.try_exists().and_then(|log| Ok(log && !path.try_exists()?)); // unless it was just made
    if orphaned.map_err(|e| io_error("looking for", &log, &e))? {
        let what = format!("{} is there, but the store that it belongs to is not", log.display());
        return Err(StoreError::Corrupt { what });
    }
    Ok(())
}

fn build(draft: &Path) -> Result<(), StoreError> {
    let file = private_file().create(true).truncate(true).open(draft).map_err(|e| io_error("creating", draft, &e))?;
    drop(file);
    fill(draft).map_err(|e| sql_error(&e, &draft.display().to_string()))?;
    File::open(draft).and_then(|made| made.sync_all()).map_err(|e| io_error("syncing", draft, &e))
}

/// Without waiting for the disk at each step: the draft is synced as a whole, or thrown away.
fn fill(draft: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(draft, flags)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?; // before the first table
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT)?;
    let transaction = connection.transaction()?;
    for table in TABLES {
        transaction.execute_batch(table)?;
    }
    transaction.execute("INSERT INTO flushes (id, count) VALUES (1, 0)", [])?;
    transaction.commit()?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error)
}

fn put_in_place(draft: &Path, path: &Path) -> Result<(), StoreError> {
    match fs::hard_link(draft, path) {
        Ok(()) => sync_folder(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()), // another process was faster
        Err(error) => Err(io_error("creating", path, &error)),
    }
}

fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    File::open(folder).and_then(|opened| opened.sync_all()).map_err(|e| io_error("syncing", folder, &e))
}
