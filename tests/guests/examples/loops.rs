//! Never answers.

use baton_sdk::{Agent, Failure, Task};
use serde_json::Value;

struct Loops;

impl Agent for Loops {
    type Input = Value;
    type Output = Value;

    fn run(_: Task<Value>) -> Result<Value, Failure> {
        let mut count = 0_u64;
        loop {
            count = std::hint::black_box(count.wrapping_add(1));
        }
    }
}

baton_sdk::agent!(Loops);
