//! What a store promises. `conformance` holds for every backend; the rest is about files.

mod batch;
mod conformance;
mod crash;
mod damage;
mod file;
mod sample;
mod snapshot;
