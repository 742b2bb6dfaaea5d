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
