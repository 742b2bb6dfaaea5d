//! An agent that reads a contract or a licence, finds its clauses by the rules of a firm, and says of each what speaks against
//! it. What a clause is and how grave it is are data: the agent brings no opinion of its own.
//!
//! Code map, in reading order:
//! - [`input`] and [`output`]: what goes in and out; their JSON Schemas are in `schemas/`.
//! - [`sentence`]: the sentences of a text, and where they stand.
//! - [`phrase`]: whether a sentence says something, however it is wrapped, quoted or written.
//! - [`review`]: the rules, applied to every sentence.

pub mod input;
pub mod output;
pub mod phrase;
pub mod review;
pub mod sentence;

use baton_sdk::{Agent, Failure, Task, log};

/// The agent.
#[derive(Debug)]
pub struct ContractReviewer;

impl Agent for ContractReviewer {
    type Input = input::Input;
    type Output = output::Review;

    fn run(task: Task<Self::Input>) -> Result<Self::Output, Failure> {
        let review = review::review(&task.input).map_err(Failure::invalid)?;
        log::info(format!(
            "{}: {} clauses in {} sentences, {} missing",
            review.contract,
            review.clauses.len(),
            review.sentences,
            review.missing.len()
        ));
        Ok(review)
    }
}

// Only in a component: natively two agents may be linked into one test, and both would export `run`.
#[cfg(target_family = "wasm")]
baton_sdk::agent!(ContractReviewer);

#[test]
fn the_schemas_of_the_manifest_are_those_of_the_types() {
    baton_sdk::schema::check::<ContractReviewer>(env!("CARGO_MANIFEST_DIR"));
}
