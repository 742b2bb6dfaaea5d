//! Calls of tools by guests: each an invocation of its own, nested in the one that calls. Whether the caller may call is
//! the gate's to say; it was said before anything here happens.

use std::sync::Arc;
use std::time::Duration;

use baton_journal::{BoxFuture, Failure, InvocationId, Outcome, Payload, Tape};
use baton_policy::{Amounts, Call, Effect, OnUnknown, ToolCall};
use baton_sandbox::{CallError, CallSite, Invocation, SandboxError, Target, ToolFacts, Tools, Unknown};
use tokio::sync::OwnedSemaphorePermit;

use crate::drive::{Begun, Caller, Job, RunContext, Waiter};
use crate::error::Error;
use crate::lease;
use crate::nested::{self, acting, host_error, nested_id, nested_key, too_deep};
use crate::plugins::Ready;

/// Calls tools for the guests of one run.
pub(crate) struct ToolCalls {
    context: Arc<RunContext>,
}

/// What a caller is told.
type Reply = Result<Arc<str>, CallError>;

impl ToolCalls {
    pub(crate) fn new(context: Arc<RunContext>) -> Self {
        ToolCalls { context }
    }

    fn find(&self, tool: &str) -> Option<(&str, &Ready, &str)> {
        let (plugin, function) = tool.split_once('/')?;
        let (name, ready) = self.context.plugins.iter().find(|(name, _)| *name == plugin)?;
        let function = ready.loaded.functions().iter().find(|known| known.name == function)?;
        Some((name, ready, &function.name))
    }

    async fn call_tool(&self, site: CallSite, tool: &str, arguments: String) -> Result<Reply, SandboxError> {
        let id = nested_id(&site);
        if let Some(outcome) = self.context.earlier().outcome(&id, tool, &arguments) {
            return Ok(reply(outcome));
        }
        let Some((plugin, ready, function)) = self.find(tool) else {
            return Ok(Err(CallError::Invalid(format!("there is no tool `{tool}`"))));
        };
        if let Some(refusal) = too_deep(&site) {
            return Ok(Err(refusal));
        }
        let waiter = self.context.waits(&site.invocation.id);
        let _place = self.place(site.invocation.depth + 1).await;
        // Thousands may wait for a place: what a call takes is made when it has one.
        let make = async {
            let job = self.job(&site, id, (plugin, ready, function), tool, arguments);
            self.make(tool, job, &site.invocation.target, waiter).await
        };
        match Box::pin(make).await.map_err(host_error)? {
            Some(reply) => Ok(reply),
            None => Err(SandboxError::Suspended),
        }
    }

    /// Waits for a place. Whoever waits for something to be left must know, if it cannot be left from here.
    async fn place(&self, depth: u32) -> Option<OwnedSemaphorePermit> {
        if let Some(place) = self.context.places.try_take(depth) {
            return Some(place);
        }
        self.context.tell_waiting();
        self.context.places.take(depth).await
    }

    /// The invocation of a call that an earlier host has begun and not ended.
    pub(crate) fn begun(&self, site: &CallSite, tool: &str, arguments: &str) -> Option<Job> {
        let has_begun = self.context.earlier().has_begun(&nested_id(site), tool, arguments);
        self.nested(site, tool, arguments).filter(|_| has_begun)
    }

    fn nested(&self, site: &CallSite, tool: &str, arguments: &str) -> Option<Job> {
        Some(self.job(site, nested_id(site), self.find(tool)?, tool, arguments.to_owned()))
    }

    fn job(&self, site: &CallSite, id: InvocationId, tool: (&str, &Ready, &str), name: &str, arguments: String) -> Job {
        let (plugin, ready, function) = tool;
        let caller = &site.invocation;
        let call = ToolCall { name, effect: ready.plugin.tool(function).effect };
        let (policy, authority) = acting(ready.plugin.policy(), &caller.policy, Call::Tool(call));
        let timeout = ready.plugin.limits().wall.as_duration().min(site.left());
        let key = key(site, name, &arguments);
        let invocation = Invocation {
            id,
            run: caller.run.clone(),
            seed: caller.seed,
            site: caller.site.clone(),
            attempt: caller.attempt,
            plugin: plugin.to_owned(),
            target: Target::Tool(function.to_owned()),
            input: arguments.into(),
            idempotency_key: key,
            deadline: self.context.after(timeout),
            timeout,
            depth: caller.depth + 1,
            limits: *ready.plugin.limits(),
            allowed: *ready.plugin.limits(),
            account: Arc::default(),
            environment: Arc::new(policy.effective().environment.values()),
            folders: ready.folders(&policy),
            policy,
            resolution: caller.resolution.clone(),
        };
        Job {
            invocation: Arc::new(invocation),
            caller: Some(Caller { id: caller.id.clone(), authority }),
            price: self.context.price(plugin),
        }
    }

