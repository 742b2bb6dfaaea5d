//! The store in a SQLite file: hands operations to the writing thread and the reading connections. It does not know SQL.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};

use baton_journal::{
    BoxFuture, Claim, Deployed, Deployment, Digest, Entry, Event, NewVersion, Publication, Published, Quota, Removed,
    RunId, RunSummary, Sent, Signal, StateReply, StateRequest, Store, StoreError, Timestamp, Version, Weight, Wish,
};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::blob;
use crate::fault::{Fault, sql_error};
use crate::history;
use crate::lock::Locks;
use crate::log::Log;
use crate::open::{Settings, open_writer};
use crate::reader::Readers;
use crate::room::{self, SqlRoom};
use crate::room_on_disk;
use crate::run::{self, Step, Stored};
use crate::state;
use crate::versions;
use crate::writer::{self, Order, Shared, Writer, Writing};
use crate::{circuits, mail, published, turn};

/// Journals and state in one SQLite file, which several processes may share.
///
/// Its methods must be called inside a tokio runtime. Dropping it carries out what was ordered, and waits for that.
/// After an error of the disk it is stopped: every later call answers with that error, and only reopening it, which
/// reads what is really on disk, helps.
pub struct SqliteStore {
    path: PathBuf,
    orders: Option<mpsc::Sender<Order>>,
    readers: Arc<Readers>,
    shared: Arc<Shared>,
    quota: Quota,
    thread: Option<JoinHandle<()>>,
}

impl SqliteStore {
    /// Opens the store at this path, or makes it, for the owner only, if nothing is there.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a file that is damaged or no store (it is left as it is),
    /// [`StoreError::FromTheFuture`] for a newer format, [`StoreError::Locked`], and [`StoreError::Io`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Settings::default())
    }

    /// [`SqliteStore::open`], with other settings.
    ///
    /// # Errors
    /// As there.
    pub fn open_with(path: impl AsRef<Path>, settings: Settings) -> Result<Self, StoreError> {
        let (path, mut connection) = open_writer(path.as_ref(), settings)?;
        let shown = path.display().to_string();
        let log = Log::watch(&mut connection, settings.log_pages).map_err(|error| sql_error(&error, &shown))?;
        let shared = Arc::new(Shared { path: shown, stopped: OnceLock::new(), flushes: AtomicU64::new(0) });
        let writer = Writer::new(connection, log, Locks::of(&path), Arc::clone(&shared));
        let (orders, queue) = mpsc::channel(writer::QUEUE);
        let thread = thread::Builder::new().name("baton-store".to_owned()).spawn(move || writer.run(queue));
        let thread = thread.map_err(|error| StoreError::Io(format!("starting a thread: {error}")))?;
        let readers = Arc::new(Readers::new(path.clone(), settings));
        Ok(SqliteStore { path, orders: Some(orders), readers, shared, quota: settings.quota, thread: Some(thread) })
    }

    /// How many commits have waited for the disk since the store was opened. Beginning a log, copying a long one into
    /// the file (every 32 MiB) and closing wait too, and are not counted.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.shared.flushes.load(Ordering::Relaxed)
    }

    /// Finishes removals that were interrupted, and gives the room that removed runs left back to the file system, in small
    /// transactions, so that other processes may go on writing. `each` hears how many bytes are still to be given back.
    ///
    /// The file is shorter when the log is next copied into it: at the latest when the last process closes the store.
    ///
    /// # Errors
    /// As those of any change.
    pub async fn give_back_room(&self, mut each: impl FnMut(u64)) -> Result<(), StoreError> {
        while self.write(run::go_on_with_removals).await? == Step::More {}
        loop {
            let left = self.write(|writing| Ok(room_on_disk::give_back_some(writing.sql)?)).await?;
            each(left);
            if left == 0 {
                return Ok(());
            }
        }
    }

    fn write<T, F>(&self, work: F) -> BoxFuture<'_, Result<T, StoreError>>
    where
        T: Send + 'static,
        F: FnMut(&mut Writing<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let (order, answer) = writer::task(work);
        Box::pin(self.order(order, answer))
    }

    /// Waits for the disk before it answers.
    fn durably<'a, T: Send + 'a>(
        &'a self,
        done: BoxFuture<'a, Result<T, StoreError>>,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        Box::pin(async move {
            let done = done.await?;
            self.flush().await?;
            Ok(done)
        })
    }

    async fn order<T>(&self, order: Order, answer: oneshot::Receiver<Result<T, StoreError>>) -> Result<T, StoreError> {
        let orders = self.orders.as_ref().ok_or_else(gone)?;
        orders.send(order).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    fn read<T, F>(&self, read: F) -> BoxFuture<'_, Result<T, StoreError>>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        if let Some(stopped) = self.shared.stopped.get() {
            let stopped = stopped.clone();
            return Box::pin(async move { Err(stopped) });
        }
        let (readers, shared) = (Arc::clone(&self.readers), Arc::clone(&self.shared));
        Box::pin(blocking(move || readers.read(read).map_err(|fault| fault.into_store_error(&shared.path))))
    }
}

