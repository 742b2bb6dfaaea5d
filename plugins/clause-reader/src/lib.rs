//! An agent that reads a section of a legal text for topics. It knows no model and no network: the same section always gives the
//! same reading.
//!
//! - [`input`] and [`output`]: what goes in and out; their JSON Schemas are in `schemas/`.
//! - [`sentence`]: where sentences begin and end.
//! - [`modality`]: whether a sentence binds, allows or forbids.
//! - [`reading`]: which sentences are about which topic.

pub mod input;
pub mod modality;
pub mod output;
pub mod reading;
pub mod sentence;

use baton_sdk::{Agent, Failure, Task};

/// The agent.
#[derive(Debug)]
pub struct ClauseReader;

impl Agent for ClauseReader {
    type Input = input::Section;
    type Output = output::Reading;

    fn run(task: Task<Self::Input>) -> Result<Self::Output, Failure> {
        if task.input.text.len() > input::MOST {
            return Err(Failure::invalid(format_args!("a section has at most {} bytes", input::MOST)));
        }
        Ok(reading::read(&task.input))
    }
}

// Only in a component: natively two agents may be linked into one test, and both would export `run`.
#[cfg(target_family = "wasm")]
baton_sdk::agent!(ClauseReader);

#[test]
fn the_schemas_of_the_manifest_are_those_of_the_types() {
    baton_sdk::schema::check::<ClauseReader>(env!("CARGO_MANIFEST_DIR"));
}
