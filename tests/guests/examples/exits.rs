//! Ends its process.

use baton_sdk::{Agent, Failure, Task};
use serde_json::Value;

struct Exits;

impl Agent for Exits {
    type Input = Value;
    type Output = Value;

    fn run(_: Task<Value>) -> Result<Value, Failure> {
        std::process::exit(3)
    }
}

baton_sdk::agent!(Exits);
