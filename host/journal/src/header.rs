//! What is fixed for a run when it begins: its plan, its input, the components that it is made of, and the runs that it was forked
//! off. It does not know what happens in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::admission::Admission;
#[cfg(doc)]
use crate::event::Event;
use crate::event::Lease;
use crate::id::{Digest, RunId};
use crate::payload::Payload;
use crate::version::VersionPin;

/// What is fixed for a run when it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunHeader {
    /// The workflow's name.
    pub workflow: String,
    /// The plan's content hash.
    pub plan_digest: Digest,
    /// The plan itself, JSON: a run goes on with the plan it began with, whatever became of the files.
    pub plan: Payload,
    /// The run's input, JSON.
    pub input: Payload,
    /// 32 random bytes as hexadecimal digits: every random number of an agent follows from them.
    pub seed: Digest,
    /// The engine and its version: fuel and traps may differ under another.
    pub engine: String,
    /// The components that the plan names and those that its agents may call, by digest.
    pub plugins: Vec<PluginPin>,
    /// The version of the workflow that it began with; none: it is a run of a project that is not deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<VersionPin>,
    /// The runs that it was forked off, the first one first: its first entries are theirs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forks: Vec<Fork>,
    /// How it was let in.
    #[serde(default, skip_serializing_if = "Admission::is_default")]
    pub admission: Admission,
}

/// A run off which another one was forked. What it had done is in the other run's journal as it was in its own, under
/// its own name, and is not done again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fork {
    /// The run.
    pub from: RunId,
    /// The digest of the last entry that it had.
    pub head: Digest,
    /// The step that is done once more, with all that follows from it.
    pub step: String,
    /// How many of the first entries of the other run are from this one or those before: the number of the entry that
    /// says so ([`Event::Forked`]).
    pub entries: u64,
    /// The components that it was made with.
    pub plugins: Vec<PluginPin>,
}

impl RunHeader {
    /// The digests of all components of the run.
    pub fn components(&self) -> impl Iterator<Item = Digest> {
        self.plugins.iter().chain(self.forks.iter().flat_map(|fork| &fork.plugins)).map(|pin| pin.component)
    }

    /// The run that an entry is from, if it is from another one.
    #[must_use]
    pub fn fork_of(&self, sequence: u64) -> Option<&Fork> {
        self.forks.iter().find(|fork| sequence < fork.entries)
    }
}

/// A plugin of a run, by digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginPin {
    /// Its name in the operator's configuration.
    pub name: String,
    /// The digest of its component.
    pub component: Digest,
    /// What an agent finds in its environment: a run goes on with the values that it began with, whatever is granted
    /// meanwhile. Empty for tools, which are not replayed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// What one invocation of it may use at most: so much is reserved before one begins. None: the limits that hold where
    /// nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Lease>,
    /// Whether it may have other plugins invoked: something is kept for those.
    #[serde(default, skip_serializing_if = "is_false")]
    pub invokes: bool,
    /// What each invocation of it costs, in millionths of a dollar.
    #[serde(default, skip_serializing_if = "is_free")]
    pub price_micro_usd: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_free(price: &u64) -> bool {
    *price == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}
