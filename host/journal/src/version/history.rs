//! How the traffic of a workflow changes: by deploying, promoting and rolling back, a line of history for each. It does not
//! know what a version is, nor who keeps the history.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Version;
use super::traffic::{Canary, Traffic, Weight};
use crate::id::Timestamp;

/// What was done about the versions of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// A version was deployed.
    Deployed,
    /// The canary became current.
    Promoted,
    /// An older version became current again, or the canary was taken back.
    RolledBack,
}

impl Deed {
    /// The word that is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Deed::Deployed => "deployed",
            Deed::Promoted => "promoted",
            Deed::RolledBack => "rolled-back",
        }
    }
}

impl FromStr for Deed {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Deed::Deployed, Deed::Promoted, Deed::RolledBack].into_iter().find(|deed| deed.as_str() == text).ok_or(())
    }
}

/// A line of a workflow's history: what was done, and what holds from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Deployment {
    /// The workflow's name.
    pub workflow: String,
    /// Its place in the history, from 1.
    pub sequence: u32,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// What was done.
    pub deed: Deed,
    /// What holds from then on.
    #[serde(flatten)]
    pub traffic: Traffic,
}

/// What came of deploying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The version.
    pub version: Version,
    /// Whether it was stored now; else there was one of the same digest.
    pub is_new: bool,
    /// The new line of the history; none, if that version took so many new runs already.
    pub line: Option<Deployment>,
}

/// What is wanted of the versions of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// That new runs take this version: all of them, or as a canary so many.
    Deploy {
        /// The version's number.
        version: u32,
        /// How many.
        weight: Weight,
    },
    /// That the canary becomes current.
    Promote,
    /// That an older version becomes current again: the one of this number; without, the canary is taken back, and if
    /// there is none, the version that was current before becomes so again.
    RollBack {
        /// The number.
        to: Option<u32>,
    },
}

/// Why the traffic stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotDeployed {
    /// Nothing of this workflow is deployed.
    #[error("no version of workflow `{workflow}` is deployed")]
    Nothing {
        /// The workflow.
        workflow: String,
    },
    /// A canary needs a version that it is tried beside.
    #[error("no version of workflow `{workflow}` is current, so there is none beside which this one could be tried")]
    NoCurrent {
        /// The workflow.
        workflow: String,
    },
    /// Another canary is being tried.
    #[error("version {} of workflow `{workflow}` is being tried already, with {}", .canary.version, .canary.weight)]
    OtherCanary {
        /// The workflow.
        workflow: String,
        /// The canary.
        canary: Canary,
    },
    /// There is no canary.
    #[error("no version of workflow `{workflow}` is being tried: {current} is current, and takes all new runs")]
    NoCanary {
        /// The workflow.
        workflow: String,
        /// The current version.
        current: u32,
    },
    /// The version takes all new runs already.
    #[error("version {version} of workflow `{workflow}` is current already")]
    IsCurrent {
        /// The workflow.
        workflow: String,
        /// The version.
        version: u32,
    },
    /// No version was current before.
    #[error("no version of workflow `{workflow}` was current before version {version}")]
    NothingBefore {
        /// The workflow.
        workflow: String,
        /// The version that is current.
        version: u32,
    },
    /// There is no such version.
    #[error("workflow `{workflow}` has no version {version}; its last one is {last}")]
    NoSuchVersion {
        /// The workflow.
        workflow: String,
        /// The number.
        version: u32,
        /// The last version.
        last: u32,
    },
}

impl Wish {
    /// What was done when it is fulfilled.
    #[must_use]
    pub fn deed(self) -> Deed {
        match self {
            Wish::Deploy { .. } => Deed::Deployed,
            Wish::Promote => Deed::Promoted,
            Wish::RollBack { .. } => Deed::RolledBack,
        }
    }
}

/// What holds when a wish is fulfilled, after this history of a workflow that has versions up to the last one. Nothing:
/// it holds already.
///
/// # Errors
/// The wish cannot be fulfilled.
pub fn fulfil(wish: Wish, workflow: &str, history: &[Deployment], last: u32) -> Result<Option<Traffic>, NotDeployed> {
    let before = history.last().map(|line| line.traffic);
    if last == 0 {
        return Err(NotDeployed::Nothing { workflow: workflow.to_owned() });
    }
    if let Wish::Deploy { version, .. } | Wish::RollBack { to: Some(version) } = wish
        && (version == 0 || version > last)
    {
        return Err(NotDeployed::NoSuchVersion { workflow: workflow.to_owned(), version, last });
    }
    let after = match wish {
        Wish::Deploy { version, weight } => deploy(version, weight, workflow, before)?,
        Wish::Promote => promote(workflow, before)?,
        Wish::RollBack { to } => roll_back(to, workflow, history)?,
    };
    Ok(Some(after).filter(|after| Some(*after) != before))
}

fn deploy(version: u32, weight: Weight, workflow: &str, before: Option<Traffic>) -> Result<Traffic, NotDeployed> {
    if weight == Weight::ALL {
        return Ok(Traffic::all_to(version));
    }
    let workflow = workflow.to_owned();
    match before {
        None => Err(NotDeployed::NoCurrent { workflow }),
        Some(Traffic { current, .. }) if current == version => Err(NotDeployed::IsCurrent { workflow, version }),
        Some(Traffic { canary: Some(canary), .. }) if canary.version != version => {
            Err(NotDeployed::OtherCanary { workflow, canary })
        }
        Some(traffic) => Ok(Traffic { canary: Some(Canary { version, weight }), ..traffic }),
    }
}

fn promote(workflow: &str, before: Option<Traffic>) -> Result<Traffic, NotDeployed> {
    let workflow = workflow.to_owned();
    match before {
        None => Err(NotDeployed::Nothing { workflow }),
        Some(Traffic { current, canary: None }) => Err(NotDeployed::NoCanary { workflow, current }),
        Some(Traffic { canary: Some(canary), .. }) => Ok(Traffic::all_to(canary.version)),
    }
}

fn roll_back(to: Option<u32>, workflow: &str, history: &[Deployment]) -> Result<Traffic, NotDeployed> {
    let nothing = || NotDeployed::Nothing { workflow: workflow.to_owned() };
    let Traffic { current, canary } = history.last().ok_or_else(nothing)?.traffic;
    let workflow = workflow.to_owned();
    match to {
        Some(version) if version == current && canary.is_none() => Err(NotDeployed::IsCurrent { workflow, version }),
        Some(version) => Ok(Traffic::all_to(version)),
        None if canary.is_some() => Ok(Traffic::all_to(current)),
        None => before(history, current)
            .map(Traffic::all_to)
            .ok_or(NotDeployed::NothingBefore { workflow, version: current }),
    }
}

/// The version that was current before this one first was: so a second step back goes further back, and not forth again.
fn before(history: &[Deployment], current: u32) -> Option<u32> {
    let first = history.iter().position(|line| line.traffic.current == current)?;
    history[..first].last().map(|line| line.traffic.current)
}