    /// Makes a call; nothing if its caller is suspended until there is something to pay it with. A tool is not: it cannot go on
    /// where it was.
    async fn make(&self, tool: &str, job: Job, caller: &Target, waiter: Waiter) -> Result<Option<Reply>, Error> {
        let context = &self.context;
        let (id, arguments) = (&job.invocation.id, &job.invocation.input);
        let began_before = context.earlier().has_begun(id, tool, arguments);
        let tape = if began_before { context.earlier().take_tape(id).map(Tape::lenient) } else { None };
        let begun = if context.earlier().is_open(id, tool, arguments) { context.earlier().lease(id) } else { None };
        let (job, at) = match begun {
            Some(lease) => (job.within(lease::limits(lease).amounts()), context.clock.now()),
            None => match context.begin_call(job.clone(), *caller == Target::Agent).await? {
                Begun::Yes(begun, at) => (*begun, at),
                Begun::No(text) => return Ok(Some(Err(CallError::Quota(text)))),
                Begun::Asked => return Ok(None),
            },
        };
        drop(waiter);
        let tape = tape.unwrap_or_else(|| Tape::starting(at));
        Ok(Some(reply(&nested::make(context, job, tape).await?.outcome)))
    }

    /// Writes down that a call ended without being made again: what may have begun has an end.
    async fn end_open(&self, site: &CallSite, tool: &str, arguments: &str, failure: Failure) -> Result<(), Error> {
        let Some(job) = self.nested(site, tool, arguments) else { return Ok(()) };
        let context = &self.context;
        if !context.earlier().is_open(&job.invocation.id, tool, arguments) {
            nested::begin(context, &job.within(Amounts::default())).await?;
        }
        context.tell(job.free().ended_as(Outcome::Failed { failure })).await?;
        Ok(())
    }
}

fn key(site: &CallSite, tool: &str, arguments: &str) -> String {
    nested_key(&site.invocation.idempotency_key, site.sequence, tool, arguments)
}

impl Tools for ToolCalls {
    fn list(&self) -> Vec<ToolFacts> {
        self.context.plugins.tools()
    }

    fn effect(&self, tool: &str) -> Effect {
        self.find(tool).map_or(Effect::Write, |(_, ready, function)| ready.plugin.tool(function).effect)
    }

    /// A call that an earlier host has ended is answered at once.
    fn turn(&self, site: &CallSite, tool: &str, arguments: &str) -> Result<Duration, Failure> {
        let has_ended = self.context.earlier().outcome(&nested_id(site), tool, arguments).is_some();
        match self.find(tool).filter(|_| !has_ended) {
            Some((_, ready, function)) => self.context.turn(ready, function, site.left()),
            None => Ok(Duration::ZERO),
        }
    }

    /// What became of the call is known if it ended; else it is as the caller's grant says, or as is said of the tool.
    fn unknown(&self, site: &CallSite, tool: &str, arguments: &str) -> Unknown {
        let Some((_, ready, function)) = self.find(tool) else { return Unknown::of(tool) };
        let call = ToolCall { name: tool, effect: ready.plugin.tool(function).effect };
        let on = match self.context.earlier().outcome(&nested_id(site), tool, arguments) {
            Some(_) => OnUnknown::Retry,
            None => {
                let said = site.invocation.policy.effective().tools.on_unknown(call);
                said.unwrap_or_else(|| ready.plugin.on_unknown(function))
            }
        };
        Unknown { on, call: tool.to_owned(), key: Some(key(site, tool, arguments)) }
    }

    fn leave(
        &self,
        site: CallSite,
        tool: String,
        arguments: String,
        failure: Failure,
    ) -> BoxFuture<'_, Result<(), SandboxError>> {
        Box::pin(async move { self.end_open(&site, &tool, &arguments, failure).await.map_err(host_error) })
    }

    fn call(&self, site: CallSite, tool: String, arguments: String) -> BoxFuture<'_, Result<Reply, SandboxError>> {
        Box::pin(async move { self.call_tool(site, &tool, arguments).await })
    }
}

/// What the caller is told of the called plugin's outcome.
fn reply(outcome: &Outcome) -> Reply {
    match outcome {
        Outcome::Completed { output: Payload::Text(output) } => Ok(Arc::clone(output)),
        Outcome::Completed { output: Payload::Stored { .. } } => {
            Err(CallError::Failed(Failure::Permanent("the tool's output is not at hand".to_owned())))
        }
        Outcome::Failed { failure } => Err(CallError::Failed(failure.clone())),
        Outcome::Denied { message } => Err(CallError::Denied(message.clone())),
        Outcome::TimedOut { .. } | Outcome::Cancelled => {
            Err(CallError::Failed(Failure::Transient(outcome.to_string())))
        }
        Outcome::Trapped { .. } | Outcome::Exhausted { .. } | Outcome::Suspended => {
            Err(CallError::Failed(Failure::Permanent(outcome.to_string())))
        }
    }
}
