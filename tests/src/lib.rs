//! What the tests share: guests built from source, a bench to invoke them on without a workflow, and a desk to run
//! workflows on without a command line.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test that cannot be set up has failed")]

pub mod attacks;
pub mod crash;
pub mod disk;
pub mod failing_disk;
pub mod fuzz;
pub mod history;
pub mod power_cut;
pub mod scoreboard;
pub mod simulation;
pub mod smith;

mod bench;
mod command;
mod desk;
mod died;
mod dying;
mod guests;
mod scratch;
mod seeded;
mod server;
mod watched;

pub use bench::{Bench, Call, NoTools, StoppedClock, sandbox};
pub use command::{Copy, is_baton, worker};
pub use desk::{Desk, approval, rejection};
pub use died::Died;
pub use dying::Dying;
pub use guests::{compiled, example, guest, plugins_folder, root, shipped};
pub use scratch::Scratch;
pub use server::{Heard, Server};
