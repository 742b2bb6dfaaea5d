//! What a backend must do for journals and state. It does not know SQL, files or the network.

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::admission::Allowance;
use crate::entry::Entry;
use crate::event::Event;
use crate::id::{Digest, RunId, Timestamp};
use crate::publication::{Publication, Published};
use crate::quota::Excess;
use crate::signal::{Sent, Signal};
use crate::state::{Full, StateReply, StateRequest};
use crate::version::{Deployed, Deployment, NewVersion, NotDeployed, Version, Weight, Wish};

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process has it.
    #[error("the store {path} is in use by another process")]
    Locked {
        /// Which store.
        path: String,
    },
    /// A newer Baton wrote it.
    #[error("the store {path} has format {found}; this version of Baton reads up to format {supported}")]
    FromTheFuture {
        /// Which store.
        path: String,
        /// The format found.
        found: u32,
        /// The newest format this version reads.
        supported: u32,
    },
    /// Something in it is not what was written.
    #[error("the store is damaged: {what}")]
    Corrupt {
        /// What is damaged, with its position.
        what: String,
    },
    /// There is no such run.
    #[error("there is no run {0}")]
    NoSuchRun(String),
    /// A run with this id has begun before.
    #[error("there is a run {0} already")]
    RunExists(RunId),
    /// The run has ended: nothing is appended to it, and nobody drives it.
    #[error("run {0} has ended")]
    Ended(RunId),
    /// The run has not ended: it is not removed.
    #[error("run {0} has not ended")]
    NotEnded(RunId),
    /// The run may not begin beside another one, which has its key.
    #[error("run {run} has the key `{key}` already")]
    Busy {
        /// The other run.
        run: RunId,
        /// The key.
        key: String,
    },
    /// The run may cost more than is left of the budget of all runs.
    #[error("this run may cost {}, and {} of {} are left to all runs", dollars(allowance.reserved), dollars(*left), dollars(allowance.micro_usd))]
    Overdrawn {
        /// What it would set aside, and of what.
        allowance: Allowance,
        /// What is neither spent nor set aside, in millionths of a dollar.
        left: u64,
    },
    /// Too many signals wait for the run.
    #[error("the mailbox of run {0} is full: nobody drives it")]
    MailboxFull(RunId),
    /// Another host drives this run.
    #[error("run {0} is driven by another process")]
    Claimed(RunId),
    /// This host's claim was taken over; it must not write any more.
    #[error("the claim on run {0} was taken over by another process")]
    Fenced(RunId),
    /// The room of a scope has no place for what a call of state would add.
    #[error("the room is full: {0}")]
    Full(Full),
    /// The arguments of a call of state are malformed, too large, or do not fit what is kept.
    #[error("{0}")]
    Invalid(String),
    /// The run's journal is full. What is in it stays, and with a greater quota the run goes on.
    #[error("the journal of run {run} is full: {excess}")]
    OverQuota {
        /// Which run.
        run: RunId,
        /// Of what there is no more.
        excess: Excess,
    },
    /// The store was opened to be read only.
    #[error("the store {path} was opened for reading only")]
    ReadOnly {
        /// Which store.
        path: String,
    },
    /// The versions of a workflow stay as they are.
    #[error(transparent)]
    NotDeployed(#[from] NotDeployed),
    /// No journal may hold this: a mistake of the caller.
    #[error("not stored: {0}")]
    Refused(String),
    /// There is no room on the disk, or no right, to write it: what was asked for was not done, and all else is as it was.
    #[error("{path} can't be written: {why}; nothing was lost: make room on the disk, or the file writable, and go on")]
    Unwritable {
        /// Which store.
        path: String,
        /// What the database says.
        why: String,
    },
    /// The disk or the database failed; nothing was lost that was acknowledged.
    #[error("the store failed: {0}")]
    Io(String),
}

fn dollars(micro: u64) -> String {
    let (whole, fraction) = (micro / 1_000_000, format!("{:06}", micro % 1_000_000));
    format!("{whole}.{:0<2} usd", fraction.trim_end_matches('0'))
}

/// The right to write a run's journal. A newer claim on the same run makes older ones void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The run.
    pub run: RunId,
    /// Grows with each claim on the run; every append is checked against it.
    pub epoch: u64,
}

/// What a run is doing, as far as its journal tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// A host drives it.
    Running,
    /// No host drives it, and it waits for nobody: its host died or was stopped. It can be resumed.
    Interrupted,
    /// It has begun and waits for its turn behind others with its key. Whether a host waits with it is not told.
    Queued,
    /// It waits for people, events or a time, and nothing runs.
    Parked,
    /// Somebody wants it to rest.
    Paused,
    /// It ended well.
    Completed,
    /// It ended badly.
    Failed,
    /// It ended because somebody wanted it to.
    Cancelled,
    /// Nobody can tell: what the store noted of it is damaged. Others are not concerned.
    Damaged,
}

