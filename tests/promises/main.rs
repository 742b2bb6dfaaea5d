//! The promises, one file each.

mod bad_input;
mod cli;
mod crash;
mod determinism;
mod gate;
mod languages;
mod limits;
mod loading;
mod onboarding;
mod structure;
mod workflow;
