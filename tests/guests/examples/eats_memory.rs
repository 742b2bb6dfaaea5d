//! Takes memory until there is none.

use baton_sdk::{Agent, Failure, Task};
use serde_json::Value;

struct EatsMemory;

impl Agent for EatsMemory {
    type Input = Value;
    type Output = usize;

    fn run(_: Task<Value>) -> Result<usize, Failure> {
        let mut held: Vec<Vec<u8>> = Vec::new();
        loop {
            held.push(std::hint::black_box(vec![1; 1 << 20]));
        }
    }
}

baton_sdk::agent!(EatsMemory);
