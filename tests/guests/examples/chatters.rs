//! Writes lines: as many as it is told, by each of the three ways.

use baton_sdk::{Agent, Failure, Task};
use serde::Deserialize;

#[derive(Deserialize)]
struct Input {
    lines: u32,
}

struct Chatters;

impl Agent for Chatters {
    type Input = Input;
    type Output = u32;

    #[expect(clippy::print_stdout, clippy::print_stderr, reason = "it is what this guest is for")]
    fn run(task: Task<Input>) -> Result<u32, Failure> {
        for line in 0..task.input.lines {
            baton_sdk::log::info(format!("log {line}"));
            println!("stdout {line}");
            eprintln!("stderr {line}");
        }
        Ok(task.input.lines)
    }
}

baton_sdk::agent!(Chatters);
