//! A store that is only read: on a read-only medium, in a folder without the right to write, of another user. It does not
//! know how a store is changed, and leaves no trace beside it.
//!
//! SQLite would make an index (`-shm`) and a log (`-wal`) to read a file in WAL mode. Here each reading looks what is
//! there, and opens the file so that nothing has to be made:
//!
//! | beside the file | how it is read | while others write |
//! |---|---|---|
//! | log and index | with both, as by any reader, with the locks of one | one consistent picture, the newest |
//! | no log, or an empty one | the file alone, without locks | read again if the file changed meanwhile |
//! | a log without its index | with an index in memory, without locks | read again if a file changed meanwhile |

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use baton_journal::{
    BoxFuture, Claim, Deployed, Deployment, Digest, Entry, Event, NewVersion, Publication, Published, Removed, RunId,
    RunSummary, Sent, Signal, StateReply, StateRequest, Store, StoreError, Timestamp, Version, Weight, Wish,
};
use rusqlite::Connection;

use crate::create::beside;
use crate::fault::{Fault, io_error};
use crate::open::{Settings, open_to_look};
use crate::room::SqlRoom;
use crate::{blob, circuits, history, mail, published, state, versions};

/// How often a picture is taken before a store that changes under the reader's eyes is called [`StoreError::Locked`].
const ATTEMPTS: u32 = 5;

/// A store that is only read. Every change is refused with [`StoreError::ReadOnly`].
///
/// Each call sees one consistent picture: what was committed when it began, or a moment later. Its methods must be called
/// inside a tokio runtime.
#[derive(Clone, Debug)]
pub struct ReadOnlyStore {
    path: PathBuf,
    settings: Settings,
}

impl ReadOnlyStore {
    /// Opens the store at this path to read it. Nothing is written, and no file is made.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a file that is damaged or no store, [`StoreError::FromTheFuture`] for a newer format,
    /// and [`StoreError::Io`], also if nothing is there.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Settings::default())
    }

    /// [`ReadOnlyStore::open`], with other settings.
    ///
    /// # Errors
    /// As there.
    pub fn open_with(path: impl AsRef<Path>, settings: Settings) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let path = std::path::absolute(path).map_err(|e| io_error("finding", path, &e))?;
        let store = ReadOnlyStore { path, settings };
        store.look(|_| Ok(()))?;
        Ok(store)
    }

    /// Reads one consistent picture.
    pub(crate) fn look<T>(&self, mut read: impl FnMut(&Connection) -> Result<T, Fault>) -> Result<T, StoreError> {
        for _ in 0..ATTEMPTS {
            let before = Beside::of(&self.path)?;
            let looked = self.look_in(before.way(), &mut read);
            if before.way() == Way::WithLocks || Beside::of(&self.path)? == before {
                return looked;
            }
        }
        Err(StoreError::Locked { path: self.shown() })
    }

    /// Reads one consistent picture, and if that fails does not try again.
    pub(crate) fn look_once<T>(&self, read: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, StoreError> {
        let before = Beside::of(&self.path)?;
        let looked = self.look_in(before.way(), read);
        if before.way() == Way::WithLocks || Beside::of(&self.path)? == before {
            return looked;
        }
        Err(StoreError::Locked { path: self.shown() })
    }

    fn look_in<T>(&self, way: Way, read: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, StoreError> {
        let connection = open_to_look(&self.path, way, self.settings)?;
        let looked = connection.unchecked_transaction().map_err(Fault::from).and_then(|picture| read(&picture));
        looked.map_err(|fault| fault.into_store_error(&self.shown()))
    }

    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    fn read<T, F>(&self, read: F) -> BoxFuture<'_, Result<T, StoreError>>
    where
        T: Send + 'static,
        F: FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let store = self.clone();
        let looked = tokio::task::spawn_blocking(move || store.look(read));
        Box::pin(async move { looked.await.map_err(|_| StoreError::Io("the store is closed".to_owned()))? })
    }

    fn refuse<T: Send + 'static>(&self) -> BoxFuture<'_, Result<T, StoreError>> {
        let refused = StoreError::ReadOnly { path: self.shown() };
        Box::pin(async move { Err(refused) })
    }
}

/// How a picture is taken so that no file is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// With the log and its index, and the locks that writers look at.
    WithLocks,
    /// The file alone: all there is is in it.
    Alone,
    /// With the log, and an index in memory.
    WithoutIndex,
}

/// What lies at the path and beside it: when that stays the same, nobody wrote.
#[derive(Debug, PartialEq, Eq)]
struct Beside {
    file: (u64, Option<SystemTime>),
    log: Option<(u64, Option<SystemTime>)>,
    index: bool,
}

