//! Replaying what happened: each invocation of an agent is made once more from the journal alone, and what it calls, comes
//! to and computes is compared. Nothing outside can be reached: it is granted nothing, what it calls beyond its record is
//! denied, and what would be written is thrown away. Tools are not replayed: their results are entries of their callers.
//! It does not know how the result is shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_egress::{BoxFuture as Fetched, Call, EgressError, Fetch, Response};
use baton_journal::{
    BoxFuture, Claim, Entry, Event, InvocationId, Lease, Outcome, Payload, RunHeader, Store, Tape, Timestamp, Usage,
};
use baton_policy::{Effect, Grants, Policy};
use baton_sandbox::{
    Backends, CallError, CallSite, Clock, Invocation, Loaded, Sandbox, SandboxError, Target, ToolFacts, Tools,
};
use baton_store::MemoryStore;
use baton_workflow::{Action, Invoke, Run};
use serde::Serialize;

use crate::error::Error;
use crate::lease;
use crate::story::Story;

/// What became of the invocations of a run when they were made once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// The run's id.
    pub run: baton_journal::RunId,
    /// The engine that the run was made with, if it is another one: fuel and traps need not be the same then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_engine: Option<String>,
    /// The invocations of agents, in the order in which they began.
    pub invocations: Vec<Replayed>,
}

impl Replay {
    /// Whether everything came out as it did.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.invocations.iter().all(|one| !matches!(one.verdict, Verdict::Diverged { .. } | Verdict::Differs { .. }))
    }
}

/// What became of one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// Its id.
    pub invocation: InvocationId,
    /// Its plugin.
    pub plugin: String,
    /// What it used, as the journal has it.
    pub usage: Usage,
    /// How it compares.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// How an invocation compares with its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// The same calls, the same result, the same fuel.
    Same,
    /// It was stopped from outside, which no replay can repeat; as far as it came it is the same.
    Stopped,
    /// The journal has no end of it: it waits, or its host died.
    Unfinished,
    /// It made another call than the recorded one.
    Diverged {
        /// The call's number within the invocation, from 0.
        sequence: u32,
        /// What the journal has.
        recorded: String,
        /// What was called now.
        replayed: String,
    },
    /// It made the same calls, and came to something else.
    Differs {
        /// What the journal has.
        recorded: String,
        /// What it came to now.
        replayed: String,
    },
}

/// An invocation as the journal has it.
struct Record<'a> {
    invoke: Invoke,
    plugin: &'a str,
    lease: Lease,
    deadline: Timestamp,
    ended: Option<(&'a Outcome, Usage)>,
}

/// Replays the agents of a run; `each` hears of one after the other.
pub(crate) async fn replay(
    sandbox: &Sandbox,
    store: &dyn Store,
    story: &Story,
    mut each: impl FnMut(&Replayed),
) -> Result<Replay, Error> {
    let (header, run) = (story.header(), story.id().clone());
    let mut tapes = Tape::all(story.entries());
    let mut invocations = Vec::new();
    let mut plugins = BTreeMap::new();
    for (id, record) in records(story)? {
        let tape = tapes.remove(&id).unwrap_or_default();
        if !plugins.contains_key(record.plugin) {
            plugins.insert(record.plugin, load(sandbox, store, header, record.plugin).await?);
        }
        let invocation = invocation(story, &id, &record)?;
        let verdict = match record.ended {
            None => Verdict::Unfinished,
            Some(ended) => compared(sandbox, &plugins[record.plugin], invocation, tape, header, ended).await?,
        };
        let usage = record.ended.map(|(_, usage)| usage).unwrap_or_default();
        let replayed = Replayed { invocation: id, plugin: record.plugin.to_owned(), usage, verdict };
        each(&replayed);
        invocations.push(replayed);
    }
    let other_engine = (header.engine != baton_sandbox::IDENTITY).then(|| header.engine.clone());
    Ok(Replay { run, other_engine, invocations })
}

/// The agents' invocations: what the machine asked for, and what the journal says became of it.
fn records(story: &Story) -> Result<Vec<(InvocationId, Record<'_>)>, Error> {
    let plan = Arc::new(story.machine().plan().clone());
    let mut run = Run::new(plan, story.id().clone(), story.header().seed);
    let (mut asked, mut places, mut records) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for entry in story.entries() {
        begin_or_end(entry, &mut asked, &mut places, &mut records);
        for action in run.apply(entry.at, &entry.event)? {
            if let Action::Invoke(invoke) = action {
                asked.insert(invoke.invocation(), invoke);
            }
        }
    }
    Ok(records)
}

fn begin_or_end<'a>(
    entry: &'a Entry,
    asked: &mut BTreeMap<InvocationId, Invoke>,
    places: &mut BTreeMap<InvocationId, usize>,
    records: &mut Vec<(InvocationId, Record<'a>)>,
) {
    match &entry.event {
        Event::InvocationStarted { invocation, plugin, function: None, lease, deadline, .. } => {
            if let Some(invoke) = asked.remove(invocation) {
                let record = Record { invoke, plugin, lease: *lease, deadline: *deadline, ended: None };
                places.insert(invocation.clone(), records.len());
                records.push((invocation.clone(), record));
            }
        }
        Event::InvocationEnded { invocation, outcome, usage, .. } => {
            if let Some(place) = places.get(invocation) {
                records[*place].1.ended = Some((outcome, *usage));
            }
        }
        _ => {}
    }
}

