//! An agent that checks an applicant and the documents they handed in against the rules of a firm.
//! It reads no document itself: it is given what the summariser found in them. Rules and lists are data.
//!
//! Code map, in reading order:
//! - [`input`] and [`output`]: what goes in and out; their JSON Schemas are in `schemas/`.
//! - [`assess`]: all checks, and what follows from their findings.
//! - [`check`]: one file for each check.
//! - [`day`]: days, read and counted.
//! - [`name`]: when two names are the same, whatever the script, the spelling and the order of their words.

pub mod assess;
pub mod check;
pub mod day;
pub mod input;
pub mod name;
pub mod output;

use baton_sdk::{Agent, Failure, Task, clock};

/// The agent.
#[derive(Debug)]
pub struct Compliance;

impl Agent for Compliance {
    type Input = input::Input;
    type Output = output::Assessment;

    fn run(task: Task<Self::Input>) -> Result<Self::Output, Failure> {
        let today = || day::of(clock::now().as_millis());
        assess::assess(&task.input, today).map_err(Failure::invalid)
    }
}

// Only in a component: natively two agents may be linked into one test, and both would export `run`.
#[cfg(target_family = "wasm")]
baton_sdk::agent!(Compliance);

#[cfg(test)]
mod clients;

#[test]
fn the_schemas_of_the_manifest_are_those_of_the_types() {
    baton_sdk::schema::check::<Compliance>(env!("CARGO_MANIFEST_DIR"));
}
