//! What the invocations of one run share, and how one of them is made. It does not know the machine.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baton_bundle::BudgetEntry;
use baton_egress::{Fetch, Secrets};
use baton_journal::{Claim, Digest, Event, Failure, Outcome, PluginPin, Store, Tape, Timestamp};
use baton_policy::{Effect, Limits, MicroUsd};
use baton_sandbox::{Backends, Clock, Ended, Invocation, Sandbox, SandboxError, Target};
use baton_workflow::Invoke;
use tokio::sync::{mpsc, oneshot};

use super::calls::{News, Waiting};
use super::earlier::Earlier;
use super::job::Job;
use super::opened::Opened;
use super::places::Places;
use super::purses::Purses;
use super::stops::Stops;
use crate::bell::Bell;
use crate::delegation::Delegations;
use crate::error::Error;
use crate::guards::Guards;
use crate::guest_events::GuestEvents;
use crate::lease;
use crate::observer::Observer;
use crate::plugins::{Plugins, Ready};
use crate::questions::Questions;
use crate::story::Story;
use crate::tools::ToolCalls;

/// A run as its invocations see it.
pub(crate) struct RunContext {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    egress: Arc<dyn Fetch>,
    secrets: Arc<Secrets>,
    pub(crate) claim: Arc<Claim>,
    pub(crate) plugins: Plugins,
    pub(crate) seed: Digest,
    /// What the agents of the run find in their environments, by plugin.
    environments: BTreeMap<String, Arc<BTreeMap<String, String>>>,
    /// What an earlier host did of nested invocations.
    earlier: Mutex<Arc<Earlier>>,
    /// Nested invocations that this host has begun and not ended.
    pub(super) opened: Opened,
    /// Places for nested invocations, by depth.
    pub(crate) places: Places,
    /// What its invocations may make together.
    pub(crate) purses: Purses,
    /// Attempts that nobody needs any more.
    pub(crate) stops: Stops,
    /// Invocations that wait for one that they call to begin.
    pub(super) waiting: Waiting,
    /// What an invocation of each plugin costs.
    prices: BTreeMap<String, MicroUsd>,
    /// What all runs share of what they call.
    pub(super) guards: Arc<Guards>,
    pub(super) observer: Arc<dyn Observer>,
    pub(crate) bell: Bell,
    drain: Arc<AtomicBool>,
    pub(super) news: mpsc::UnboundedSender<News>,
}

/// What the runs of a host share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) egress: Arc<dyn Fetch>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) guards: Arc<Guards>,
    /// Rings when this process sends or publishes something.
    pub(crate) bell: Bell,
    /// Whether nothing new begins any more.
    pub(crate) drain: Arc<AtomicBool>,
    /// What all runs may cost together.
    pub(crate) budget: BudgetEntry,
}

impl RunContext {
    pub(crate) fn new(
        shared: Shared,
        claim: Claim,
        plugins: Plugins,
        story: &Story,
        observer: Arc<dyn Observer>,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<News>) {
        let (news, heard) = mpsc::unbounded_channel();
        let Shared { sandbox, store, clock, egress, secrets, guards, bell, drain, budget: _ } = shared;
        let earlier = Earlier::of(story.entries());
        let context = RunContext {
            purses: Purses::of(story.machine(), &earlier),
            sandbox,
            store,
            clock,
            egress,
            secrets,
            claim: Arc::new(claim),
            plugins,
            seed: story.header().seed,
            environments: environments(story.pins()),
            earlier: Mutex::new(Arc::new(earlier)),
            opened: Opened::default(),
            places: Places::default(),
            stops: Stops::default(),
            waiting: Waiting::default(),
            prices: prices(story.pins()),
            guards,
            observer,
            bell,
            drain,
            news,
        };
        (Arc::new(context), heard)
    }

    /// The invocation that an action of the machine asks for.
    pub(crate) fn job(&self, invoke: &Invoke) -> Result<Job, Error> {
        let (plugin, target) = match &invoke.target {
            baton_workflow::Target::Agent { plugin } => (plugin, Target::Agent),
            baton_workflow::Target::Tool { plugin, function } => (plugin, Target::Tool(function.clone())),
        };
        let ready = self.plugins.get(plugin).ok_or_else(|| Error::PluginGone(plugin.clone()))?;
        let limits = ready.plugin.limits();
        let timeout = invoke.timeout.min(limits.wall.as_duration());
        let deadline = invoke.deadline().unwrap_or_else(|| self.after(timeout));
        let input = invoke.input.as_str().ok_or_else(|| Error::Internal("an input is not loaded".to_owned()))?;
        let invocation = Invocation {
            id: invoke.invocation(),
            run: self.claim.run.clone(),
            seed: self.seed,
            site: invoke.site.clone(),
            attempt: invoke.attempt,
            plugin: plugin.clone(),
            input: input.into(),
            idempotency_key: invoke.idempotency_key.clone(),
            deadline,
            timeout,
            depth: 0,
            limits: self.lease(invoke, &target).unwrap_or_else(|| limits.within(invoke.budget)),
            allowed: *limits,
            account: Arc::default(),
            environment: self.environment(ready, &target),
            folders: ready.folders(ready.plugin.policy()),
            target,
            policy: Arc::new(ready.plugin.policy().clone()),
            resolution: invoke.resolution().cloned(),
        };
        Ok(Job { invocation: Arc::new(invocation), caller: None, price: self.price(plugin) })
    }

    /// What an agent that goes on may use is what it could use when it began: its past must not come out differently.
    fn lease(&self, invoke: &Invoke, target: &Target) -> Option<Limits> {
        let goes_on = invoke.has_begun() && *target == Target::Agent;
        goes_on.then(|| self.earlier().lease(&invoke.invocation())).flatten().map(lease::limits)
    }

