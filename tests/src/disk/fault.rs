//! How a disk fails: which operation, with which code, and for how long. It does not know which file.

use std::ffi::c_int;

/// The codes of SQLite with which its VFS tells failures.
pub mod code {
    pub use rusqlite::ffi::{
        SQLITE_CANTOPEN as CANT_OPEN, SQLITE_FULL as FULL, SQLITE_IOERR_DELETE as DELETE, SQLITE_IOERR_FSYNC as SYNC,
        SQLITE_IOERR_READ as READ, SQLITE_IOERR_SHMMAP as MAP, SQLITE_IOERR_TRUNCATE as TRUNCATE,
        SQLITE_IOERR_WRITE as WRITE, SQLITE_READONLY as READ_ONLY,
    };
}

/// A kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file is opened.
    Open,
    /// Bytes are read.
    Read,
    /// Bytes are written; one that fails has written its first half.
    Write,
    /// A file is cut off.
    Truncate,
    /// What was written to a file is made durable.
    Sync,
    /// A file is deleted.
    Delete,
    /// Memory is shared between the connections.
    Map,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 7] =
        [Kind::Open, Kind::Read, Kind::Write, Kind::Truncate, Kind::Sync, Kind::Delete, Kind::Map];
}

/// For how long it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// One operation.
    Once,
    /// Until somebody does something about it.
    UntilMended,
}

/// A failure to come.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    kind: Kind,
    left: u64,
    code: c_int,
    lasts: Lasts,
    struck: u64,
}

impl Fault {
    /// Fails the operation of this kind that comes after so many others of it.
    #[must_use]
    pub fn after(left: u64, kind: Kind, code: c_int, lasts: Lasts) -> Fault {
        Fault { kind, left, code, lasts, struck: 0 }
    }

    pub(super) fn has_struck(&self) -> bool {
        self.struck > 0
    }

    pub(super) fn meets(&mut self, kind: Kind) -> Option<c_int> {
        if kind != self.kind || (self.struck > 0 && self.lasts == Lasts::Once) {
            return None;
        }
        if self.left > 0 {
            self.left -= 1;
            return None;
        }
        self.struck += 1;
        Some(self.code)
    }
}
