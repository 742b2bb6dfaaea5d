//! What happened in a run, as a chain of entries: ids, events, the hash chain, the tape that replays an invocation,
//! and the traits a store implements. It does no I/O and knows no clock, no engine and no workflow language.
//!
//! Reading order: [`id`] names things, [`payload`] holds JSON texts, [`json`] reads them, [`event`] says what can happen, [`header`] what is fixed
//! when a run begins,
//! [`approval`] how people decide, [`outcome`] how an invocation ends and what it used, [`entry`] chains events, [`tape`] answers host calls from entries,
//! [`signal`] is what is wanted of a run, [`publication`] what goes from run to run, [`admission`] how a run was let in,
//! [`export`] is a run as one text that can be carried elsewhere, [`progress`] derives what a run is doing, [`quota`] how
//! large it may grow, [`state`] says what is done with values that are kept, [`version`] which version of a workflow a new
//! run takes, [`store`] is what a backend must do.

pub mod admission;
pub mod approval;
pub mod entry;
pub mod event;
pub mod export;
pub mod header;
pub mod id;
pub mod json;
pub mod outcome;
pub mod payload;
pub mod progress;
pub mod publication;
pub mod quota;
pub mod signal;
pub mod state;
pub mod store;
pub mod tape;
pub mod version;

#[cfg(test)]
mod sample;

pub use admission::{Admission, Allowance, Cause, Concurrency, OnConflict, Priority};
pub use approval::{Quorum, Turn};
pub use entry::{Chain, ChainError, ChainFault, Entry};
pub use event::{Authority, Decision, Event, Lease};
pub use export::{Exported, NotExported};
pub use header::{Fork, PluginPin, RunHeader};
pub use id::{CallId, Digest, InvocationId, RunId, Site, Timestamp};
pub use outcome::{Failure, Limit, Outcome, RunOutcome, Usage};
pub use payload::Payload;
pub use progress::Progress;
pub use publication::{Publication, Published, Source};
pub use quota::{Excess, Need, Quota, Taken};
pub use signal::{Sent, Signal};
pub use state::{Full, Scope, StateOp, StateReply, StateRequest};
pub use store::{BoxFuture, Claim, Removed, RunStatus, RunSummary, Store, StoreError};
pub use tape::{Called, Divergence, Line, Playback, Tape};
pub use version::{
    Canary, Deed, Deployed, Deployment, Migration, NewVersion, NotAWeight, NotDeployed, Traffic, Version, VersionPin,
    Weight, Wish,
};
