//! What performs calls of tools, and the operations that need it.

use std::sync::Arc;
use std::time::Duration;

use baton_journal::{BoxFuture, Failure};
use baton_policy::repetition::Kind;
use baton_policy::{self as policy, Request, ToolCall};
use serde::{Deserialize, Serialize};

use crate::backends::Backends;
use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::gate::{CallSite, Effect, Operation, Unknown};

/// What a guest is told about a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolFacts {
    /// `plugin/interface.function`.
    pub name: String,
    /// What it does, from the manifest of its plugin.
    pub description: String,
    /// The JSON Schema of its arguments.
    pub parameters: serde_json::Value,
    /// The JSON Schema of its result.
    pub returns: serde_json::Value,
    /// What a call may change.
    pub effect: policy::Effect,
    /// Whether a call repeated with the same idempotency key changes nothing more.
    pub idempotent: bool,
}

/// Calls tools for guests, each in a sandbox of its own.
pub trait Tools: Send + Sync {
    /// The tools that exist, in the order of their names; the gate shows a guest those that it was granted.
    fn list(&self) -> Vec<ToolFacts>;

    /// What a call of the tool may change; [`policy::Effect::Write`] if nobody knows the tool.
    fn effect(&self, tool: &str) -> policy::Effect;

    /// How long a call waits for its turn; it is used up by the call.
    ///
    /// # Errors
    /// The turn does not come before the caller is stopped, or the tool is left alone for a while.
    fn turn(&self, site: &CallSite, tool: &str, arguments: &str) -> Result<Duration, Failure> {
        let _ = (site, tool, arguments);
        Ok(Duration::ZERO)
    }

    /// What is known of a call that an earlier host may have made.
    fn unknown(&self, site: &CallSite, tool: &str, arguments: &str) -> Unknown {
        let _ = (site, arguments);
        Unknown::of(tool)
    }

    /// Ends what an earlier host left open of a call that is not made again.
    fn leave(
        &self,
        site: CallSite,
        tool: String,
        arguments: String,
        failure: Failure,
    ) -> BoxFuture<'_, Result<(), SandboxError>> {
        let _ = (site, tool, arguments, failure);
        Box::pin(async { Ok(()) })
    }

    /// Calls a tool with arguments (JSON) for the host call at `site`. The outer error is the host's.
    fn call(
        &self,
        site: CallSite,
        tool: String,
        arguments: String,
    ) -> BoxFuture<'_, Result<Result<Arc<str>, CallError>, SandboxError>>;
}

/// `tools.call`, alone or among those of a `call-all`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(super) name: String,
    pub(super) arguments: String,
}

impl Operation for Call {
    type Reply = Arc<str>;

    fn name(&self) -> &'static str {
        "tools.call"
    }

    fn permission(&self, backends: &Backends) -> Option<Request<'_>> {
        Some(Request::Tool { call: ToolCall { name: &self.name, effect: backends.tools.effect(&self.name) } })
    }

    fn effect(&self, backends: &Backends) -> Effect {
        if backends.tools.effect(&self.name) == policy::Effect::Write { Effect::Outside } else { Effect::Inside }
    }

    fn kind(&self) -> Kind {
        Kind::Asks
    }

    fn turn(&self, site: &CallSite, backends: &Backends) -> Result<Duration, Failure> {
        backends.tools.turn(site, &self.name, &self.arguments)
    }

    fn unknown(&self, site: &CallSite, backends: &Backends) -> Unknown {
        backends.tools.unknown(site, &self.name, &self.arguments)
    }

    async fn leave(
        self,
        site: CallSite,
        backends: &Backends,
        failure: Failure,
    ) -> Result<Result<Arc<str>, CallError>, SandboxError> {
        backends.tools.leave(site, self.name, self.arguments, failure.clone()).await?;
        Ok(Err(CallError::Failed(failure)))
    }

    async fn perform(self, site: CallSite, backends: &Backends) -> Result<Result<Arc<str>, CallError>, SandboxError> {
        backends.tools.call(site, self.name, self.arguments).await
    }
}

/// `tools.list`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct List {}

impl Operation for List {
    type Reply = Vec<ToolFacts>;

    fn name(&self) -> &'static str {
        "tools.list"
    }

    fn permission(&self, _: &Backends) -> Option<Request<'_>> {
        None
    }

    fn effect(&self, _: &Backends) -> Effect {
        Effect::Inside
    }

    async fn perform(
        self,
        site: CallSite,
        backends: &Backends,
    ) -> Result<Result<Vec<ToolFacts>, CallError>, SandboxError> {
        let mut tools = backends.tools.list();
        tools.retain(|tool| {
            site.is_granted(&Request::Tool { call: ToolCall { name: &tool.name, effect: tool.effect } })
        });
        Ok(Ok(tools))
    }
}
