//! A manager: it plans, has other agents read, reads what they found, has them read again where that is thin, and writes the
//! report. It reads no text itself.
//!
//! - [`input`] and [`output`]: what goes in and out; their JSON Schemas are in `schemas/`.
//! - [`plan`]: texts as sections, and what share of the budget each is worth.
//! - [`reader`]: the agents that read.
//! - [`evidence`]: what was found so far, and what is thin.
//! - [`review`]: the two rounds.

pub mod evidence;
pub mod input;
pub mod output;
pub mod plan;
pub mod reader;
pub mod review;

use baton_sdk::{Agent, Failure, Task};

/// The agent.
#[derive(Debug)]
pub struct DueDiligence;

impl Agent for DueDiligence {
    type Input = input::Request;
    type Output = output::Report;

    fn run(task: Task<Self::Input>) -> Result<Self::Output, Failure> {
        review::review(&task.input, &mut reader::Staff).map_err(Failure::invalid)
    }
}

// Only in a component: natively two agents may be linked into one test, and both would export `run`.
#[cfg(target_family = "wasm")]
baton_sdk::agent!(DueDiligence);

#[test]
fn the_schemas_of_the_manifest_are_those_of_the_types() {
    baton_sdk::schema::check::<DueDiligence>(env!("CARGO_MANIFEST_DIR"));
}
