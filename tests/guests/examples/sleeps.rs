//! Sleeps for as long as it is told, and tells how long that was.

use std::time::{Duration, Instant};

use baton_sdk::{Agent, Failure, Task};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    ms: u64,
}

struct Sleeps;

impl Agent for Sleeps {
    type Input = Input;
    type Output = u64;

    #[expect(clippy::disallowed_methods, reason = "it is what this guest is for")]
    fn run(task: Task<Input>) -> Result<u64, Failure> {
        let start = Instant::now();
        std::thread::sleep(Duration::from_millis(task.input.ms));
        Ok(start.elapsed().as_millis() as u64)
    }
}

baton_sdk::agent!(Sleeps);
