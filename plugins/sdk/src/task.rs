//! An agent and its task: JSON outside, the author's own types inside.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::exports::baton::plugin::agent as contract;
use crate::{Failure, Timestamp};

/// Does one kind of task. [`agent!`](crate::agent!) makes a component of it.
pub trait Agent {
    /// What a task hands over.
    type Input: DeserializeOwned;
    /// What the agent answers.
    type Output: Serialize;

    /// Does the task.
    ///
    /// # Errors
    ///
    /// The variant tells the host what it may do next: see [`Failure`].
    fn run(task: Task<Self::Input>) -> Result<Self::Output, Failure>;
}

/// What an agent is asked to do, once.
#[derive(Clone, Debug)]
pub struct Task<T> {
    /// The invocation's id: unique, also among the attempts of one step.
    pub id: String,
    /// The step of the workflow, with the item's index for a step that runs for each item: `summarise[2]`.
    pub step: String,
    /// Counts the attempts of the step from 1.
    pub attempt: u32,
    /// What the step hands over.
    pub input: T,
    /// When the host will stop the invocation.
    pub deadline: Timestamp,
    /// The same for every attempt of this step in this run: hand it to services that know such keys.
    pub idempotency_key: String,
}

impl<T: DeserializeOwned> Task<T> {
    /// Reads the input of a task as the host hands it over.
    ///
    /// # Errors
    ///
    /// [`Failure::Invalid`] with the path and the position of what does not fit.
    pub fn decode(task: contract::Task) -> Result<Self, Failure> {
        Ok(Self {
            input: decode(&task.input).map_err(|error| Failure::invalid(format_args!("input: {error}")))?,
            id: task.id,
            step: task.step,
            attempt: task.attempt,
            deadline: Timestamp::from_millis(task.deadline),
            idempotency_key: task.idempotency_key,
        })
    }
}

/// Reads JSON and says where it does not fit: `documents[2].text: missing field ... at line 1 column 40`.
pub(crate) fn decode<T: DeserializeOwned>(json: &str) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = serde_path_to_error::deserialize(&mut deserializer)?;
    match deserializer.end() {
        Ok(()) => Ok(value),
        Err(error) => Err(serde_path_to_error::Error::new(serde_path_to_error::Track::new().path(), error)),
    }
}

/// Every [`Agent`] answers the contract's `run`.
impl<A: Agent> contract::Guest for A {
    fn run(task: contract::Task) -> Result<String, Failure> {
        let output = <A as Agent>::run(Task::decode(task)?)?;
        serde_json::to_string(&output).map_err(|error| Failure::permanent(format_args!("output: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Document {
        pages: u32,
    }

    #[derive(Debug, Deserialize)]
    struct Input {
        documents: Vec<Document>,
    }

    struct Counter;

    impl Agent for Counter {
        type Input = Input;
        type Output = BTreeMap<String, u32>;

        fn run(task: Task<Input>) -> Result<Self::Output, Failure> {
            let pages = task.input.documents.iter().map(|document| document.pages).sum();
            match pages {
                0 => Err(Failure::declined("nothing to count")),
                _ => Ok(BTreeMap::from([(task.step, pages)])),
            }
        }
    }

    fn run<A: contract::Guest>(input: &str) -> Result<String, Failure> {
        A::run(contract::Task {
            id: "I-1".into(),
            step: "count".into(),
            attempt: 1,
            input: input.into(),
            deadline: 1_000,
            idempotency_key: "K-1".into(),
        })
    }

    #[test]
    fn an_agent_reads_and_writes_its_own_types() {
        assert_eq!(run::<Counter>(r#"{"documents": [{"pages": 2}, {"pages": 3}]}"#), Ok(r#"{"count":5}"#.into()));
        assert_eq!(run::<Counter>(r#"{"documents": []}"#), Err(Failure::declined("nothing to count")));
    }

    #[test]
    fn an_input_that_does_not_fit_is_invalid_with_its_path_and_position() {
        let check = |input: &str, expected: &str| assert_eq!(run::<Counter>(input), Err(Failure::invalid(expected)));
        check(
            r#"{"documents": [{"pages": 2}, {"pages": "three"}]}"#,
            "input: documents[1].pages: invalid type: string \"three\", expected u32 at line 1 column 46",
        );
        check(r#"{}"#, "input: missing field `documents` at line 1 column 2");
        check("", "input: EOF while parsing a value at line 1 column 0");
        check(r#"{"documents": []} and more"#, "input: trailing characters at line 1 column 19");
    }

    struct Keyed;

    impl Agent for Keyed {
        type Input = serde_json::Value;
        type Output = BTreeMap<(u32, u32), u32>;

        fn run(_: Task<Self::Input>) -> Result<Self::Output, Failure> {
            Ok(BTreeMap::from([((1, 2), 3)]))
        }
    }

    #[test]
    fn an_output_that_is_no_json_is_the_agents_own_fault() {
        assert_eq!(run::<Keyed>("null"), Err(Failure::permanent("output: key must be a string")));
    }
}
