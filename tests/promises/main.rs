//! The promises, one file each.

mod determinism;
mod gate;
mod limits;
mod loading;
mod structure;