    /// An agent finds what its run began with, whatever is granted today; a tool is not replayed.
    pub(crate) fn environment(&self, ready: &Ready, target: &Target) -> Arc<BTreeMap<String, String>> {
        match target {
            Target::Agent => self.environments.get(ready.plugin.name().as_str()).cloned().unwrap_or_default(),
            Target::Tool(_) => Arc::new(ready.plugin.policy().effective().environment.values()),
        }
    }

    /// What an invocation of a plugin costs: as when the run began.
    pub(crate) fn price(&self, plugin: &str) -> MicroUsd {
        self.prices.get(plugin).copied().unwrap_or_default()
    }

    /// What was done before: by an earlier host, or by this one when it was last [looked at](RunContext::look_back).
    pub(crate) fn earlier(&self) -> Arc<Earlier> {
        Arc::clone(&self.earlier.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads what was done so far: an attempt that was suspended begins again, with answers that were not there.
    pub(crate) async fn look_back(&self) -> Result<(), Error> {
        let entries = self.store.entries(self.claim.run.clone()).await?;
        *self.earlier.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(Earlier::of(&entries));
        Ok(())
    }

    pub(crate) fn after(&self, timeout: Duration) -> Timestamp {
        Timestamp(self.clock.now().0 + u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX / 2))
    }

    /// Whether the host stops: nothing new begins, what is at work may come to its end.
    pub(crate) fn is_draining(&self) -> bool {
        self.drain.load(Ordering::Relaxed)
    }

    /// Makes the invocation and tells how it ended, as an entry.
    pub(crate) async fn invoke(self: Arc<Self>, job: Job, tape: Tape) -> Result<Event, Error> {
        let ended = self.make(&job, tape).await?;
        Ok(job.ended(&ended))
    }

    /// Makes the invocation.
    pub(crate) async fn make(self: Arc<Self>, job: &Job, tape: Tape) -> Result<Ended, Error> {
        let plugin = job.invocation.plugin.clone();
        let ready = self.plugins.get(&plugin).ok_or_else(|| Error::PluginGone(plugin.clone()))?;
        let entered = match self.enter(job, ready).await {
            Ok(entered) => entered,
            Err(failure) => return Ok(Ended::unmade(Outcome::Failed { failure })),
        };
        let backends = self.backends();
        let invocation = Arc::clone(&job.invocation);
        let ended = match self.sandbox.invoke(&ready.loaded, invocation, tape, &backends).await {
            Ok(ended) => ended,
            Err(error) => refused(error)?,
        };
        if let Some(entered) = entered {
            self.leave(entered, job, &ended).await;
        }
        self.end_what_it_left_open(job).await?;
        Ok(ended)
    }

    /// Has the driver append an event and apply it to the machine.
    pub(crate) async fn tell(&self, event: Event) -> Result<Timestamp, Error> {
        self.send(|told| News::Happened(Box::new(event), told)).await
    }

    /// Has the driver apply an event to the machine that the journal has already: of host calls it hears only so.
    pub(crate) async fn note(&self, event: Event) -> Result<(), Error> {
        self.send(|told| News::Recorded(Box::new(event), told)).await
    }

    /// Tells the driver something, and waits for its answer.
    pub(super) async fn send<T>(&self, news: impl FnOnce(oneshot::Sender<T>) -> News) -> Result<T, Error> {
        let (told, answer) = oneshot::channel();
        let gone = || Error::Internal("the run is no longer driven".to_owned());
        self.news.send(news(told)).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())
    }

    pub(crate) fn backends(self: &Arc<Self>) -> Backends {
        Backends {
            store: Arc::clone(&self.store),
            claim: Arc::clone(&self.claim),
            tools: Arc::new(ToolCalls::new(Arc::clone(self))),
            agents: Arc::new(Delegations::new(Arc::clone(self))),
            people: Arc::new(Questions::new(Arc::clone(self))),
            events: Arc::new(GuestEvents::new(Arc::clone(self))),
            egress: Arc::clone(&self.egress),
            secrets: Arc::clone(&self.secrets),
            clock: Arc::clone(&self.clock),
            watch: Arc::new(self.stops.listener()),
        }
    }

    /// Whether it changes the world, so that its intent must be durable before it begins.
    pub(crate) fn has_outside_effect(&self, job: &Job) -> bool {
        self.effect(job) == Effect::Write
    }

    pub(crate) fn effect(&self, job: &Job) -> Effect {
        let Target::Tool(function) = &job.invocation.target else { return Effect::None };
        self.facts(job, |ready| ready.plugin.tool(function).effect).unwrap_or_default()
    }

    pub(crate) fn facts<T>(&self, job: &Job, of: impl FnOnce(&Ready) -> T) -> Option<T> {
        self.plugins.get(&job.invocation.plugin).map(of)
    }
}

fn environments(pins: &[PluginPin]) -> BTreeMap<String, Arc<BTreeMap<String, String>>> {
    pins.iter().map(|pin| (pin.name.clone(), Arc::new(pin.environment.clone()))).collect()
}

fn prices(pins: &[PluginPin]) -> BTreeMap<String, MicroUsd> {
    pins.iter().map(|pin| (pin.name.clone(), MicroUsd(pin.price_micro_usd))).collect()
}

/// What the plan's author or the plugin is to blame for is an outcome; the rest stops the run.
fn refused(error: SandboxError) -> Result<Ended, Error> {
    let failure = match &error {
        SandboxError::BadArguments { .. } => Failure::Invalid(error.to_string()),
        SandboxError::NoSuchFunction { .. } | SandboxError::Folder { .. } => Failure::Permanent(error.to_string()),
        _ => return Err(error.into()),
    };
    Ok(Ended::unmade(Outcome::Failed { failure }))
}
