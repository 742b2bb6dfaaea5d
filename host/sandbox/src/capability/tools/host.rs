use std::sync::Arc;

use baton_policy::{self as policy, ceiling::CALLS_AT_ONCE};

use super::backend::{Call, List, ToolFacts};
use crate::bindings::baton::plugin::tools::{Effect, Host, Tool, ToolCall};
use crate::bindings::baton::plugin::types::Error;
use crate::call_error::CallError;
use crate::guest::Guest;

impl Host for Guest {
    async fn list(&mut self) -> wasmtime::Result<Vec<Tool>> {
        let tools = self.gate.call(List {}).await?;
        Ok(tools.unwrap_or_default().into_iter().map(Tool::from).collect())
    }

    async fn call(&mut self, call: ToolCall) -> wasmtime::Result<Result<String, Error>> {
        Ok(told(self.gate.call(Call::from(call)).await?))
    }

    async fn call_all(&mut self, calls: Vec<ToolCall>) -> wasmtime::Result<Vec<Result<String, Error>>> {
        let excess = calls.len().saturating_sub(CALLS_AT_ONCE as usize);
        let calls = calls.into_iter().take(CALLS_AT_ONCE as usize).map(Call::from).collect();
        let replies = self.gate.call_all(calls).await?;
        let refused = || Err(Error::Invalid(format!("more than {CALLS_AT_ONCE} calls at once")));
        Ok(replies.into_iter().map(told).chain((0..excess).map(|_| refused())).collect())
    }
}

fn told(reply: Result<Arc<str>, CallError>) -> Result<String, Error> {
    Ok(reply?.as_ref().to_owned())
}

impl From<ToolCall> for Call {
    fn from(call: ToolCall) -> Self {
        Call { name: call.name, arguments: call.arguments }
    }
}

impl From<ToolFacts> for Tool {
    fn from(facts: ToolFacts) -> Self {
        Tool {
            name: facts.name,
            description: facts.description,
            parameters: facts.parameters.to_string(),
            returns: facts.returns.to_string(),
            effect: match facts.effect {
                policy::Effect::None => Effect::None,
                policy::Effect::Read => Effect::Read,
                policy::Effect::Write => Effect::Write,
            },
            idempotent: facts.idempotent,
        }
    }
}
