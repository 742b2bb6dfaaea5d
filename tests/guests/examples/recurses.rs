//! Calls itself without end.

use baton_sdk::{Agent, Failure, Task};
use serde_json::Value;

struct Recurses;

impl Agent for Recurses {
    type Input = Value;
    type Output = u64;

    fn run(_: Task<Value>) -> Result<u64, Failure> {
        Ok(deeper(std::hint::black_box(1)))
    }
}

#[expect(unconditional_recursion, reason = "it is what this guest is for")]
fn deeper(level: u64) -> u64 {
    let here = std::hint::black_box([level; 4]);
    deeper(level + 1) + here[0]
}

baton_sdk::agent!(Recurses);
