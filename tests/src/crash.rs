//! The kill sweep: a run in a process of its own is killed (SIGKILL) at each place where its host does something to the
//! world, goes on in a fresh process, and is compared with a run that nobody disturbed. The host knows nothing of it: all
//! that it does to the world goes through what it is made of, and that is wrapped here.
//!
//! | module | does |
//! |---|---|
//! | [`point`] | names the places |
//! | [`fuse`] | counts them, and kills its process when one's turn has come |
//! | `store`, `egress`, `observer` | what a host is made of, with the places in it |
//! | [`child`] | the process that is killed |
//! | [`ledger`] | the outside: one book that knows idempotency keys, and one that does not |
//! | [`workload`] | what runs |
//! | `life` | one process from its start to its end or death |
//! | `glimpse` | what the journal says when a process is dead |
//! | `account` | what a run came to, so that two runs compare |
//! | `judge` | what must hold of a run that was killed |
//! | [`sweep`] | all places of all workloads, and the tally |

pub mod child;
pub mod fuse;
pub mod ledger;
pub mod point;
pub mod sweep;
pub mod workload;

mod account;
mod egress;
mod glimpse;
mod judge;
mod life;
mod observer;
mod store;
mod trial;

pub use point::{Aim, Deed, Mark, Point, Side};
pub use sweep::{Row, Sweep, Tally};
