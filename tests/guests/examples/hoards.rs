//! Keeps values of the size it is told under new keys until it is refused, and tells how many there were and why not more.

use baton_sdk::bindings::baton::plugin::state::{self, Scope};
use baton_sdk::{Agent, Failure, Task};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Input {
    bytes: usize,
}

struct Hoards;

impl Agent for Hoards {
    type Input = Input;
    type Output = Value;

    fn run(task: Task<Input>) -> Result<Value, Failure> {
        let value = format!("\"{}\"", "x".repeat(task.input.bytes));
        for kept in 0.. {
            if let Err(error) = state::set(&Scope::Agent, &kept.to_string(), &value, None) {
                return Ok(json!({ "kept": kept, "refusal": format!("{error:?}") }));
            }
        }
        Err(Failure::Permanent("nothing was refused".to_owned()))
    }
}

baton_sdk::agent!(Hoards);
