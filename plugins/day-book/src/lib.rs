//! An agent that gathers the clients that are checked within some hours, and then tells what the day brought. Between two of
//! them it is not there: each event brings it back to where it waited.

use std::time::Duration;

use baton_sdk::events::{self, Filter};
use baton_sdk::{Agent, Failure, Task, clock, log};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The shortest time for which one can wait.
const SHORTEST: Duration = Duration::from_secs(1);

/// How long it gathers.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Input {
    /// In hours.
    #[cfg_attr(test, schemars(range(min = 1, max = 24)))]
    pub hours: u32,
}

/// What the time brought.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Digest {
    /// The clients, in the order in which they were checked.
    pub clients: Vec<Client>,
}

/// A client that was checked.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Client {
    /// The full name.
    pub name: String,
    /// What the check says.
    pub decision: String,
}

/// What the event says, as far as it matters here.
#[derive(Deserialize)]
struct Checked {
    applicant: Applicant,
    decision: String,
}

#[derive(Deserialize)]
struct Applicant {
    name: String,
}

/// The agent.
#[derive(Debug)]
pub struct DayBook;

impl Agent for DayBook {
    type Input = Input;
    type Output = Digest;

    fn run(task: Task<Input>) -> Result<Digest, Failure> {
        let (begun, time) = (clock::now(), Duration::from_secs(u64::from(task.input.hours) * 3_600));
        let mut clients = Vec::new();
        loop {
            let left = time.saturating_sub(clock::now().since(begun));
            let Some(told) = wait(left)? else { break };
            match client(told) {
                Ok(client) => clients.push(client),
                Err(why) => log::warn(format!("an event is left out: {why}")),
            }
        }
        let digest = Digest { clients };
        events::emit("digest.written", &digest)?;
        Ok(digest)
    }
}

/// What the next event says; nothing if none comes any more.
fn wait(left: Duration) -> Result<Option<Value>, Failure> {
    if left < SHORTEST {
        return Ok(None);
    }
    Ok(events::wait(&Filter::named("client.checked").within(left))?)
}

/// The client of an event. Whoever may emit one may say anything.
fn client(told: Value) -> Result<Client, serde_json::Error> {
    let Checked { applicant, decision } = serde_json::from_value(told)?;
    Ok(Client { name: applicant.name, decision })
}

// Only in a component: natively two agents may be linked into one test, and both would export `run`.
#[cfg(target_family = "wasm")]
baton_sdk::agent!(DayBook);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_an_event_name_and_decision_are_kept() {
        let told = json!({ "applicant": { "name": "Ada", "kind": "person" }, "decision": "accept", "risk": "low" });
        assert_eq!(client(told).ok(), Some(Client { name: "Ada".to_owned(), decision: "accept".to_owned() }));
        assert!(client(json!({ "applicant": "Ada" })).is_err());
    }

    #[test]
    fn the_schemas_of_the_manifest_are_those_of_the_types() {
        baton_sdk::schema::check::<DayBook>(env!("CARGO_MANIFEST_DIR"));
    }
}
