//! The one thread that writes. It takes what waits, carries all of it out in one transaction, commits, and answers. It
//! does not know what the works do.
//!
//! A transaction without a flush is committed without waiting for the disk: it survives the death of the process. One
//! with a flush waits for the disk, which makes everything before it durable too, as the log is one file.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use baton_journal::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::fault::{Fault, Severity, severity};
use crate::lock::Locks;
use crate::log::Log;

/// Orders that may wait: more than any host has runs that append at one moment, few enough that a stuck disk is felt
/// by the callers and not by the memory.
pub(crate) const QUEUE: usize = 1024;

/// The most orders in one transaction: keeps it in the milliseconds, for the sake of other processes.
const BATCH: usize = 256;

/// What an operation works with inside a transaction.
pub(crate) struct Writing<'a> {
    pub(crate) sql: &'a Connection,
    pub(crate) locks: &'a mut Locks,
}

/// An operation that waits to be carried out.
pub(crate) trait Work: Send {
    /// Carries it out; it may be called again after a rollback. A refusal is kept for the answer and is no error.
    fn perform(&mut self, writing: &mut Writing<'_>) -> Result<(), rusqlite::Error>;
    /// Answers the caller, when the transaction's outcome is known.
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>);
}

pub(crate) enum Order {
    Work(Box<dyn Work>),
    Flush(oneshot::Sender<Result<(), StoreError>>),
}

/// What the thread shares with its callers.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) path: String,
    pub(crate) stopped: OnceLock<StoreError>,
    pub(crate) flushes: AtomicU64,
}

pub(crate) struct Writer {
    sql: Connection,
    log: Log,
    locks: Locks,
    shared: Arc<Shared>,
    safety: Option<Safety>,
    flushed: Option<Version>, // none: we have written since the last flush
}

/// What SQLite counts up when another connection has written.
type Version = i64;

/// What a commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Safety {
    ProcessDeath,
    PowerCut,
}

