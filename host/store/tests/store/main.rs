//! What a store promises. `backends` holds for every backend; the rest is about SQLite and its file.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod backends;
mod batch;
mod check;
mod crash;
mod damage;
mod file;
mod flipped;
mod golden;
mod processes;
mod read_only;
mod removal;
mod sample;
mod snapshot;
