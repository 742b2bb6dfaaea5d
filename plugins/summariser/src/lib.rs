//! An agent that summarises a document and finds who, when, how much and where in it, each with its position.
//! It knows no model and no network: the same text always gives the same report.
//!
//! Code map, in reading order:
//! - [`input`] and [`output`]: what goes in and out; their JSON Schemas are in `schemas/`.
//! - [`report`]: from a document to its report; the limits.
//! - [`token`] and [`scan`]: the text as words, numbers and symbols.
//! - [`sentence`], [`language`] and [`rank`]: the sentences, and the central ones among them.
//! - [`find`]: one file for each kind of finding.

pub mod find;
pub mod input;
pub mod language;
pub mod output;
pub mod rank;
pub mod report;
pub mod scan;
pub mod sentence;
pub mod token;

use baton_sdk::{Agent, Failure, Task};

/// The agent.
#[derive(Debug)]
pub struct Summariser;

impl Agent for Summariser {
    type Input = input::Input;
    type Output = output::Report;

    fn run(task: Task<Self::Input>) -> Result<Self::Output, Failure> {
        report::report(&task.input.document).map_err(|refusal| Failure::Invalid(refusal.to_string()))
    }
}

// Only in a component: natively two agents may be linked into one test, and both would export `run`.
#[cfg(target_family = "wasm")]
baton_sdk::agent!(Summariser);

#[test]
fn the_schemas_of_the_manifest_are_those_of_the_types() {
    baton_sdk::schema::check::<Summariser>(env!("CARGO_MANIFEST_DIR"));
}