impl RunStatus {
    /// Whether nothing happens to the run any more.
    #[must_use]
    pub fn has_ended(self) -> bool {
        matches!(self, RunStatus::Completed | RunStatus::Failed | RunStatus::Cancelled)
    }
}

/// A run in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    /// Its id.
    pub run: RunId,
    /// The workflow's name.
    pub workflow: String,
    /// The number of the version that it goes on with; none: it is a run of a project that is not deployed.
    pub version: Option<u32>,
    /// When it began.
    pub started: Timestamp,
    /// The time of its last entry.
    pub updated: Timestamp,
    /// What it is doing.
    pub status: RunStatus,
    /// How many entries its journal has.
    pub entries: u64,
    /// How many bytes its journal takes up, as its [`Quota`](crate::Quota) counts them.
    pub bytes: u64,
}

/// What was removed with a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Entries.
    pub entries: u64,
    /// Bytes that its journal took up, as its [`Quota`](crate::Quota) counts them; payloads that other runs use too stay.
    pub bytes: u64,
}

/// A backend. Cheap to share; all methods may be called at the same time.
///
/// Appends of one run become durable in their order. [`Store::append`] and [`Store::state`] answer when the change is
/// visible to every reader and safe from the death of the process; only [`Store::flush`] promises that it survives a
/// power cut.
///
/// A store has a [`Quota`](crate::Quota) for the journal of each run, and refuses with [`StoreError::OverQuota`] what
/// [needs room](crate::Need) that is not there.
pub trait Store: Send + Sync {
    /// Begins a run: writes entry 0 and claims it. Its components are put first, by [`Store::put_blob`]; one that is not
    /// there is refused, as is any payload that is named by a digest of nothing or with another length.
    ///
    /// If its [`Admission`](crate::Admission) has a key that a run of the same workflow has that has not ended, it is
    /// refused with [`StoreError::Busy`], or those before it are sent [`Signal::Cancel`], as it says, in the same moment. If it
    /// sets aside more of the budget of all runs than is left, it is refused with [`StoreError::Overdrawn`].
    fn create(&self, run: RunId, at: Timestamp, started: Event) -> BoxFuture<'_, Result<(Claim, Entry), StoreError>>;

    /// Claims a run that no living host drives.
    fn claim(&self, run: RunId) -> BoxFuture<'_, Result<Claim, StoreError>>;

    /// Gives a claim back.
    fn release(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Appends an event; the entry gets the next sequence number, a time not before its predecessor's, and its digest.
    fn append(&self, claim: &Claim, at: Timestamp, event: Event) -> BoxFuture<'_, Result<Entry, StoreError>>;

    /// Appends events in their order, as [`Store::append`] does each: a step that begins for many items begins them at one
    /// moment, and a backend may take them in one go. If one is refused, those before it are appended.
    fn append_all(
        &self,
        claim: &Claim,
        at: Timestamp,
        events: Vec<Event>,
    ) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        let claim = claim.clone();
        Box::pin(async move {
            let mut entries = Vec::with_capacity(events.len());
            for event in events {
                entries.push(self.append(&claim, at, event).await?);
            }
            Ok(entries)
        })
    }

    /// Returns once everything appended before is durable.
    fn flush(&self) -> BoxFuture<'_, Result<(), StoreError>>;

