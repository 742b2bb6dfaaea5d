//! What has agents work for other agents, and the operations that need it.

use std::sync::Arc;

use baton_journal::{BoxFuture, Failure};
use baton_policy::repetition::Kind;
use baton_policy::{AgentCall, Amounts, Request, Share};
use serde::{Deserialize, Serialize};

use crate::backends::Backends;
use crate::call_error::CallError;
use crate::error::SandboxError;
use crate::gate::{CallSite, Effect, Operation, Reply, Written};

/// What an agent is told about another one that may work for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffFacts {
    /// Its name in the project.
    pub name: String,
    /// What it does, from its manifest.
    pub description: String,
    /// The JSON Schema of its input.
    pub input: serde_json::Value,
    /// The JSON Schema of its output.
    pub output: serde_json::Value,
    /// The most that it may be given of what its caller has left.
    pub up_to: Share,
}

/// Work for an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The agent's name in the project.
    pub agent: String,
    /// Its input, JSON.
    pub input: Arc<str>,
    /// The part of what its caller has left that it may spend.
    pub share: Share,
}

/// What became of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegated {
    /// What the caller is told.
    pub told: Told,
    /// What was spent of the share.
    pub spent: Amounts,
}

/// What a caller is told of the work of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// Its output, JSON.
    Output(Arc<str>),
    /// It did not do it.
    Failure(Failure),
}

/// Has agents work for other agents, each in a sandbox of its own. As it stands there are none, so that adding a method
/// breaks nobody.
pub trait Agents: Send + Sync {
    /// What is known of an agent; nothing if there is no such agent.
    fn facts(&self, agent: &str, up_to: Share) -> Option<StaffFacts> {
        let _ = (agent, up_to);
        None
    }

    /// Has an agent do the work for the host call at `site`, with what is lent there. The outer error is the host's.
    fn delegate(
        &self,
        site: CallSite,
        work: Work,
    ) -> BoxFuture<'_, Result<Result<Delegated, CallError>, SandboxError>> {
        let _ = site;
        Box::pin(async move { Ok(Err(CallError::Invalid(format!("there is no agent `{}`", work.agent)))) })
    }
}

/// A host without agents.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAgents;

impl Agents for NoAgents {}

/// `agents.delegate`, alone or among those of a `delegate-all`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Delegate(pub(super) Work);

impl Operation for Delegate {
    type Reply = Delegated;

    const SPENT: Option<fn(&Delegated) -> Amounts> = Some(|delegated| delegated.spent);

    /// What was spent is told also where the output is not.
    const INSTEAD: fn(&str, Failure) -> Reply<Delegated> = |text, failure| match Delegated::read(text) {
        Ok(Reply::Ok(delegated)) => Reply::Ok(Delegated { told: Told::Failure(failure), ..delegated }),
        _ => Reply::Err(CallError::Failed(failure)),
    };

    fn name(&self) -> &'static str {
        "agents.delegate"
    }

    fn permission(&self, _: &Backends) -> Option<Request<'_>> {
        Some(Request::Agent { call: AgentCall { name: &self.0.agent, share: self.0.share } })
    }

    /// What a worker does outside has intents of its own; the work as such is replayed.
    fn effect(&self, _: &Backends) -> Effect {
        Effect::Inside
    }

    fn kind(&self) -> Kind {
        Kind::Asks
    }

    fn share(&self) -> Option<Share> {
        Some(self.0.share)
    }

    async fn perform(self, site: CallSite, backends: &Backends) -> Result<Result<Delegated, CallError>, SandboxError> {
        if !site.invocation.target.is_replayed() {
            let text =
                "only an agent may have agents work for it: a tool is not replayed, and its workers would be lost";
            return Ok(Err(CallError::Invalid(text.to_owned())));
        }
        backends.agents.delegate(site, self.0).await
    }
}

/// `agents.list`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct List {}

impl Operation for List {
    type Reply = Vec<StaffFacts>;

    fn name(&self) -> &'static str {
        "agents.list"
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
    ) -> Result<Result<Vec<StaffFacts>, CallError>, SandboxError> {
        Ok(Ok(site.staff().filter_map(|(name, up_to)| backends.agents.facts(name.as_str(), up_to)).collect()))
    }
}
