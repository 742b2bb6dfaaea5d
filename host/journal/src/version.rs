//! Versions of workflows: which there are, which one a new run takes, and how that changes. It does not know what is in a
//! version, nor where one is kept.
//!
//! A version is immutable. What changes is the traffic: one version is current, and one other may be tried beside it, as
//! a canary, with a part of the new runs. Each change is a line of a history that only grows.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::header::PluginPin;
use crate::id::{Digest, Timestamp};
use crate::payload::Payload;

mod history;
mod traffic;

pub use history::{Deed, Deployed, Deployment, NotDeployed, Wish, fulfil};
pub use traffic::{Canary, NotAWeight, Traffic, Weight};

/// The longest name of whoever deploys, in bytes: the store keeps it for ever.
pub const MAX_NAME: usize = 256;

/// A version as a run names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionPin {
    /// Its number among the versions of its workflow, from 1.
    pub number: u32,
    /// The digest over all that it is.
    pub digest: Digest,
}

/// A version that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    /// The workflow's name.
    pub workflow: String,
    /// The digest over all that it is: the same digest is the same version.
    pub digest: Digest,
    /// The blob that says what it is.
    pub content: Digest,
    /// The blobs that it needs, with that one.
    pub uses: BTreeSet<Digest>,
}

/// A version that is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// The workflow's name.
    pub workflow: String,
    /// Its number among the versions of its workflow, from 1.
    pub number: u32,
    /// The digest over all that it is.
    pub digest: Digest,
    /// The blob that says what it is.
    #[serde(skip)]
    pub content: Digest,
    /// When it was stored.
    pub at: Timestamp,
    /// Who deployed it first.
    pub by: String,
}

impl Version {
    /// As a run names it.
    #[must_use]
    pub fn pin(&self) -> VersionPin {
        VersionPin { number: self.number, digest: self.digest }
    }
}

/// What a run goes on with under another version of its workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The version.
    pub version: VersionPin,
    /// The content hash of its plan.
    pub plan_digest: Digest,
    /// Its plan, JSON.
    pub plan: Payload,
    /// Its components, by digest.
    pub plugins: Vec<PluginPin>,
    /// Who migrated the run.
    pub by: String,
}

impl Event {
    /// The digests of the components that the event names: what a run keeps beside its payloads.
    #[must_use]
    pub fn components(&self) -> BTreeSet<Digest> {
        match self {
            Event::RunStarted(header) => header.components().collect(),
            Event::Migrated(migration) => migration.plugins.iter().map(|pin| pin.component).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// The version of its workflow with which the run goes on from here, if the event says so.
    #[must_use]
    pub fn version(&self) -> Option<VersionPin> {
        match self {
            Event::RunStarted(header) => header.version,
            Event::Migrated(migration) => Some(migration.version),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
