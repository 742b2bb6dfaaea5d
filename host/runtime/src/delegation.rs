//! Work that agents hand to agents: each piece an invocation of its own, nested in the one that delegates, with a tape of its
//! own, and on its caller's budget. Whether the caller may delegate is the gate's to say; it was said before anything here
//! happens, and what is lent was set aside.

use std::sync::Arc;

use baton_journal::{BoxFuture, Outcome, Tape};
use baton_policy::{AgentCall, Call, Limits, Share, Wall};
use baton_sandbox::{Agents, CallError, CallSite, Delegated, Invocation, SandboxError, StaffFacts, Target, Work};
use serde_json::Value;

use crate::drive::{Begun, Caller, Job, RunContext};
use crate::error::Error;
use crate::nested::{self, acting, host_error, nested_id, nested_key, too_deep};
use crate::plugins::Ready;
use crate::{fitting, lease};

/// Has agents work for the agents of one run.
pub(crate) struct Delegations {
    context: Arc<RunContext>,
}

type Reply = Result<Result<Delegated, CallError>, SandboxError>;

impl Delegations {
    pub(crate) fn new(context: Arc<RunContext>) -> Self {
        Delegations { context }
    }

    fn find(&self, agent: &str) -> Option<&Ready> {
        self.context.plugins.get(agent).filter(|ready| ready.loaded.is_agent())
    }

    async fn have_done(&self, site: CallSite, work: Work) -> Reply {
        let Some(ready) = self.find(&work.agent) else {
            return Ok(Err(CallError::Invalid(format!("there is no agent `{}`", work.agent))));
        };
        let (id, agent) = (nested_id(&site), work.agent.as_str());
        if let Some((outcome, spent)) = self.context.earlier().came_to(&id, agent, &work.input) {
            return Ok(Ok(Delegated { told: fitting::told(ready, outcome), spent }));
        }
        if let Some(refusal) = too_deep(&site).or_else(|| fitting::misfit(ready, &work.input).map(CallError::Invalid)) {
            return Ok(Err(refusal));
        }
        let _place = self.context.places.take(site.invocation.depth + 1).await;
        // Many may wait for a place: what a piece of work takes is made when it has one.
        let make = async { self.make(ready, self.job(&site, ready, &work)).await };
        Box::pin(make).await.map_err(host_error)
    }

    /// The invocations of agents that an earlier host has begun for an invocation and not ended.
    pub(crate) fn at_work(&self, job: &Job) -> Vec<Job> {
        let begun = self.context.earlier().workers_of(&job.invocation.id);
        let again = begun.into_iter().filter_map(|(sequence, work)| {
            let ready = self.find(&work.agent)?;
            Some(self.job(&nested::site(job, sequence), ready, &work))
        });
        again.collect()
    }

    fn job(&self, site: &CallSite, ready: &Ready, work: &Work) -> Job {
        let (caller, context) = (&site.invocation, &self.context);
        let (id, agent) = (nested_id(site), work.agent.as_str());
        let call = Call::Agent(AgentCall { name: agent, share: work.share });
        let (policy, authority) = acting(ready.plugin.policy(), &caller.policy, call);
        let limits = self.limits(site, ready, work.share);
        let timeout = limits.wall.as_duration().min(site.left());
        let invocation = Invocation {
            run: caller.run.clone(),
            seed: caller.seed,
            site: caller.site.clone(),
            attempt: caller.attempt,
            plugin: work.agent.clone(),
            target: Target::Agent,
            input: Arc::clone(&work.input),
            idempotency_key: nested_key(&caller.idempotency_key, site.sequence, agent, &work.input),
            deadline: context.earlier().deadline(&id).unwrap_or_else(|| context.after(timeout)),
            timeout,
            depth: caller.depth + 1,
            limits,
            allowed: *ready.plugin.limits(),
            account: Arc::default(),
            environment: context.environment(ready, &Target::Agent),
            folders: Vec::new(),
            policy,
            resolution: caller.resolution.clone(),
            id,
        };
        Job {
            invocation: Arc::new(invocation),
            caller: Some(Caller { id: caller.id.clone(), authority }),
            price: context.price(&work.agent),
        }
    }

    /// What a worker may use: what it is lent. One that goes on has what it began with.
    fn limits(&self, site: &CallSite, ready: &Ready, share: Share) -> Limits {
        if let Some(lease) = self.context.earlier().lease(&nested_id(site)) {
            return lease::limits(lease);
        }
        let time = Wall(u64::try_from(share.of_time(site.left()).as_millis()).unwrap_or(u64::MAX));
        let own = ready.plugin.limits().within(site.lent);
        Limits { wall: own.wall.min(time), ..own }
    }

    async fn begin(&self, job: &Job) -> Result<Begun, Error> {
        let _waiter = job.caller.as_ref().map(|caller| self.context.waits(&caller.id));
        self.context.begin_call(job.clone(), true).await
    }

    async fn make(&self, ready: &Ready, job: Job) -> Result<Result<Delegated, CallError>, Error> {
        let (context, invocation) = (&self.context, Arc::clone(&job.invocation));
        let (id, agent, input) = (&invocation.id, &invocation.plugin, &invocation.input);
        let tape = if context.earlier().has_begun(id, agent, input) { context.earlier().take_tape(id) } else { None };
        let is_open = context.earlier().is_open(id, agent, input);
        let fresh = match is_open {
            true => Tape::empty(),
            false => match self.begin(&job).await? {
                Begun::Yes(_, at) => Tape::starting(at),
                Begun::No(text) => return Ok(Err(CallError::Quota(text))),
                Begun::Asked => return Err(SandboxError::Suspended.into()),
            },
        };
        let ended = nested::make(context, job, tape.unwrap_or(fresh)).await?;
        if ended.outcome == Outcome::Suspended {
            return Err(SandboxError::Suspended.into());
        }
        let used = ended.handed_on.plus(lease::amounts(ended.usage));
        let spent = used.at_most(lease::lent(&invocation.limits));
        Ok(Ok(Delegated { told: fitting::told(ready, &ended.outcome), spent }))
    }
}

impl Agents for Delegations {
    fn facts(&self, agent: &str, up_to: Share) -> Option<StaffFacts> {
        let ready = self.find(agent)?;
        let schemas = ready.plugin.agent().cloned().unwrap_or_default();
        let schema = |document: Option<Value>| document.unwrap_or(Value::Bool(true));
        Some(StaffFacts {
            name: agent.to_owned(),
            description: ready.plugin.description().to_owned(),
            input: schema(schemas.input),
            output: schema(schemas.output),
            up_to,
        })
    }

    fn delegate(&self, site: CallSite, work: Work) -> BoxFuture<'_, Reply> {
        Box::pin(async move { self.have_done(site, work).await })
    }
}
