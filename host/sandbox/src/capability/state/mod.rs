//! State: values by scope and key. Grants scopes (`run`, `agent`, `shared:<name>`), meters calls and bytes, records each
//! call. The values lie in the store that holds the journal and change in the same order, so a call is an effect inside:
//! nothing needs to be flushed before it, and a call repeated after a crash changes nothing more.

mod backend;
mod host;

/// The most keys of one `keys`: a page, as the contract promises.
const PAGE: u32 = 1_000;