impl Beside {
    fn of(path: &Path) -> Result<Self, StoreError> {
        let file = fs::metadata(path).map_err(|e| io_error("reading", path, &e))?;
        let log = found(&beside(path, "-wal"))?;
        let index = found(&beside(path, "-shm"))?.is_some();
        Ok(Beside { file: mark(&file), log: log.as_ref().map(mark), index })
    }

    fn way(&self) -> Way {
        match self.log {
            Some(_) if self.index => Way::WithLocks,
            Some((length, _)) if length > 0 => Way::WithoutIndex,
            _ => Way::Alone,
        }
    }
}

fn found(path: &Path) -> Result<Option<Metadata>, StoreError> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_error("looking for", path, &error)),
    }
}

fn mark(file: &Metadata) -> (u64, Option<SystemTime>) {
    (file.len(), file.modified().ok())
}

impl Store for ReadOnlyStore {
    fn create(&self, _: RunId, _: Timestamp, _: Event) -> BoxFuture<'_, Result<(Claim, Entry), StoreError>> {
        self.refuse()
    }

    fn claim(&self, _: RunId) -> BoxFuture<'_, Result<Claim, StoreError>> {
        self.refuse()
    }

    fn release(&self, _: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.refuse()
    }

    fn append(&self, _: &Claim, _: Timestamp, _: Event) -> BoxFuture<'_, Result<Entry, StoreError>> {
        self.refuse()
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        self.refuse()
    }

    fn entries(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        self.read(move |sql| history::entries(sql, &run))
    }

    fn remove(&self, _: RunId) -> BoxFuture<'_, Result<Removed, StoreError>> {
        self.refuse()
    }

    fn runs(&self, limit: u32) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        let path = self.path.clone();
        self.read(move |sql| history::runs(sql, &path, limit))
    }

    fn open_runs(&self) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        let path = self.path.clone();
        self.read(move |sql| history::open_runs(sql, &path))
    }

    fn state(&self, _: &Claim, request: StateRequest) -> BoxFuture<'_, Result<StateReply, StoreError>> {
        if !state::is_read(&request.op) {
            return self.refuse();
        }
        if let Err(error) = state::check(&request.scope, &request.op) {
            return Box::pin(async move { Err(error) });
        }
        self.read(move |sql| state::perform(&mut SqlRoom::of(sql, &request.scope), &request))
    }

    fn turn(&self, _: &Claim) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        self.refuse()
    }

    fn signal(&self, _: RunId, _: Timestamp, _: Signal) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.refuse()
    }

    fn signals(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Sent>, StoreError>> {
        self.read(move |sql| mail::waiting(sql, &run))
    }

    fn signalled(&self) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        self.read(mail::addressed)
    }

    fn take(
        &self,
        _: &Claim,
        _: Timestamp,
        _: u64,
        _: Option<Event>,
    ) -> BoxFuture<'_, Result<Option<Entry>, StoreError>> {
        self.refuse()
    }

    fn publish(&self, _: Timestamp, _: Publication) -> BoxFuture<'_, Result<Published, StoreError>> {
        self.refuse()
    }

    fn published(&self, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Published>, StoreError>> {
        self.read(move |sql| published::after(sql, after, limit))
    }

    fn last_published(&self) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.read(published::last)
    }

    fn cursor(&self, name: String) -> BoxFuture<'_, Result<Option<u64>, StoreError>> {
        self.read(move |sql| published::cursor(sql, &name))
    }

    fn move_cursor(&self, _: String, _: u64) -> BoxFuture<'_, Result<(), StoreError>> {
        self.refuse()
    }

    fn circuits(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, StoreError>> {
        self.read(circuits::all)
    }

    fn note_circuit(&self, _: String, _: Option<String>, _: String) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.refuse()
    }

    fn put_blob(&self, _: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>> {
        self.refuse()
    }

    fn blob(&self, digest: Digest) -> BoxFuture<'_, Result<Vec<u8>, StoreError>> {
        self.read(move |sql| blob::get(sql, &digest))
    }

    fn deploy(&self, _: NewVersion, _: Weight, _: Timestamp, _: String) -> BoxFuture<'_, Result<Deployed, StoreError>> {
        self.refuse()
    }

    fn redeploy(
        &self,
        _: String,
        _: Wish,
        _: Timestamp,
        _: String,
    ) -> BoxFuture<'_, Result<Option<Deployment>, StoreError>> {
        self.refuse()
    }

    fn versions(&self) -> BoxFuture<'_, Result<Vec<Version>, StoreError>> {
        self.read(versions::versions)
    }

    fn history(&self, workflow: String) -> BoxFuture<'_, Result<Vec<Deployment>, StoreError>> {
        self.read(move |sql| versions::history(sql, &workflow))
    }
}
