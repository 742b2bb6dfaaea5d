//! The promises, one file each.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod attacks;
mod bad_input;
mod cli;
mod compiling;
mod crash;
mod deputy;
mod determinism;
mod docs;
mod environment;
mod event_driven;
mod events;
mod failing_disk;
mod files;
mod fork;
mod fuzz;
mod gate;
mod grants;
mod guards;
mod http;
mod isolation;
mod languages;
mod limits;
mod loading;
mod loops;
mod nested;
mod onboarding;
mod panics;
mod patterns;
mod people;
mod plugins;
mod power_cut;
mod replay;
mod resume;
mod retention;
mod serve;
mod signals;
mod simulation;
mod smith;
mod state;
mod structure;
mod unknown;
mod verify;
mod workflow;
