//! Panics.

use baton_sdk::{Agent, Failure, Task};
use serde_json::Value;

struct Panics;

impl Agent for Panics {
    type Input = Value;
    type Output = Value;

    fn run(_: Task<Value>) -> Result<Value, Failure> {
        panic!("this guest has had enough")
    }
}

baton_sdk::agent!(Panics);