impl Store for SqliteStore {
    fn create(&self, run: RunId, at: Timestamp, started: Event) -> BoxFuture<'_, Result<(Claim, Entry), StoreError>> {
        let (started, quota) = (Stored::from(started), self.quota);
        self.write(move |writing| run::create(writing, &run, at, &started, quota))
    }

    fn claim(&self, run: RunId) -> BoxFuture<'_, Result<Claim, StoreError>> {
        self.write(move |writing| run::claim(writing, &run))
    }

    fn release(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(move |writing| run::release(writing, &claim))
    }

    fn append(&self, claim: &Claim, at: Timestamp, event: Event) -> BoxFuture<'_, Result<Entry, StoreError>> {
        let (claim, event, quota) = (claim.clone(), Stored::from(event), self.quota);
        self.write(move |writing| run::append(writing, &claim, at, &event, quota))
    }

    fn append_all(
        &self,
        claim: &Claim,
        at: Timestamp,
        events: Vec<Event>,
    ) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        let (claim, quota) = (claim.clone(), self.quota);
        let events: Vec<Stored> = events.into_iter().map(Stored::from).collect();
        self.write(move |writing| {
            events.iter().map(|event| run::append(writing, &claim, at, event, quota)).collect::<Result<_, _>>()
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        let (caller, answer) = oneshot::channel();
        Box::pin(self.order(Order::Flush(caller), answer))
    }

    fn entries(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        self.read(move |sql| history::entries(sql, &run))
    }

    fn remove(&self, run: RunId) -> BoxFuture<'_, Result<Removed, StoreError>> {
        Box::pin(async move {
            let removed = self.write(move |writing| run::begin_removal(writing, &run)).await?;
            while self.write(run::go_on_with_removals).await? == Step::More {}
            Ok(removed)
        })
    }

    fn runs(&self, limit: u32) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        let path = self.path.clone();
        self.read(move |sql| history::runs(sql, &path, limit))
    }

    fn open_runs(&self) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>> {
        let path = self.path.clone();
        self.read(move |sql| history::open_runs(sql, &path))
    }

    fn state(&self, claim: &Claim, request: StateRequest) -> BoxFuture<'_, Result<StateReply, StoreError>> {
        if let Err(error) = state::check(&request.scope, &request.op) {
            return Box::pin(async move { Err(error) });
        }
        if state::is_read(&request.op) {
            return self.read(move |sql| state::perform(&mut SqlRoom::of(sql, &request.scope), &request));
        }
        let claim = claim.clone();
        self.write(move |writing| room::change(writing, &claim, &request))
    }

    fn turn(&self, claim: &Claim) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        let claim = claim.clone();
        self.write(move |writing| turn::take(writing, &claim))
    }

    fn signal(&self, run: RunId, at: Timestamp, signal: Signal) -> BoxFuture<'_, Result<u64, StoreError>> {
        self.write(move |writing| mail::send(writing, &run, at, &signal))
    }

    fn signals(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Sent>, StoreError>> {
        self.read(move |sql| mail::waiting(sql, &run))
    }

    fn signalled(&self) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>> {
        self.read(mail::addressed)
    }

    fn take(
        &self,
        claim: &Claim,
        at: Timestamp,
        number: u64,
        event: Option<Event>,
    ) -> BoxFuture<'_, Result<Option<Entry>, StoreError>> {
        let (claim, event, quota) = (claim.clone(), event.map(Stored::from), self.quota);
        self.write(move |writing| mail::take(writing, &claim, at, number, event.as_ref(), quota))
    }

    fn publish(&self, at: Timestamp, publication: Publication) -> BoxFuture<'_, Result<Published, StoreError>> {
        self.write(move |writing| published::publish(writing.sql, at, &publication))
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

    fn move_cursor(&self, name: String, to: u64) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(move |writing| published::move_cursor(writing.sql, &name, to))
    }

    fn circuits(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, StoreError>> {
        self.read(circuits::all)
    }

    fn note_circuit(&self, name: String, was: Option<String>, is: String) -> BoxFuture<'_, Result<bool, StoreError>> {
        self.write(move |writing| circuits::note(writing.sql, &name, was.as_deref(), &is))
    }

    fn put_blob(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>> {
        Box::pin(async move {
            let (digest, bytes) = blocking(move || Ok((Digest::of(&bytes), bytes))).await?;
            self.write(move |writing| blob::put(writing.sql, &digest, &bytes).map(|()| digest)).await
        })
    }

    fn blob(&self, digest: Digest) -> BoxFuture<'_, Result<Vec<u8>, StoreError>> {
        self.read(move |sql| blob::get(sql, &digest))
    }

    fn deploy(
        &self,
        version: NewVersion,
        weight: Weight,
        at: Timestamp,
        by: String,
    ) -> BoxFuture<'_, Result<Deployed, StoreError>> {
        let deployed = self.write(move |writing| versions::deploy(writing.sql, &version, weight, at, &by));
        self.durably(deployed)
    }

    fn redeploy(
        &self,
        workflow: String,
        wish: Wish,
        at: Timestamp,
        by: String,
    ) -> BoxFuture<'_, Result<Option<Deployment>, StoreError>> {
        let redeployed = self.write(move |writing| versions::redeploy(writing.sql, &workflow, wish, at, &by));
        self.durably(redeployed)
    }

    fn versions(&self) -> BoxFuture<'_, Result<Vec<Version>, StoreError>> {
        self.read(versions::versions)
    }

    fn history(&self, workflow: String) -> BoxFuture<'_, Result<Vec<Deployment>, StoreError>> {
        self.read(move |sql| versions::history(sql, &workflow))
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.readers.close(); // first: the last connection to close copies the log, and only the writer's can
        self.orders = None; // the thread ends when nobody can order any more
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SqliteStore").field(&self.shared.path).finish()
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| gone())?
}

fn gone() -> StoreError {
    StoreError::Io("the store is closed".to_owned())
}
