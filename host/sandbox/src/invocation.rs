//! One call of one export: what is called, with what, within which bounds. It does not know the engine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use baton_journal::{Digest, InvocationId, Outcome, RunId, Site, Timestamp, Usage};
use baton_policy::{Access, Account, Amounts, Exhausted, Limits, MountName, Policy, Resolution, Resource};

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The `run` of an agent: replayed from its tape.
    Agent,
    /// An exported function, as `interface.function`: never replayed, its result is an entry of its caller.
    Tool(String),
}

impl Target {
    /// Whether what it calls is answered from the journal when it is run again.
    #[must_use]
    pub fn is_replayed(&self) -> bool {
        matches!(self, Target::Agent)
    }
}

/// One call of one export, in a fresh sandbox.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Its id.
    pub id: InvocationId,
    /// The run it belongs to.
    pub run: RunId,
    /// The seed of the run's random numbers.
    pub seed: Digest,
    /// Where in the plan it belongs.
    pub site: Site,
    /// Counts attempts at the site from 1.
    pub attempt: u32,
    /// The plugin's name in the operator's configuration.
    pub plugin: String,
    /// What is called.
    pub target: Target,
    /// The input: an agent's task, or an object with the arguments of a tool; JSON.
    pub input: Arc<str>,
    /// The same for every attempt of this call in this run.
    pub idempotency_key: String,
    /// When the host stops it, as the guest is told.
    pub deadline: Timestamp,
    /// How long it may take from now on, time in the host included.
    pub timeout: Duration,
    /// How many invocations wait for it: 0 for a step's own.
    pub depth: u32,
    /// What else it may use: what the operator allows, or what is left to the step and the run if that is less.
    pub limits: Limits,
    /// What the operator allows the plugin.
    pub allowed: Limits,
    /// What its host calls are counted against besides: what its step and its run may make together.
    pub account: Arc<Account>,
    /// What it may do.
    pub policy: Arc<Policy>,
    /// What a person said of calls that an earlier host may have made for it; none if nobody was asked.
    pub resolution: Option<Resolution>,
    /// The variables that it finds in its environment: for an agent those of the journal, so that it is replayed alike.
    pub environment: Arc<BTreeMap<String, String>>,
    /// The folders that it sees; none for an agent, whose calls the journal must answer.
    pub folders: Vec<Folder>,
}

/// A folder of the host that a tool sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The guest sees it as `/NAME`.
    pub name: MountName,
    /// Where it is: without links and `..`, so that it is the one that was checked.
    pub path: PathBuf,
    /// What may be done in it.
    pub access: Access,
}

impl Invocation {
    /// The seed of its own random numbers: no two invocations of a run draw the same.
    #[must_use]
    pub fn own_seed(&self) -> [u8; 32] {
        *Digest::of_parts([self.seed.as_bytes().as_slice(), self.id.as_str().as_bytes()]).as_bytes()
    }
}

impl Invocation {
    /// Whether it is an agent that works for another one.
    #[must_use]
    pub fn is_worker(&self) -> bool {
        self.depth > 0 && self.target == Target::Agent
    }

    /// What was reached, and the line that raises it: in the operator's file or, if the budget was the lesser, in the
    /// workflow.
    pub(crate) fn exhausted(&self, resource: Resource) -> String {
        let out = Exhausted::of(resource, &self.limits);
        if out.limit < Exhausted::of(resource, &self.allowed).limit {
            let whose =
                if self.is_worker() { "what its caller gave it" } else { "what `budget` in the workflow had left" };
            return format!("{out}: it is {whose}");
        }
        format!("{out}; {}", out.hint(&self.plugin))
    }
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub outcome: Outcome,
    /// What it used itself.
    pub usage: Usage,
    /// What others spent of what it had.
    pub handed_on: Amounts,
}
