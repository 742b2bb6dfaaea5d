//! State in the store of the run.

use baton_journal::{CallId, Full, Scope, StateOp, StateReply, StateRequest, StoreError, json};
use baton_policy::repetition::Kind;
use baton_policy::{Request, StateAccess, StateKeys, StateScope, StateWanted};
use serde::{Deserialize, Serialize};

use crate::backends::Backends;
use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::gate::{CallSite, Effect, Operation};

/// The scope as the guest names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Room {
    Run,
    Agent,
    Shared(String),
}

/// A call of the state interface.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StateCall {
    #[serde(rename = "scope")]
    pub(crate) room: Room,
    #[serde(flatten)]
    pub(crate) op: StateOp,
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
            StateOp::Increment { .. } => "state.increment",
        }
    }

    fn permission(&self, _: &Backends) -> Option<Request<'_>> {
        Some(Request::State { wanted: self.wanted() })
    }

    fn effect(&self, _: &Backends) -> Effect {
        Effect::Inside
    }

    fn kind(&self) -> Kind {
        if self.wanted().access == StateAccess::Read { Kind::Looks } else { Kind::Changes }
    }

    async fn perform(self, site: CallSite, backends: &Backends) -> Result<Result<StateReply, CallError>, SandboxError> {
        if let Err(error) = self.values_are_json() {
            return Ok(Err(CallError::Invalid(error)));
        }
        match backends.store.state(&backends.claim, self.request(&site, backends)).await {
            Ok(reply) => Ok(Ok(reply)),
            Err(StoreError::Full(full)) => Ok(Err(self.full(&site, full))),
            Err(StoreError::Invalid(text)) => Ok(Err(CallError::Invalid(text))),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a recorded call changed in the state of its own run: nothing, if it only read, was refused, or meant other state.
#[must_use]
pub fn run_state(operation: &str, request: &str, reply: &str) -> Option<StateOp> {
    let call: StateCall = serde_json::from_str(request).ok()?;
    let reply: serde_json::Value = serde_json::from_str(reply).ok()?;
    let is_change = !matches!(call.op, StateOp::Get { .. } | StateOp::Keys { .. });
    let is_done = call.name() == operation && reply.get("ok").is_some();
    (call.room == Room::Run && is_change && is_done).then_some(call.op)
}

impl StateCall {
    fn wanted(&self) -> StateWanted<'_> {
        let (access, keys) = match &self.op {
            StateOp::Get { key } => (StateAccess::Read, StateKeys::One(key)),
            StateOp::Keys { prefix, .. } => (StateAccess::Read, StateKeys::Beginning(prefix)),
            StateOp::Set { key, .. }
            | StateOp::Delete { key }
            | StateOp::CompareAndSwap { key, .. }
            | StateOp::Increment { key, .. } => (StateAccess::Write, StateKeys::One(key)),
        };
        StateWanted { scope: self.room.as_scope(), access, keys }
    }

    fn request(&self, site: &CallSite, backends: &Backends) -> StateRequest {
        let invocation = &site.invocation;
        StateRequest {
            call: CallId { run: invocation.run.clone(), invocation: invocation.id.clone(), sequence: site.sequence },
            scope: match &self.room {
                Room::Run => Scope::Run(invocation.run.clone()),
                Room::Agent => Scope::Agent(invocation.plugin.clone()),
                Room::Shared(name) => Scope::Shared(name.clone()),
            },
            op: self.op.clone(),
            now: backends.clock.now(),
            quota: site.quota(self.wanted()),
        }
    }

    /// What the room holds, what it may hold, and the line that lets it hold more.
    fn full(&self, site: &CallSite, full: Full) -> CallError {
        let room = self.room.as_scope();
        let hint = match full {
            Full::Bytes { needed, .. } => format!(" ({})", site.hint_to_fill(self.wanted(), needed)),
            Full::Keys { .. } => String::new(),
        };
        CallError::Quota(format!("the room `{room}` is full: {full}{hint}"))
    }

    fn values_are_json(&self) -> Result<(), String> {
        let (expected, value) = match &self.op {
            StateOp::Set { value, .. } => (None, Some(value)),
            StateOp::CompareAndSwap { expected, value, .. } => (expected.as_ref(), value.as_ref()),
            _ => (None, None),
        };
        for (name, text) in [("expected", expected), ("value", value)] {
            if let Some(Err(error)) = text.map(|text| json::parse(text)) {
                return Err(format!("`{name}` is not JSON: {error}"));
            }
        }
        Ok(())
    }
}

impl Room {
    fn as_scope(&self) -> StateScope<'_> {
        match self {
            Room::Run => StateScope::Run,
            Room::Agent => StateScope::Agent,
            Room::Shared(name) => StateScope::Shared(name),
        }
    }
}
