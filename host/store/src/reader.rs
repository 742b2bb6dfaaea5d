//! The connections that only read. They never wait for the writer, and the writer never waits for them. It does not
//! know what is read.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::fault::Fault;
use crate::open::{Settings, open_reader};

/// Connections kept open for the next reader; more are opened when needed and closed after use.
const IDLE: usize = 4;

/// A few open connections.
pub(crate) struct Readers {
    path: PathBuf,
    settings: Settings,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, settings: Settings) -> Self {
        Readers { path, settings, idle: Mutex::new(Vec::new()) }
    }

    /// Reads one consistent picture: everything that was committed when it begins, and nothing later.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        let kept = self.lock().pop();
        let connection = kept.map_or_else(|| open_reader(&self.path, self.settings), Ok)?;
        let transaction = connection.unchecked_transaction()?;
        let result = read(&transaction);
        let ended = transaction.finish();
        let mut idle = self.lock();
        if ended.is_ok() && idle.len() < IDLE {
            idle.push(connection);
        }
        result
    }

    /// Closes the connections that nobody uses.
    pub(crate) fn close(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
