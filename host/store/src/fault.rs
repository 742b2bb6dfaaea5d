//! Tells apart what can go wrong in the database, by what the store does about it. It does not know which run or
//! operation met it.

use std::io;
use std::path::Path;

use baton_journal::StoreError;
use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_ERROR;

/// Why an operation was not carried out.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The operation is refused; nothing was written, and others in the same transaction go on.
    Refused(StoreError),
    /// The database failed.
    Sql(rusqlite::Error),
}

/// What the store does about a failure of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Another process holds the file: nothing was written, it may be tried again.
    Busy,
    /// There is no room, or no right, to write: nothing was written, and what was stays.
    NoRoom,
    /// Something on disk is not what was written: only operations that meet it fail.
    Damaged,
    /// Nobody knows what is on disk any more: the store stops.
    Fatal,
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Fault::Sql(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Fault::Refused(error)
    }
}

impl Fault {
    /// The error as callers see it.
    pub(crate) fn into_store_error(self, path: &str) -> StoreError {
        match self {
            Fault::Refused(error) => error,
            Fault::Sql(error) => sql_error(&error, path),
        }
    }
}

/// What a failure of the database means.
pub(crate) fn severity(error: &rusqlite::Error) -> Severity {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Severity::Busy,
        Some(ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::TooBig) => Severity::NoRoom,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ConstraintViolation) | None => {
            Severity::Damaged
        }
        _ if is_sql(error) => Severity::Damaged, // our SQL is right for our tables
        Some(_) => Severity::Fatal,
    }
}

/// Whether SQLite found nothing wrong but the SQL, or the format of the file.
fn is_sql(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code & 0xff == SQLITE_ERROR)
}

/// A failure of the database, as callers see it.
pub(crate) fn sql_error(error: &rusqlite::Error, path: &str) -> StoreError {
    match severity(error) {
        Severity::Busy => StoreError::Locked { path: path.to_owned() },
        Severity::Damaged => StoreError::Corrupt { what: format!("{path}: {error}") },
        Severity::NoRoom => StoreError::Unwritable { path: path.to_owned(), why: error.to_string() },
        Severity::Fatal => StoreError::Io(format!("{path}: {error}")),
    }
}

/// A failure of the file system, as callers see it.
pub(crate) fn io_error(doing: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Io(format!("{doing} {}: {error}", path.display()))
}
