//! State: values by scope and key. Grants scopes (`run`, `agent`, `shared:<name>`), to read or to write, all keys or those
//! that begin alike, up to a quota of the room; meters calls and bytes; records each call. The values lie in the store
//! that holds the journal and change in the same order, so a call is an effect inside: nothing needs to be flushed
//! before it, and a call repeated after a crash changes nothing more. Values expire by the clock that stamps the journal.

mod backend;
mod host;

pub use backend::run_state;
pub(crate) use backend::{Room, StateCall};

/// The most keys of one `keys`: a page, as the contract promises.
pub(crate) const PAGE: u32 = 1_000;
