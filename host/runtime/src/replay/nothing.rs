//! What is behind the gate of a replay: nothing that reaches out, and a store that is thrown away. It does not know what is
//! replayed.

use std::sync::{Arc, Mutex, PoisonError};

use baton_egress::{BoxFuture as Fetched, Call, EgressError, Fetch, Response};
use baton_journal::{BoxFuture, Event, InvocationId, RunHeader, RunId, Store, Timestamp};
use baton_policy::Effect;
use baton_sandbox::{
    Backends, CallError, CallSite, Clock, NoAgents, NoEvents, SandboxError, Silence, ToolFacts, Tools, Watch,
};
use baton_store::MemoryStore;

use crate::error::Error;

/// Backends that reach nothing, and who looks on.
pub(super) async fn backends(run: &RunId, header: &RunHeader) -> Result<(Backends, Arc<Meters>), Error> {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let began = Event::RunStarted(RunHeader { plugins: Vec::new(), forks: Vec::new(), ..header.clone() });
    let (claim, _) = store.create(run.clone(), Timestamp(0), began).await?;
    let meters = Arc::new(Meters::default());
    let backends = Backends {
        store,
        claim: Arc::new(claim),
        tools: Arc::new(Nothing),
        agents: Arc::new(NoAgents),
        people: Arc::new(Silence),
        events: Arc::new(NoEvents),
        egress: Arc::new(Nothing),
        secrets: Arc::default(),
        clock: Arc::new(Nothing),
        watch: Arc::clone(&meters) as Arc<dyn Watch>,
    };
    Ok((backends, meters))
}

/// Notes what is left at each host call.
#[derive(Default)]
pub(super) struct Meters(Mutex<Vec<u64>>);

impl Meters {
    /// The fuel that was left at each call.
    pub(super) fn take(&self) -> Vec<u64> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Watch for Meters {
    fn calls(&self, _: &InvocationId, _: u32, fuel_left: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fuel_left);
    }
}

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
