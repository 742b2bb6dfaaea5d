//! A tool that does for its callers what it is told: keeps values, calls other tools, and emits events.

use baton_sdk::bindings::baton::plugin::state::{self, Scope};
use baton_sdk::{Failure, events, tools};
use serde::Deserialize;
use serde_json::{Value, json};

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code; wit/acting.wit is its documentation")]
mod bindings {
    baton_sdk::tool!({ world: "tests:acting/tool", path: ["../../wit/v0.1", "wit"] });
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", tag = "act")]
enum Act {
    Get { scope: String, key: String },
    Set { scope: String, key: String, value: Value },
    Call { tool: String, arguments: Value },
    Emit { event: String, data: Value },
    Tools,
    Environment,
    Root,
}

struct Deputy;

impl bindings::exports::tests::acting::acting::Guest for Deputy {
    fn act(acts: String) -> Result<String, Failure> {
        let acts: Vec<Act> = serde_json::from_str(&acts).map_err(|error| Failure::Invalid(error.to_string()))?;
        Ok(Value::from_iter(acts.into_iter().map(act)).to_string())
    }
}

fn act(act: Act) -> Value {
    match act {
        Act::Get { scope, key } => told(state::get(&room(scope), &key)),
        Act::Set { scope, key, value } => told(state::set(&room(scope), &key, &value.to_string(), None)),
        Act::Call { tool, arguments } => told(tools::call::<Value>(&tool, &arguments)),
        Act::Emit { event, data } => told(events::emit(&event, &data)),
        Act::Tools => told(tools::list().map(|tools| tools.into_iter().map(|tool| tool.name).collect::<Vec<_>>())),
        Act::Environment => json!(std::env::vars().collect::<std::collections::BTreeMap<_, _>>()),
        Act::Root => json!(folders()),
    }
}

/// The folders that there are, of those that a test grants.
fn folders() -> Vec<&'static str> {
    ["/rates", "/out"].into_iter().filter(|folder| std::fs::read_dir(folder).is_ok()).collect()
}

fn room(scope: String) -> Scope {
    match scope.as_str() {
        "run" => Scope::Run,
        "agent" => Scope::Agent,
        _ => Scope::Shared(scope),
    }
}

fn told<T: serde::Serialize, E: std::fmt::Debug>(result: Result<T, E>) -> Value {
    match result {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "err": format!("{error:?}") }),
    }
}

baton_sdk::export!(Deputy, bindings);
