//! What can be done with values that are kept from call to call, and what comes of it. It does not know where they are
//! kept, nor who may touch them.

use serde::{Deserialize, Serialize};

use crate::id::{CallId, RunId, Timestamp};

/// Whose values: the columns of a state key, never joined into one text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "scope", content = "name")]
pub enum Scope {
    /// One run's.
    Run(RunId),
    /// One plugin's.
    Agent(String),
    /// A named room's.
    Shared(String),
}

/// A call of state: what is done, and all that its result follows from beside the values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRequest {
    /// The host call that it is, so that a repeated one is known.
    pub call: CallId,
    /// Whose values.
    pub scope: Scope,
    /// What is done with them.
    pub op: StateOp,
    /// The time by which values have expired.
    pub now: Timestamp,
    /// The bytes, keys and values together, to which the call may fill the room.
    pub quota: u64,
}

/// An operation on state. An expired value is not there for any of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "op")]
pub enum StateOp {
    /// Reads a value.
    Get {
        /// The key.
        key: String,
    },
    /// Stores a value.
    Set {
        /// The key.
        key: String,
        /// The value, JSON.
        value: String,
        /// Milliseconds until it expires; none: it does not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ttl_ms: Option<u64>,
    },
    /// Removes a value.
    Delete {
        /// The key.
        key: String,
    },
    /// Lists keys.
    Keys {
        /// What they begin with.
        prefix: String,
        /// Only those greater than this.
        after: Option<String>,
        /// At most so many.
        limit: u32,
    },
    /// Replaces a value if it is the expected one; values are compared as JSON.
    CompareAndSwap {
        /// The key.
        key: String,
        /// The value now, JSON; none: the key is not there.
        expected: Option<String>,
        /// The new value, JSON; none: the key is removed.
        value: Option<String>,
        /// Milliseconds until the new value expires; none: it does not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ttl_ms: Option<u64>,
    },
    /// Adds to a whole number, which keeps the time at which it expires. A key that is not there is 0.
    Increment {
        /// The key.
        key: String,
        /// What is added.
        by: i64,
    },
}

/// The answer to a [`StateOp`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateReply {
    /// To `Get`.
    Value(Option<String>),
    /// To `Set`.
    Done,
    /// To `Delete` (was it there) and `CompareAndSwap` (was it swapped).
    Changed(bool),
    /// To `Keys`, in the order of their bytes.
    Keys(Vec<String>),
    /// To `Increment`: the number after it.
    Number(i64),
}

/// Of what a room has no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// Bytes that the call may fill it to.
    #[error("it holds {used} bytes and would hold {needed}, of {allowed} that are allowed")]
    Bytes {
        /// What it holds.
        used: u64,
        /// What it would hold.
        needed: u64,
        /// What it may hold.
        allowed: u64,
    },
    /// Keys, whoever asks.
    #[error("it has {allowed} keys, and no room may have more")]
    Keys {
        /// How many it may have.
        allowed: u64,
    },
}
