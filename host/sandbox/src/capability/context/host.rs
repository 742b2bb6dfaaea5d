use std::sync::Arc;

use crate::bindings::baton::plugin::context::{Host, Invocation};
use crate::guest::Guest;

impl Host for Guest {
    fn current(&mut self) -> wasmtime::Result<Invocation> {
        let invocation = Arc::clone(self.gate.invocation());
        let current = Invocation {
            id: invocation.id.to_string(),
            run: invocation.run.to_string(),
            plugin: invocation.plugin.clone(),
            step: invocation.site.to_string(),
            attempt: invocation.attempt,
            deadline: invocation.deadline.0,
            idempotency_key: invocation.idempotency_key.clone(),
        };
        self.gate.ambient((current.id.len() + current.step.len() + current.idempotency_key.len()) as u64)?;
        Ok(current)
    }
}
