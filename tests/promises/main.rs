//! The promises, one file each.

mod determinism;
mod gate;
mod languages;
mod limits;
mod loading;
mod structure;
