//! Answers with something that is no JSON.

use baton_sdk::bindings::exports::baton::plugin::agent::{Guest, Task};
use baton_sdk::{Failure, bindings};

struct SaysNoJson;

impl Guest for SaysNoJson {
    fn run(_: Task) -> Result<String, Failure> {
        Ok("{ this is: not JSON".to_owned())
    }
}

baton_sdk::export!(SaysNoJson, bindings);
