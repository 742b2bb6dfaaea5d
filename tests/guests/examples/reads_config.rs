//! Tells what `wasi:config` has: all of it, and the value of the name that it is given.

use baton_sdk::{Agent, Failure, Task};
use serde_json::{Value, json};

use bindings::wasi::config::store;

mod bindings {
    baton_sdk::wit_bindgen::generate!({
        path: "../../host/sandbox/wit/config",
        world: "wasi:config/imports",
        runtime_path: "::baton_sdk::wit_bindgen::rt",
    });
}

struct Reads;

impl Agent for Reads {
    type Input = String;
    type Output = Value;

    fn run(task: Task<String>) -> Result<Value, Failure> {
        Ok(json!({ "all": store::get_all().ok(), "one": store::get(&task.input).ok() }))
    }
}

baton_sdk::agent!(Reads);
