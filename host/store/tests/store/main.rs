//! What a store promises. `conformance` and `state` hold for every backend; the rest is about SQLite and its file.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[macro_use]
mod cases;

mod batch;
mod conformance;
mod crash;
mod damage;
mod file;
mod flipped;
mod processes;
mod sample;
mod snapshot;
mod state;
