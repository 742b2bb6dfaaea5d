//! An agent that looks up the answer to a question in a handbook. It asks in fewer and simpler words until it finds something, and
//! does not know when there are no simpler ones: then it asks the same for ever. It is what hosts are there to notice.

mod words;

use baton_sdk::{Agent, Failure, Task, tools};
use serde::{Deserialize, Serialize};

/// The question.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Input {
    /// What somebody wants to know, in their words.
    pub question: String,
}

/// A paragraph of the handbook.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Answer {
    /// The page that it stands on.
    pub page: String,
    /// The line at which it begins, from 1.
    pub line: u32,
    /// Its text.
    pub text: String,
}

#[derive(Serialize)]
struct Search<'a> {
    words: &'a [String],
}

/// The agent.
#[derive(Debug)]
pub struct Researcher;

impl Agent for Researcher {
    type Input = Input;
    type Output = Answer;

    fn run(task: Task<Input>) -> Result<Answer, Failure> {
        let mut words = words::of(&task.input.question);
        loop {
            let found: Vec<Answer> = tools::call("handbook/pages.search", &Search { words: &words })?;
            if let Some(first) = found.into_iter().next() {
                return Ok(first);
            }
            baton_sdk::log::info(format!("nothing about {}: I ask in other words", words.join(" ")));
            words = words::simpler(words);
        }
    }
}

// Only in a component: natively two agents may be linked into one test, and both would export `run`.
#[cfg(target_family = "wasm")]
baton_sdk::agent!(Researcher);

#[test]
fn the_schemas_of_the_manifest_are_those_of_the_types() {
    baton_sdk::schema::check::<Researcher>(env!("CARGO_MANIFEST_DIR"));
}
