//! Answers with something that is no JSON.

use baton_sdk::Failure;
use baton_sdk::bindings::exports::baton::plugin::agent::{Guest, Task};

struct SaysNoJson;

impl Guest for SaysNoJson {
    fn run(_: Task) -> Result<String, Failure> {
        Ok("{ this is: not JSON".to_owned())
    }
}

#[cfg(target_family = "wasm")]
baton_sdk::bindings::export!(SaysNoJson with_types_in baton_sdk::bindings);
