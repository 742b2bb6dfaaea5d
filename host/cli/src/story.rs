//! What happened in a run, told from its journal: [`account`] sorts the entries by step and invocation, [`render`] writes
//! them for people, [`json`] for programs. It does not know where the journal comes from.

pub mod account;
pub mod json;
pub mod render;

mod invocation;
mod page;
mod question;
mod spending;

pub use json::for_programs;
pub use render::{Telling, for_people};
