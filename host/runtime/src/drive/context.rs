//! What the invocations of one run share, and how one of them is made. It does not know the machine.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use baton_journal::{
    Claim, Digest, Entry, Event, Failure, InvocationId, Outcome, Payload, Site, Store, Tape, Timestamp, Usage,
};
use baton_policy::Effect;
use baton_sandbox::{Backends, Clock, Ended, Invocation, Sandbox, SandboxError, Target};
use baton_workflow::Invoke;

use crate::error::Error;
use crate::plugins::{Plugins, Ready};
use crate::tools::ToolCalls;

/// A run as its invocations see it.
pub(crate) struct RunContext {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) claim: Arc<Claim>,
    pub(crate) plugins: Plugins,
    pub(crate) seed: Digest,
    /// How nested invocations ended that the journal already has: they are not made again.
    pub(crate) ended: BTreeMap<InvocationId, Outcome>,
    /// Nested invocations that began under an earlier host.
    pub(crate) begun: BTreeSet<InvocationId>,
}

/// An invocation that is about to be made.
pub(crate) struct Job {
    pub(crate) invocation: Arc<Invocation>,
    pub(crate) caller: Option<InvocationId>,
}

impl RunContext {
    pub(crate) fn new(
        sandbox: Arc<Sandbox>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        claim: Claim,
        plugins: Plugins,
        entries: &[Entry],
    ) -> Arc<Self> {
        let (mut ended, mut begun) = (BTreeMap::new(), BTreeSet::new());
        let mut seed = Digest::of(b"");
        for entry in entries {
            match &entry.event {
                Event::RunStarted(header) => seed = header.seed,
                Event::InvocationStarted { invocation, caller: Some(_), .. } => {
                    begun.insert(invocation.clone());
                }
                Event::InvocationEnded { invocation, caller: Some(_), outcome, .. } => {
                    ended.insert(invocation.clone(), outcome.clone());
                }
                _ => {}
            }
        }
        Arc::new(RunContext { sandbox, store, clock, claim: Arc::new(claim), plugins, seed, ended, begun })
    }

    /// The invocation that an action of the machine asks for.
    pub(crate) fn job(&self, invoke: &Invoke) -> Result<Job, Error> {
        let (plugin, target) = match &invoke.target {
            baton_workflow::Target::Agent { plugin } => (plugin, Target::Agent),
            baton_workflow::Target::Tool { plugin, function } => (plugin, Target::Tool(function.clone())),
        };
        let ready = self.plugins.get(plugin).ok_or_else(|| Error::PluginGone(plugin.clone()))?;
        let limits = ready.plugin.limits();
        let timeout = invoke.timeout.min(Duration::from_millis(limits.wall.0));
        let deadline = invoke.started.unwrap_or_else(|| self.after(timeout));
        let input = invoke.input.as_str().ok_or_else(|| Error::Internal("an input is not loaded".to_owned()))?;
        let invocation = Invocation {
            id: invoke.invocation(),
            run: self.claim.run.clone(),
            seed: self.seed,
            site: invoke.site.clone(),
            attempt: invoke.attempt,
            plugin: plugin.clone(),
            target,
            input: input.into(),
            idempotency_key: invoke.idempotency_key.clone(),
            deadline,
            timeout,
            depth: 0,
            limits: limits.within(invoke.budget),
            policy: Arc::new(ready.plugin.policy().clone()),
        };
        Ok(Job { invocation: Arc::new(invocation), caller: None })
    }

    pub(crate) fn after(&self, timeout: Duration) -> Timestamp {
        Timestamp(self.clock.now().0 + u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX / 2))
    }

    /// Makes the invocation and tells how it ended.
    pub(crate) async fn invoke(self: Arc<Self>, job: Job, tape: Tape) -> Result<Event, Error> {
        let plugin = job.invocation.plugin.clone();
        let ready = self.plugins.get(&plugin).ok_or_else(|| Error::PluginGone(plugin.clone()))?;
        let backends = self.backends();
        let invocation = Arc::clone(&job.invocation);
        let ended = match self.sandbox.invoke(&ready.loaded, invocation, tape, &backends).await {
            Ok(ended) => ended,
            Err(error) => refused(error)?,
        };
        Ok(job.ended(ended))
    }

    fn backends(self: &Arc<Self>) -> Backends {
        Backends {
            store: Arc::clone(&self.store),
            claim: Arc::clone(&self.claim),
            tools: Arc::new(ToolCalls::new(Arc::clone(self))),
            clock: Arc::clone(&self.clock),
        }
    }

    /// Whether it changes the world, so that its intent must be durable before it begins.
    pub(crate) fn has_outside_effect(&self, job: &Job) -> bool {
        self.effect(job) == Effect::Write
    }

    /// A call that was in flight when its host died, and that may not be made twice: nobody knows whether it took effect.
    pub(crate) fn unrepeatable(&self, job: &Job) -> Option<Event> {
        let Target::Tool(function) = &job.invocation.target else { return None };
        let repeatable =
            self.effect(job) != Effect::Write || self.facts(job, |ready| ready.plugin.tool(function).idempotent)?;
        if repeatable {
            return None;
        }
        let name = format!("{}/{function}", job.invocation.plugin);
        let text = format!(
            "the host died during this call of {name}, which is not idempotent: nobody knows whether it took effect"
        );
        let outcome = Outcome::Failed { failure: Failure::Declined(text) };
        Some(job.ended(Ended { outcome, usage: Usage::default() }))
    }

    fn effect(&self, job: &Job) -> Effect {
        let Target::Tool(function) = &job.invocation.target else { return Effect::None };
        self.facts(job, |ready| ready.plugin.tool(function).effect).unwrap_or_default()
    }

    fn facts<T>(&self, job: &Job, of: impl FnOnce(&Ready) -> T) -> Option<T> {
        self.plugins.get(&job.invocation.plugin).map(of)
    }
}

/// What the plan's author or the plugin is to blame for is an outcome; the rest stops the run.
fn refused(error: SandboxError) -> Result<Ended, Error> {
    let failure = match &error {
        SandboxError::BadArguments { .. } => Failure::Invalid(error.to_string()),
        SandboxError::NoSuchFunction { .. } => Failure::Permanent(error.to_string()),
        _ => return Err(error.into()),
    };
    Ok(Ended { outcome: Outcome::Failed { failure }, usage: Usage::default() })
}

impl Job {
    /// The entry of its beginning.
    pub(crate) fn started(&self) -> Event {
        let invocation = &self.invocation;
        Event::InvocationStarted {
            invocation: invocation.id.clone(),
            site: self.site(),
            attempt: invocation.attempt,
            caller: self.caller.clone(),
            plugin: invocation.plugin.clone(),
            function: match &invocation.target {
                Target::Agent => None,
                Target::Tool(function) => Some(function.clone()),
            },
            input: Payload::text(Arc::clone(&invocation.input)),
            deadline: invocation.deadline,
        }
    }

    /// The entry of its end.
    pub(crate) fn ended(&self, ended: Ended) -> Event {
        Event::InvocationEnded {
            invocation: self.invocation.id.clone(),
            site: self.site(),
            attempt: self.invocation.attempt,
            caller: self.caller.clone(),
            outcome: ended.outcome,
            usage: ended.usage,
        }
    }

    fn site(&self) -> Site {
        self.invocation.site.clone()
    }
}
