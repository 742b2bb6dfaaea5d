//! Journals and state, in a SQLite file or in memory. It does not know what drives a run, what an event means beyond
//! its place in the chain, or who may read what.
//!
//! [`SqliteStore`] is the default (`sqlite`). One thread owns the writing connection (`writer`): it takes what waits,
//! carries it out in one transaction and answers all of it (group commit). Only a flush pays for the disk. Reading has
//! connections of its own (`reader`). A run is claimed by a lock that the kernel gives back when a process dies
//! (`lock`), and every append is checked against the claim's epoch. In a transaction, `run` begins and appends,
//! `history` reads back and checks, `blob` keeps large texts, `room` keeps state, `versions` those of workflows, `mail` what is wanted of
//! runs, `published` what goes from run to run, `turn` says which of the runs with one key may be at work. `open` and `create` decide what is a
//! store at all, `fault` what an error of the database means, `log` copies SQLite's log into the file.
//! [`check`](mod@check) goes over all of a store and tells what is damaged. [`ReadOnlyStore`] reads a store and leaves no
//! trace beside it. [`MemoryStore`] keeps the same promises as the one in SQLite until the process ends.
//!
//! The tables are described in the docs of `schema`, the limits of state in [`state`].

mod blob;
pub mod check;
mod circuits;
#[cfg(feature = "conformance")]
pub mod conformance;
mod create;
mod fault;
mod history;
mod lock;
mod log;
mod mail;
mod memory;
mod open;
mod published;
mod read_only;
mod reader;
mod room;
mod room_on_disk;
mod run;
mod schema;
mod spending;
mod sqlite;
pub mod state;
mod turn;
mod versions;
mod writer;

pub use memory::MemoryStore;
pub use open::Settings;
pub use read_only::ReadOnlyStore;
pub use schema::FORMAT;
pub use sqlite::SqliteStore;
