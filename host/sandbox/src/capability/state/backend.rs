//! State in the store of the run.

use baton_journal::{CallId, Scope, StateOp, StateReply, StoreError};
use baton_policy::{Request, StateScope};
use serde::Serialize;
use serde::de::IgnoredAny;

use crate::backends::Backends;
use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::gate::{CallSite, Effect, Operation};

/// The scope as the guest names it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Room {
    Run,
    Agent,
    Shared(String),
}

/// A call of the state interface.
#[derive(Debug, Serialize)]
pub(super) struct StateCall {
    #[serde(rename = "scope")]
    pub(super) room: Room,
    #[serde(flatten)]
    pub(super) op: StateOp,
}

impl Operation for StateCall {
    type Reply = StateReply;

    fn name(&self) -> &'static str {
        match self.op {
            StateOp::Get { .. } => "state.get",
            StateOp::Set { .. } => "state.set",
            StateOp::Delete { .. } => "state.delete",
            StateOp::Keys { .. } => "state.keys",
            StateOp::CompareAndSwap { .. } => "state.compare-and-swap",
        }
    }

    fn permission(&self) -> Option<Request<'_>> {
        let scope = match &self.room {
            Room::Run => StateScope::Run,
            Room::Agent => StateScope::Agent,
            Room::Shared(name) => StateScope::Shared(name),
        };
        Some(Request::State { scope })
    }

    fn effect(&self, _: &Backends) -> Effect {
        Effect::Inside
    }

    async fn perform(self, site: CallSite, backends: &Backends) -> Result<Result<StateReply, CallError>, SandboxError> {
        if let Err(error) = self.values_are_json() {
            return Ok(Err(CallError::Invalid(error)));
        }
        let invocation = &site.invocation;
        let scope = match self.room {
            Room::Run => Scope::Run(invocation.run.clone()),
            Room::Agent => Scope::Agent(invocation.plugin.clone()),
            Room::Shared(name) => Scope::Shared(name),
        };
        let call = CallId { run: invocation.run.clone(), invocation: invocation.id.clone(), sequence: site.sequence };
        match backends.store.state(call, scope, self.op).await {
            Ok(reply) => Ok(Ok(reply)),
            Err(StoreError::Quota(text)) => Ok(Err(CallError::Quota(text))),
            Err(error) => Err(error.into()),
        }
    }
}

impl StateCall {
    fn values_are_json(&self) -> Result<(), String> {
        let (expected, value) = match &self.op {
            StateOp::Set { value, .. } => (None, Some(value)),
            StateOp::CompareAndSwap { expected, value, .. } => (expected.as_ref(), value.as_ref()),
            _ => (None, None),
        };
        for (name, text) in [("expected", expected), ("value", value)] {
            if let Some(Err(error)) = text.map(|text| serde_json::from_str::<IgnoredAny>(text)) {
                return Err(format!("`{name}` is not JSON: {error}"));
            }
        }
        Ok(())
    }
}