/// A closure and the caller who waits for what it returns.
struct Task<T, F> {
    work: F,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

/// Wraps a closure into an order, and returns where its answer will arrive.
pub(crate) fn task<T, F>(work: F) -> (Order, oneshot::Receiver<Result<T, StoreError>>)
where
    T: Send + 'static,
    F: FnMut(&mut Writing<'_>) -> Result<T, Fault> + Send + 'static,
{
    let (caller, answer) = oneshot::channel();
    (Order::Work(Box::new(Task { work, result: None, caller })), answer)
}

impl<T, F> Work for Task<T, F>
where
    T: Send,
    F: FnMut(&mut Writing<'_>) -> Result<T, Fault> + Send,
{
    fn perform(&mut self, writing: &mut Writing<'_>) -> Result<(), rusqlite::Error> {
        self.result = Some(match (self.work)(writing) {
            Ok(value) => Ok(value),
            Err(Fault::Refused(error)) => Err(error),
            Err(Fault::Sql(error)) => return Err(error),
        });
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Task { result, caller, .. } = *self;
        let skipped = || Err(StoreError::Io("the operation was not carried out".to_owned()));
        let answer = outcome.and_then(|()| result.unwrap_or_else(skipped));
        let _ = caller.send(answer); // a caller who no longer waits needs no answer
    }
}

impl Writer {
    pub(crate) fn new(sql: Connection, log: Log, locks: Locks, shared: Arc<Shared>) -> Self {
        // What another process wrote may not be on disk yet: the first flush always waits for it.
        Writer { sql, log, locks, shared, safety: None, flushed: None }
    }

    /// Works until nobody can order any more.
    pub(crate) fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        while let Some(first) = orders.blocking_recv() {
            let (mut works, mut flushes) = (Vec::new(), Vec::new());
            let mut next = Some(first);
            while let Some(order) = next {
                match order {
                    Order::Work(work) => works.push(work),
                    Order::Flush(caller) => flushes.push(caller),
                }
                next = if works.len() < BATCH { orders.try_recv().ok() } else { None };
            }
            self.carry_out(works, flushes);
        }
        self.close();
    }

    fn carry_out(&mut self, mut works: Vec<Box<dyn Work>>, flushes: Vec<oneshot::Sender<Result<(), StoreError>>>) {
        let safety = if flushes.is_empty() { Safety::ProcessDeath } else { Safety::PowerCut };
        let outcome = match self.transact(&mut works, safety) {
            Err(error) if works.len() > 1 && severity(&error) == Severity::Damaged => {
                self.one_by_one(std::mem::take(&mut works));
                self.transact(&mut [], safety)
            }
            outcome => outcome,
        };
        let outcome = self.conclude(outcome);
        self.copy_log();
        works.into_iter().for_each(|work| work.answer(outcome.clone()));
        for caller in flushes {
            let _ = caller.send(outcome.clone());
        }
    }

    /// What was committed stays so whatever becomes of it.
    fn copy_log(&self) {
        if self.shared.stopped.get().is_none()
            && let Err(error) = self.log.copy_if_long(&self.sql)
        {
            self.stop(&error);
        }
    }

    fn stop(&self, error: &rusqlite::Error) {
        let _ = self.shared.stopped.set(StoreError::Io(format!("{}: {error}; reopen it", self.shared.path)));
    }

    /// So that only the operations that meet the damage fail.
    fn one_by_one(&mut self, works: Vec<Box<dyn Work>>) {
        for mut work in works {
            let outcome = self.transact(std::slice::from_mut(&mut work), Safety::ProcessDeath);
            let outcome = self.conclude(outcome);
            work.answer(outcome);
        }
    }

    /// Turns a failure into what callers see; a fatal one stops the store for good.
    fn conclude(&self, outcome: rusqlite::Result<()>) -> Result<(), StoreError> {
        if let Err(error) = &outcome
            && severity(error) == Severity::Fatal
        {
            self.stop(error);
        }
        match self.shared.stopped.get() {
            Some(stopped) => Err(stopped.clone()),
            None => outcome.map_err(|error| Fault::Sql(error).into_store_error(&self.shared.path)),
        }
    }

    fn transact(&mut self, works: &mut [Box<dyn Work>], safety: Safety) -> rusqlite::Result<()> {
        if self.shared.stopped.get().is_some() {
            return Ok(()); // a stopped store answers with why it stopped
        }
        if works.is_empty() && (safety == Safety::ProcessDeath || self.is_flushed()?) {
            return Ok(());
        }
        self.set_safety(safety)?;
        let done = self.in_transaction(works, safety);
        match done {
            Ok(()) => self.locks.keep(),
            Err(_) => self.locks.roll_back(),
        }
        done?;
        if safety == Safety::PowerCut {
            self.shared.flushes.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn in_transaction(&mut self, works: &mut [Box<dyn Work>], safety: Safety) -> rusqlite::Result<()> {
        let before = self.sql.total_changes();
        let transaction = self.sql.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut writing = Writing { sql: &transaction, locks: &mut self.locks };
        works.iter_mut().try_for_each(|work| work.perform(&mut writing))?;
        if safety == Safety::PowerCut && transaction.total_changes() == before {
            transaction.prepare_cached("UPDATE flushes SET count = count + 1")?.execute([])?;
        }
        let written = transaction.total_changes() != before;
        let version = (safety == Safety::PowerCut).then(|| version(&transaction)).transpose()?;
        transaction.commit()?; // until now nobody else could write
        if written {
            self.flushed = version;
        }
        Ok(())
    }

    /// Whether neither we nor anybody else has written since the last flush.
    fn is_flushed(&self) -> rusqlite::Result<bool> {
        Ok(self.flushed.is_some() && self.flushed == Some(version(&self.sql)?))
    }

    fn set_safety(&mut self, safety: Safety) -> rusqlite::Result<()> {
        if self.safety != Some(safety) {
            let level = if safety == Safety::PowerCut { "FULL" } else { "NORMAL" };
            self.sql.pragma_update(None, "synchronous", level)?;
            self.safety = Some(safety);
        }
        Ok(())
    }

    /// Closing copies the log into the file, unless the disk can't be trusted.
    fn close(self) {
        let _ = self.sql.pragma_update(None, "synchronous", "FULL");
        if self.shared.stopped.get().is_some() {
            let _ = self.sql.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
    }
}

fn version(sql: &Connection) -> rusqlite::Result<Version> {
    sql.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))
}

#[cfg(test)]
mod tests;
