//! An invocation as a worker is told of it. It does not know how it is run.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Digest, InvocationId, RunId, Site, Timestamp};
use baton_policy::{Grants, Limits, Name, Policy};
use serde::{Deserialize, Serialize};

use super::confine::Confines;
use crate::invocation::{Invocation, Target};

/// Memory of a worker beside its guest's: the engine, what it has linked, and the stacks of three threads take 20 MiB.
const OVERHEAD: u64 = 64 << 20;

/// How often a payload can be in the memory of a worker at the same time: as the guest handed it over, as an argument,
/// as a request, as a message, and each with a copy while it grows. A character can be six as JSON.
const COPIES: u64 = 16;

/// What a worker is told of an invocation.
#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    id: InvocationId,
    run: RunId,
    seed: Digest,
    site: Site,
    attempt: u32,
    plugin: Name,
    function: Option<String>,
    input: String,
    idempotency_key: String,
    deadline: Timestamp,
    left: Duration,
    depth: u32,
    limits: Limits,
    allowed: Limits,
    environment: BTreeMap<String, String>,
    /// The time that the guest sees first.
    pub(crate) now: Timestamp,
}

impl Order {
    /// Tells of an invocation that has so much time left.
    pub(crate) fn of(invocation: &Invocation, left: Duration, now: Timestamp) -> Self {
        Order {
            id: invocation.id.clone(),
            run: invocation.run.clone(),
            seed: invocation.seed,
            site: invocation.site.clone(),
            attempt: invocation.attempt,
            plugin: invocation.policy.plugin().clone(),
            function: match &invocation.target {
                Target::Agent => None,
                Target::Tool(function) => Some(function.clone()),
            },
            input: invocation.input.to_string(),
            idempotency_key: invocation.idempotency_key.clone(),
            deadline: invocation.deadline,
            left,
            depth: invocation.depth,
            limits: invocation.limits,
            allowed: invocation.allowed,
            environment: BTreeMap::clone(&invocation.environment),
            now,
        }
    }

    /// What the worker keeps of the machine to run it, with code of so many bytes.
    pub(crate) fn confines(&self, code: usize) -> Confines {
        let Limits { memory, payload, log_bytes, .. } = self.limits;
        let memory = memory.0 + OVERHEAD + COPIES * (payload.0 + log_bytes.0) + 2 * code as u64;
        Confines { memory, cpu_seconds: self.left.as_secs() + 1 }
    }

    /// The invocation, as far as a worker knows it: it may do nothing and sees no folders, because its host decides and a
    /// worker opens nothing.
    pub(crate) fn invocation(self) -> Invocation {
        Invocation {
            id: self.id,
            run: self.run,
            seed: self.seed,
            site: self.site,
            attempt: self.attempt,
            plugin: self.plugin.to_string(),
            target: self.function.map_or(Target::Agent, Target::Tool),
            input: self.input.into(),
            idempotency_key: self.idempotency_key,
            deadline: self.deadline,
            timeout: self.left,
            depth: self.depth,
            limits: self.limits,
            allowed: self.allowed,
            account: Arc::default(), // its host counts
            policy: Arc::new(Policy::new(self.plugin, Grants::default(), Grants::default())),
            resolution: None,
            environment: Arc::new(self.environment),
            folders: Vec::new(),
        }
    }
}
