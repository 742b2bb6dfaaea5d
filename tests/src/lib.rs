//! What the tests share: guests built from source, and a bench to invoke them on without a workflow.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test that cannot be set up has failed")]

mod bench;
mod guests;

pub use bench::{Bench, Call, NoTools, StoppedClock};
pub use guests::{guest, plugins_folder, project, root, shipped};
