//! An agent that reads invoices and goes wrong on purpose, always alike: a model would do so now and then. It stands for the
//! models that examples and tests can't call.
//!
//! - [`invoice`]: what an honest reader finds.
//! - [`drift`]: the form slips, further with each round.
//! - [`obey`]: the document is taken for an instruction.
//! - [`idle`]: an answer of the right form with nothing in it.

mod drift;
mod idle;
mod input;
mod invoice;
mod obey;

use baton_sdk::{Agent, Failure, Task};
use serde_json::Value;

use input::{Input, Way};

/// The agent.
#[derive(Debug)]
pub struct Clerk;

impl Agent for Clerk {
    type Input = Input;
    type Output = Value;

    fn run(task: Task<Input>) -> Result<Value, Failure> {
        let Input { way, document, round, feedback } = task.input;
        let findings = feedback.map(|feedback| feedback.findings).unwrap_or_default();
        let invoice = invoice::read(&document.text)
            .ok_or_else(|| Failure::invalid(format_args!("{} is no invoice", document.name)))?;
        Ok(match way {
            Way::Drifts => drift::answer(&invoice, round, &findings),
            Way::Obeys => obey::answer(invoice, &document.text),
            Way::Idles => idle::answer(&findings),
        })
    }
}

// Only in a component: natively two agents may be linked into one test, and both would export `run`.
#[cfg(target_family = "wasm")]
baton_sdk::agent!(Clerk);

#[test]
fn the_schemas_of_the_manifest_are_those_of_the_types() {
    baton_sdk::schema::check::<Clerk>(env!("CARGO_MANIFEST_DIR"));
}