    /// The entries of a run in order, checked against the chain, with their payloads loaded.
    fn entries(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>>;

    /// Removes a run that has ended and that nobody holds a claim on: its entries, the payloads and components that no other
    /// run uses, its own state, and the replies that are remembered for it. It is gone for every reader at once; what it
    /// took up is freed after that, bit by bit. A removal that was interrupted is finished by the next one.
    fn remove(&self, run: RunId) -> BoxFuture<'_, Result<Removed, StoreError>>;

    /// All runs, the newest first, at most `limit`.
    fn runs(&self, limit: u32) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>>;

    /// The runs that have not ended, the newest first; those too of which nobody can tell. What it costs does not depend on how many have.
    fn open_runs(&self) -> BoxFuture<'_, Result<Vec<RunSummary>, StoreError>>;

    /// Performs an operation on state. One that changes something needs the newest claim on an open run, as an append
    /// does. Repeated with the same call id and the same operation it changes nothing more and gives the same reply.
    fn state(&self, claim: &Claim, request: StateRequest) -> BoxFuture<'_, Result<StateReply, StoreError>>;

    /// Whether it is the turn of a run, by its key: an empty list, and then it is from now on; or the runs that go before it:
    /// the one that has the turn, and those that wait with a higher priority, or longer with the same one. A run without a key
    /// has no one before it.
    fn turn(&self, claim: &Claim) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>>;

    /// Puts a signal into the mailbox of a run that has not ended, and returns its number. No claim is needed: somebody else
    /// may drive the run.
    fn signal(&self, run: RunId, at: Timestamp, signal: Signal) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// The signals that nobody has taken, in the order of their numbers. Those of a run go when it ends.
    fn signals(&self, run: RunId) -> BoxFuture<'_, Result<Vec<Sent>, StoreError>>;

    /// The runs for which a signal waits.
    fn signalled(&self) -> BoxFuture<'_, Result<Vec<RunId>, StoreError>>;

    /// Takes a signal out of the mailbox and appends what it becomes, both or neither, so that it is done once. Without an
    /// event nothing comes of it. One that was taken before appends nothing more.
    fn take(
        &self,
        claim: &Claim,
        at: Timestamp,
        number: u64,
        event: Option<Event>,
    ) -> BoxFuture<'_, Result<Option<Entry>, StoreError>>;

    /// Publishes an event to all runs and triggers. Repeated under the same key it changes nothing more and returns what was
    /// published first. Events go when there are [`MOST_EVENTS`](crate::publication::MOST_EVENTS) after them, or after
    /// [`KEPT_MS`](crate::publication::KEPT_MS).
    fn publish(&self, at: Timestamp, publication: Publication) -> BoxFuture<'_, Result<Published, StoreError>>;

    /// The events with greater numbers than this, in their order, at most `limit`.
    fn published(&self, after: u64, limit: u32) -> BoxFuture<'_, Result<Vec<Published>, StoreError>>;

    /// The number of the last event; 0 if there was none.
    fn last_published(&self) -> BoxFuture<'_, Result<u64, StoreError>>;

    /// How far a reader has come that has this name.
    fn cursor(&self, name: String) -> BoxFuture<'_, Result<Option<u64>, StoreError>>;

    /// Notes how far a reader has come. It never goes back.
    fn move_cursor(&self, name: String, to: u64) -> BoxFuture<'_, Result<(), StoreError>>;

    /// What is noted of the health of the things that runs call: texts of whoever keeps circuits, by name. It is no part of any
    /// run: a store that keeps none lets each host find out for itself.
    fn circuits(&self) -> BoxFuture<'_, Result<Vec<(String, String)>, StoreError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Notes what is known of a thing, if what is noted is still `was`: none, if nothing is. Says whether it was. Nothing waits
    /// until it is durable.
    fn note_circuit(&self, name: String, was: Option<String>, is: String) -> BoxFuture<'_, Result<bool, StoreError>> {
        drop((name, was, is));
        Box::pin(async { Ok(true) })
    }

    /// Stores bytes once under their digest. Large payloads of entries are stored so too. Bytes that no run uses may go when
    /// a run that used them is removed.
    fn put_blob(&self, bytes: Vec<u8>) -> BoxFuture<'_, Result<Digest, StoreError>>;

    /// The bytes of a digest.
    fn blob(&self, digest: Digest) -> BoxFuture<'_, Result<Vec<u8>, StoreError>>;

    /// Stores a version of a workflow, unless there is one of the same digest, and has so many new runs take it. Its blobs
    /// are put first, by [`Store::put_blob`]; one that is not there is refused. They stay, whichever runs are removed. It is
    /// durable when it is told.
    ///
    /// What is refused ([`StoreError::NotDeployed`]) stores no version.
    fn deploy(
        &self,
        version: NewVersion,
        weight: Weight,
        at: Timestamp,
        by: String,
    ) -> BoxFuture<'_, Result<Deployed, StoreError>> {
        drop((version, weight, at, by));
        Box::pin(async { Err(keeps_no_versions()) })
    }

    /// Changes which version of a workflow new runs take, durably. Nothing is deleted: the history has one more line, or
    /// none if it was so already.
    fn redeploy(
        &self,
        workflow: String,
        wish: Wish,
        at: Timestamp,
        by: String,
    ) -> BoxFuture<'_, Result<Option<Deployment>, StoreError>> {
        drop((workflow, wish, at, by));
        Box::pin(async { Err(keeps_no_versions()) })
    }

    /// All versions of all workflows, by the workflows' names and the versions' numbers.
    fn versions(&self) -> BoxFuture<'_, Result<Vec<Version>, StoreError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// The history of a workflow; empty if it was never deployed.
    fn history(&self, workflow: String) -> BoxFuture<'_, Result<Vec<Deployment>, StoreError>> {
        drop(workflow);
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// What a backend answers that was made without versions.
fn keeps_no_versions() -> StoreError {
    StoreError::Refused("this store keeps no versions of workflows".to_owned())
}
