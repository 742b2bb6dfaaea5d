//! Opens the connections to a store and refuses files that are no store, damaged, or newer. It does not read runs:
//! whether their entries are whole is checked whenever they are read, against the chain.
//!
//! Opening costs no pass over the file, only over a log that was left. The header, the file's length and the tables are
//! checked, which finds every file that was cut off and has no log; a bit that flipped inside shows when the run that it
//! belongs to is read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use baton_journal::{Quota, StoreError};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::create::{beside, create_if_missing};
use crate::fault::{io_error, sql_error};
use crate::log;
use crate::read_only::Way;
use crate::schema::{APPLICATION_ID, FORMAT, OLDEST_SQLITE, TABLES};

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long to wait for another process that is writing before giving up with [`StoreError::Locked`]. By default
    /// 5 s: transactions take milliseconds, so a longer wait means that the other process hangs.
    pub busy: Duration,
    /// The name of the registered SQLite VFS through which the store's file is read and written; none: the system's
    /// own. For tests of what a disk can do. A new store is made, and runs are locked, without it.
    pub vfs: Option<&'static str>,
    /// Pages of 4 KiB in the log after which it is copied into the file. By default 8192, which is 32 MiB: large enough
    /// that two thousand appends in transactions of their own don't pay for the disk, small enough that reading it after
    /// a crash takes some 20 ms.
    pub log_pages: u32,
    /// The most that the journal of one run may take up.
    pub quota: Quota,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { busy: Duration::from_secs(5), vfs: None, log_pages: 8192, quota: Quota::default() }
    }
}

/// Opens the connection that writes; creates the store if it is missing.
pub(crate) fn open_writer(path: &Path, settings: Settings) -> Result<(PathBuf, Connection), StoreError> {
    require_sqlite(rusqlite::version_number())?;
    let path = std::path::absolute(path).map_err(|e| io_error("finding", path, &e))?;
    create_if_missing(&path)?;
    let shown = path.display().to_string();
    let connection = connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE, settings).map_err(|e| sql_error(&e, &shown))?;
    require_store(&connection, &shown)?;
    require_log(&connection, &shown)?;
    require_whole_pages(&connection, &path)?;
    prepare_writer(&connection).map_err(|e| sql_error(&e, &shown))?;
    Ok((path, connection))
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(path: &Path, settings: Settings) -> rusqlite::Result<Connection> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, settings)
}

/// Opens a connection that takes one picture of a store, in a way that makes no file beside it.
pub(crate) fn open_to_look(path: &Path, way: Way, settings: Settings) -> Result<Connection, StoreError> {
    require_sqlite(rusqlite::version_number())?;
    let shown = path.display().to_string();
    let address = address(path, way);
    let mode = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let opened = connect(Path::new(&address), mode, settings).and_then(|connection| {
        // The last connection to close would copy the log into the file.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        if way == Way::WithoutIndex {
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?; // keeps the index in memory
        }
        Ok(connection)
    });
    let connection = opened.map_err(|e| sql_error(&e, &shown))?;
    require_store(&connection, &shown)?;
    require_whole_pages(&connection, path)?;
    Ok(connection)
}

/// The path as SQLite takes it with parameters: <https://sqlite.org/uri.html>.
fn address(path: &Path, way: Way) -> String {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => address.push(char::from(*byte)),
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address.push_str(match way {
        Way::WithLocks => "?readonly_shm=1",
        Way::Alone => "?immutable=1",
        Way::WithoutIndex => "?vfs=unix-none",
    });
    address
}

fn connect(path: &Path, mode: OpenFlags, settings: Settings) -> rusqlite::Result<Connection> {
    let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match settings.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(settings.busy)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "mmap_size", 0)?; // a mapped file that is cut off would kill the process
    Ok(connection)
}

fn prepare_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What an earlier process left in the log may be there to be read and yet never reach the disk, if a sync of it has
    // failed: it is written once more, into the file, before anything builds on it.
    log::copy(connection)
}

fn require_sqlite(version: i32) -> Result<(), StoreError> {
    if version >= OLDEST_SQLITE {
        return Ok(());
    }
    Err(StoreError::Io(format!("SQLite {version} is too old to be safe: at least {OLDEST_SQLITE} is needed")))
}

fn require_store(connection: &Connection, path: &str) -> Result<(), StoreError> {
    let number = |pragma: &str| -> Result<i32, StoreError> {
        connection.pragma_query_value(None, pragma, |row| row.get(0)).map_err(|e| sql_error(&e, path))
    };
    let corrupt = |what: &str| StoreError::Corrupt { what: format!("{path}: {what}") };
    if number("application_id")? != APPLICATION_ID {
        return Err(corrupt("it is a SQLite file, but not a store of Baton"));
    }
    let found = number("user_version")?.cast_unsigned();
    if found > FORMAT {
        return Err(StoreError::FromTheFuture { path: path.to_owned(), found, supported: FORMAT });
    }
    let tables = tables_of(connection).map_err(|e| sql_error(&e, path))?;
    if found != FORMAT || tables != BTreeSet::from(TABLES.map(str::to_owned)) {
        return Err(corrupt(&format!("its tables are not those of format {FORMAT}")));
    }
    if !has_a_root_for_each(connection).map_err(|e| sql_error(&e, path))? {
        return Err(corrupt("two of its tables begin at the same page"));
    }
    Ok(())
}

fn require_log(connection: &Connection, path: &str) -> Result<(), StoreError> {
    let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
    match mode.map_err(|e| sql_error(&e, path))?.as_str() {
        "wal" => Ok(()),
        _ => Err(StoreError::Corrupt { what: format!("{path}: it is not in WAL mode") }),
    }
}

/// SQLite sees when whole pages are missing at the end, but not when a part of one is. Beside a log that is no damage:
/// the host died while it copied the log into the file, and the page is still in there.
fn require_whole_pages(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let shown = path.display();
    let page = connection.pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0));
    let page = u64::from(page.map_err(|e| sql_error(&e, &shown.to_string()))?);
    let length = std::fs::metadata(path).map_err(|e| io_error("reading", path, &e))?.len();
    let has_log = std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0);
    if has_log || length.is_multiple_of(page.max(1)) {
        return Ok(());
    }
    Err(StoreError::Corrupt { what: format!("{shown}: it was cut off: {length} bytes are no whole number of pages") })
}

/// In no order: `VACUUM` changes it.
fn tables_of(connection: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_'";
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// A table that seems to begin where another one does would be read as that one, and may seem to be empty.
fn has_a_root_for_each(connection: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) = count(DISTINCT rootpage) FROM sqlite_schema";
    connection.query_row(sql, [], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unsafe_sqlite_is_refused() {
        assert!(require_sqlite(3_051_002).is_err());
        assert!(require_sqlite(rusqlite::version_number()).is_ok());
    }
}