async fn load(sandbox: &Sandbox, store: &dyn Store, header: &RunHeader, plugin: &str) -> Result<Loaded, Error> {
    let pin = header.plugins.iter().find(|pin| pin.name == plugin);
    let pin = pin.ok_or_else(|| Error::PluginGone(plugin.to_owned()))?;
    Ok(sandbox.load(plugin, &store.blob(pin.component).await?)?)
}

fn invocation(story: &Story, id: &InvocationId, record: &Record<'_>) -> Result<Arc<Invocation>, Error> {
    let (header, invoke) = (story.header(), &record.invoke);
    let limits = lease::limits(record.lease);
    let name = record.plugin.parse().map_err(|_| Error::PluginGone(record.plugin.to_owned()))?;
    let input = invoke.input.as_str().ok_or_else(|| Error::Internal("an input is not loaded".to_owned()))?;
    let environment = header.plugins.iter().find(|pin| pin.name == record.plugin).map(|pin| pin.environment.clone());
    Ok(Arc::new(Invocation {
        id: id.clone(),
        run: story.id().clone(),
        seed: header.seed,
        site: invoke.site.clone(),
        attempt: invoke.attempt,
        plugin: record.plugin.to_owned(),
        target: Target::Agent,
        input: input.into(),
        idempotency_key: invoke.idempotency_key.clone(),
        deadline: record.deadline,
        timeout: limits.wall.as_duration(),
        depth: 0,
        limits,
        allowed: limits,
        policy: Arc::new(Policy::new(name, Grants::default(), Grants::default())),
        environment: Arc::new(environment.unwrap_or_default()),
        folders: Vec::new(),
    }))
}

async fn compared(
    sandbox: &Sandbox,
    plugin: &Loaded,
    invocation: Arc<Invocation>,
    tape: Tape,
    header: &RunHeader,
    (recorded, usage): (&Outcome, Usage),
) -> Result<Verdict, Error> {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let began = Event::RunStarted(RunHeader { plugins: Vec::new(), ..header.clone() });
    let (claim, _) = store.create(invocation.run.clone(), Timestamp(0), began).await?;
    let backends = backends(Arc::clone(&store), claim);
    let run = invocation.run.clone();
    let ended = match sandbox.invoke(plugin, invocation, tape, &backends).await {
        Ok(ended) => ended,
        Err(SandboxError::Diverged(divergence)) => {
            let replayed =
                divergence.actual.map_or("it ended".to_owned(), |call| called(&call.operation, &call.request));
            let recorded = called(&divergence.recorded.operation, &divergence.recorded.request);
            return Ok(Verdict::Diverged { sequence: divergence.sequence, recorded, replayed });
        }
        Err(error) => return Err(error.into()),
    };
    if let Outcome::TimedOut { .. } = recorded {
        return Ok(Verdict::Stopped);
    }
    let beyond = store.entries(run).await?.into_iter().find_map(|entry| match entry.event {
        Event::HostCall { sequence, operation, request, .. } => Some((sequence, called(&operation, &request))),
        _ => None,
    });
    if let Some((sequence, replayed)) = beyond {
        return Ok(Verdict::Diverged { sequence, recorded: format!("none: {recorded}"), replayed });
    }
    let counted = |usage: Usage| (usage.fuel, usage.memory_bytes, usage.host_calls, usage.bytes);
    if is_same(recorded, &ended.outcome) && counted(usage) == counted(ended.usage) {
        return Ok(Verdict::Same);
    }
    Ok(Verdict::Differs { recorded: told(recorded, usage), replayed: told(&ended.outcome, ended.usage) })
}

/// What runs out says which line raises it, and that line is today's.
fn is_same(recorded: &Outcome, replayed: &Outcome) -> bool {
    match (recorded, replayed) {
        (Outcome::Completed { output }, Outcome::Completed { output: again }) => output.digest() == again.digest(),
        (Outcome::Exhausted { limit, .. }, Outcome::Exhausted { limit: again, .. }) => limit == again,
        (recorded, replayed) => recorded == replayed,
    }
}

fn told(outcome: &Outcome, usage: Usage) -> String {
    let output = if let Outcome::Completed { output } = outcome { output.as_str().unwrap_or_default() } else { "" };
    let Usage { fuel, memory_bytes, host_calls, bytes, .. } = usage;
    format!(
        "{outcome} {output} with {fuel} fuel, {memory_bytes} bytes of memory, {host_calls} calls, {bytes} bytes moved"
    )
}

fn called(operation: &str, request: &Payload) -> String {
    format!("{operation} {}", request.as_str().unwrap_or("(a large request)"))
}

fn backends(store: Arc<dyn Store>, claim: Claim) -> Backends {
    Backends {
        store,
        claim: Arc::new(claim),
        tools: Arc::new(Nothing),
        egress: Arc::new(Nothing),
        secrets: Arc::default(),
        clock: Arc::new(Nothing),
    }
}

/// What is behind the gate of a replay.
struct Nothing;

impl Clock for Nothing {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }
}

impl Fetch for Nothing {
    fn fetch<'a>(&'a self, _: Call<'a>) -> Fetched<'a, Result<Response, EgressError>> {
        Box::pin(async { Err(EgressError::Invalid("a replay reaches nothing".to_owned())) })
    }
}

impl Tools for Nothing {
    fn list(&self) -> Vec<ToolFacts> {
        Vec::new()
    }

    fn effect(&self, _: &str) -> Effect {
        Effect::Write
    }

    fn call(
        &self,
        _: CallSite,
        _: String,
        _: String,
    ) -> BoxFuture<'_, Result<Result<Arc<str>, CallError>, SandboxError>> {
        Box::pin(async { Ok(Err(CallError::Invalid("a replay reaches nothing".to_owned()))) })
    }
}
