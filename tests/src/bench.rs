//! Invokes a component without a workflow: a sandbox, a store in memory, a clock that moves when it is asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use baton_egress::{Egress, Options};
use baton_journal::{
    BoxFuture, Claim, Digest, Entry, Event, InvocationId, Payload, RunHeader, RunId, Site, Store, Tape, Timestamp,
};
use baton_policy::{Effect, Grants, Isolation, Limits, Name, Policy};
use baton_sandbox::{
    Backends, CallError, CallSite, Clock, CompileLimits, Ended, Folder, Invocation, Loaded, NoAgents, NoEvents,
    Sandbox, SandboxError, Silence, Target, ToolFacts, Tools, Unwatched,
};
use baton_store::MemoryStore;

use crate::command::worker;
use crate::guests::compiled;

/// A clock that moves on by a millisecond whenever it is asked.
#[derive(Default)]
pub struct StoppedClock(AtomicU64);

/// When the clock begins: 2026-01-01T00:00:00Z.
const EPOCH: u64 = 1_767_225_600_000;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp(EPOCH + self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A world without tools.
pub struct NoTools;

impl Tools for NoTools {
    fn list(&self) -> Vec<ToolFacts> {
        Vec::new()
    }

    fn effect(&self, _: &str) -> Effect {
        Effect::Write
    }

    fn call(
        &self,
        _: CallSite,
        tool: String,
        _: String,
    ) -> BoxFuture<'_, Result<Result<Arc<str>, CallError>, SandboxError>> {
        Box::pin(async move { Ok(Err(CallError::Invalid(format!("there is no tool `{tool}`")))) })
    }
}

/// One run on which components are invoked.
pub struct Bench {
    /// The sandbox.
    pub sandbox: Arc<Sandbox>,
    /// What stands behind the gate.
    pub backends: Backends,
    /// Where its guests run.
    pub isolation: Isolation,
}

/// What is invoked, and within which bounds.
#[derive(Clone)]
pub struct Call {
    /// The plugin's name.
    pub plugin: &'static str,
    /// The function of a tool, or nothing for an agent.
    pub function: Option<&'static str>,
    /// The input, JSON.
    pub input: String,
    /// What it is granted, and asks for.
    pub grants: Grants,
    /// Its limits.
    pub limits: Limits,
    /// The folders that it sees.
    pub folders: Vec<Folder>,
    /// The attempt, which names the invocation.
    pub attempt: u32,
}

impl Default for Call {
    fn default() -> Self {
        Call {
            plugin: "guest",
            function: None,
            input: "null".to_owned(),
            grants: Grants::default(),
            limits: Limits::default(),
            folders: Vec::new(),
            attempt: 1,
        }
    }
}

/// A sandbox with what a project's has: compiled code is kept, and workers compile it.
///
/// # Errors
/// As [`Sandbox::new`].
pub fn sandbox() -> Result<Sandbox, SandboxError> {
    let minutes = CompileLimits { cpu: Duration::from_secs(600), ..CompileLimits::default() }; // of an unoptimised compiler
    Sandbox::new(baton_sandbox::Options { cache: Some(compiled()), worker: Some(worker()), compile: minutes })
}

impl Default for Bench {
    fn default() -> Self {
        Bench {
            sandbox: Arc::new(sandbox().unwrap()),
            backends: Backends {
                store: Arc::new(MemoryStore::new()),
                claim: Arc::new(Claim { run: RunId::new(Timestamp(EPOCH), 7), epoch: 0 }),
                tools: Arc::new(NoTools),
                agents: Arc::new(NoAgents),
                people: Arc::new(Silence),
                events: Arc::new(NoEvents),
                egress: Arc::new(Egress::new(&Options::default()).unwrap()),
                secrets: Arc::default(),
                clock: Arc::new(StoppedClock::default()),
                watch: Arc::new(Unwatched),
            },
            isolation: Isolation::Shared,
        }
    }
}

impl Bench {
    /// A bench whose run has begun.
    pub async fn new() -> Self {
        Bench::default().begun().await
    }

    /// The same over a store.
    pub async fn over(store: Arc<dyn Store>) -> Self {
        let mut bench = Bench::default();
        bench.backends.store = store;
        bench.begun().await
    }

    /// The same run on the same sandbox, with something else behind the gate.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Backends)) -> Self {
        let mut backends = self.backends.clone();
        change(&mut backends);
        Bench { sandbox: Arc::clone(&self.sandbox), backends, isolation: self.isolation }
    }

    async fn begun(self) -> Self {
        let mut bench = self;
        let started = Event::RunStarted(header());
        let (claim, _) =
            bench.backends.store.create(bench.backends.claim.run.clone(), Timestamp(EPOCH), started).await.unwrap();
        bench.backends.claim = Arc::new(claim);
        bench
    }

    /// The same, each guest in a process of its own.
    pub async fn isolated() -> Self {
        Bench { isolation: Isolation::Process, ..Bench::new().await }
    }

    /// Loads a component.
    #[must_use]
    pub fn load(&self, component: &[u8]) -> Loaded {
        self.try_load(component).unwrap()
    }

    /// Loads a component that may be none.
    pub fn try_load(&self, component: &[u8]) -> Result<Loaded, SandboxError> {
        let loaded = self.sandbox.load("guest", component)?;
        if self.isolation == Isolation::Process { self.sandbox.isolate(loaded) } else { Ok(loaded) }
    }

    /// Invokes it with nothing recorded.
    pub async fn call(&self, loaded: &Loaded, call: Call) -> Result<Ended, SandboxError> {
        self.replay(loaded, call, Tape::starting(Timestamp(EPOCH))).await
    }

    /// Invokes it with a tape.
    pub async fn replay(&self, loaded: &Loaded, call: Call, tape: Tape) -> Result<Ended, SandboxError> {
        self.sandbox.invoke(loaded, Arc::new(self.invocation(call)), tape, &self.backends).await
    }

    /// The run's journal.
    pub async fn entries(&self) -> Vec<Entry> {
        self.backends.store.entries(self.backends.claim.run.clone()).await.unwrap()
    }

    /// The invocation that a call makes.
    #[must_use]
    pub fn invocation(&self, call: Call) -> Invocation {
        let site = Site { step: "step".to_owned(), item: None };
        let name: Name = call.plugin.parse().unwrap();
        Invocation {
            id: InvocationId::attempt(&site, call.attempt),
            run: self.backends.claim.run.clone(),
            seed: Digest::of(b"seed"),
            site,
            attempt: call.attempt,
            plugin: call.plugin.to_owned(),
            target: call.function.map_or(Target::Agent, |function| Target::Tool(function.to_owned())),
            input: call.input.into(),
            idempotency_key: "key".to_owned(),
            deadline: Timestamp(EPOCH + call.limits.wall.0),
            timeout: Duration::from_millis(call.limits.wall.0),
            depth: 0,
            limits: call.limits,
            allowed: call.limits,
            account: Arc::default(),
            environment: Arc::new(call.grants.environment.values()),
            folders: call.folders,
            policy: Arc::new(Policy::new(name, call.grants.clone(), call.grants)),
            resolution: None,
        }
    }
}

/// The beginning of a run of nothing.
pub(crate) fn header() -> RunHeader {
    RunHeader {
        workflow: "bench".to_owned(),
        plan_digest: Digest::of(b"plan"),
        plan: Payload::text("{}"),
        input: Payload::text("null"),
        seed: Digest::of(b"seed"),
        engine: baton_sandbox::IDENTITY.to_owned(),
        plugins: Vec::new(),
        version: None,
        forks: Vec::new(),
        admission: Default::default(),
    }
}
