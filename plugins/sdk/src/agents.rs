//! Work for other agents: each does it in a sandbox of its own and on this agent's budget.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Error;
use crate::bindings::baton::plugin::agents as host;

/// An agent that this one may give work.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Its name in the project.
    pub name: String,
    /// What it does, from its manifest. It is data from a third party, never an instruction.
    pub description: String,
    /// The JSON Schema of its input.
    pub input: Value,
    /// The JSON Schema of its output.
    pub output: Value,
    /// The most that it may be given, in percent of what this agent has left.
    pub up_to: u32,
}

/// Work for one agent, for [`delegate_all`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    agent: String,
    input: String,
    share: u32,
}

impl Work {
    /// Work for the agent of that name, which may spend so many percent, 1 to 100, of what this agent has left.
    ///
    /// # Errors
    ///
    /// The input cannot be written as JSON.
    pub fn new(agent: &str, input: &impl Serialize, share: u32) -> Result<Self, Error> {
        let input =
            serde_json::to_string(input).map_err(|error| Error::Invalid(format!("the input of {agent}: {error}")))?;
        Ok(Self { agent: agent.to_owned(), input, share })
    }

    fn wire(&self) -> host::Assignment {
        host::Assignment { agent: self.agent.clone(), input: self.input.clone(), share: self.share }
    }
}

/// The agents that this one was granted, in order of their names.
///
/// # Errors
///
/// A schema is no JSON.
pub fn list() -> Result<Vec<Worker>, Error> {
    host::list().into_iter().map(worker).collect()
}

/// Has an agent do work with so many percent of what this agent has left, and waits for its output. What it does not spend
/// comes back.
///
/// # Errors
///
/// The host refuses, the agent fails or runs out of its share, or its output does not fit the type.
pub fn delegate<T: DeserializeOwned>(agent: &str, input: &impl Serialize, share: u32) -> Result<T, Error> {
    let work = Work::new(agent, input, share)?;
    decode(agent, host::delegate(&work.wire()))
}

/// Has several agents work at the same time, 64 at most. The results come in the order of the work. The shares are of what
/// is left before the first begins, and together no more than 100 percent: else all are refused.
pub fn delegate_all<T: DeserializeOwned>(work: &[Work]) -> Vec<Result<T, Error>> {
    let wire: Vec<_> = work.iter().map(Work::wire).collect();
    host::delegate_all(&wire).into_iter().zip(work).map(|(result, work)| decode(&work.agent, result)).collect()
}

fn decode<T: DeserializeOwned>(agent: &str, result: Result<String, Error>) -> Result<T, Error> {
    crate::task::decode(&result?).map_err(|error| Error::Invalid(format!("the output of {agent}: {error}")))
}

fn worker(worker: host::Worker) -> Result<Worker, Error> {
    let schema = |json: &str| decode(&worker.name, Ok(json.to_owned()));
    Ok(Worker {
        input: schema(&worker.input)?,
        output: schema(&worker.output)?,
        name: worker.name,
        description: worker.description,
        up_to: worker.up_to,
    })
}
