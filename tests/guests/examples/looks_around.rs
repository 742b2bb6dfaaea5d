//! Tells everything it can see of the world without being granted anything.

use std::collections::HashMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use baton_sdk::{Agent, Failure, Task};
use serde_json::{Value, json};

struct LooksAround;

impl Agent for LooksAround {
    type Input = Value;
    type Output = Value;

    #[expect(clippy::disallowed_methods, reason = "it is what this guest is for")]
    fn run(task: Task<Value>) -> Result<Value, Failure> {
        let context = baton_sdk::context::current();
        let left = baton_sdk::budget::left();
        let moment = Instant::now();
        let keys: HashMap<u32, ()> = (0..8).map(|key| (key, ())).collect();
        Ok(json!({
            "task": { "id": task.id, "step": task.step, "attempt": task.attempt, "key": task.idempotency_key },
            "context": { "id": context.id, "run": context.run, "plugin": context.plugin },
            "left": { "fuel": left.fuel, "calls": left.calls, "bytes": left.bytes, "memory": left.memory_bytes },
            "now": baton_sdk::clock::now().as_millis(),
            "random": baton_sdk::random::bytes(8),
            "wall_clock": SystemTime::now().duration_since(UNIX_EPOCH).map(|d| d.as_millis() as u64).unwrap_or(0),
            "elapsed": moment.elapsed().as_nanos() as u64,
            "order_of_a_hash_map": keys.keys().collect::<Vec<_>>(),
            "environment": std::env::vars().collect::<Vec<_>>(),
            "arguments": std::env::args().collect::<Vec<_>>(),
            "root": std::fs::read_dir("/").map(|_| "readable").unwrap_or("closed"),
        }))
    }
}

baton_sdk::agent!(LooksAround);
