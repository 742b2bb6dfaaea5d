//! How a run was let in: what began it, before which others it goes, and which of them may not be at work beside it. It
//! does not know what a workflow says of it.

use serde::{Deserialize, Serialize};

use crate::id::Timestamp;

/// How a run was let in; the default is that of a run that a person began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// The number of the store's last event when it began: it hears those after that.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub heard: u64,
    /// Before which others it goes.
    #[serde(default, skip_serializing_if = "Priority::is_normal")]
    pub priority: Priority,
    /// The key that it has for itself while it is at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    /// What began it, if no person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The part of the budget of all runs that it sets aside, if something of it has a price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowance: Option<Allowance>,
}

impl Admission {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Admission::default()
    }
}

/// The part of the budget of all runs that a run sets aside. It counts for the period in which it began, with that part as long
/// as it has not ended, and with what it has cost if that is more; then with what it has cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// When the period began: the runs that began since then share the budget.
    pub since: Timestamp,
    /// What they may cost together, in millionths of a dollar.
    pub micro_usd: u64,
    /// What this one may cost at most.
    pub reserved: u64,
}

/// Before which others a run goes, when not all may be at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// After all others.
    Low,
    /// As most.
    #[default]
    Normal,
    /// Before all others.
    High,
}

impl Priority {
    fn is_normal(&self) -> bool {
        *self == Priority::Normal
    }
}

/// A key of which one run of a workflow is at work at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concurrency {
    /// The key.
    pub key: String,
    /// What becomes of a run that finds another one with it.
    pub on_conflict: OnConflict,
}

/// What becomes of a run whose key another run has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnConflict {
    /// It begins when those before it have ended.
    #[default]
    Queue,
    /// It does not begin.
    Reject,
    /// The others are cancelled, and it begins when they have ended.
    Replace,
}

/// What began a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// An event of the store.
    Event {
        /// Its number.
        number: u64,
        /// Its name.
        name: String,
    },
    /// A schedule.
    Schedule {
        /// The moment that it was for.
        at: Timestamp,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
