//! Events: what goes from run to run, emitted and awaited by guests. Grants emitting and waiting apart, by name; meters calls and
//! bytes; records what was emitted, what is waited for before the guest is suspended, and what came, with which it goes on.

mod backend;
mod host;

pub use backend::{Emission, Events, Field, Filter, NoEvents};
pub(crate) use backend::{Emit, Wait};
