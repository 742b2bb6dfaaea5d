//! Answers with something that is no JSON.

use baton_sdk::Failure;
#[cfg(target_family = "wasm")]
use baton_sdk::bindings;
use baton_sdk::bindings::exports::baton::plugin::agent::{Guest, Task};

struct SaysNoJson;

impl Guest for SaysNoJson {
    fn run(_: Task) -> Result<String, Failure> {
        Ok("{ this is: not JSON".to_owned())
    }
}

baton_sdk::export!(SaysNoJson, bindings);
