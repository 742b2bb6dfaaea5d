//! Which versions new runs take, and how a run draws its own. It does not know what a version is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{Digest, RunId};

/// How many of a hundred new runs take a version: 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Weight(u8);

/// A text or number that is no weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a weight is a whole number of percent from 1 to 100, as in 10%")]
pub struct NotAWeight;

impl Weight {
    /// All new runs.
    pub const ALL: Weight = Weight(100);

    /// The weight of so many percent.
    ///
    /// # Errors
    /// It is none, or more than all.
    pub fn percent(percent: u8) -> Result<Self, NotAWeight> {
        if (1..=100).contains(&percent) { Ok(Weight(percent)) } else { Err(NotAWeight) }
    }

    /// How many of a hundred.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Weight {
    type Error = NotAWeight;

    fn try_from(percent: u8) -> Result<Self, NotAWeight> {
        Weight::percent(percent)
    }
}

impl From<Weight> for u8 {
    fn from(weight: Weight) -> u8 {
        weight.0
    }
}

impl FromStr for Weight {
    type Err = NotAWeight;

    fn from_str(text: &str) -> Result<Self, NotAWeight> {
        let digits = text.strip_suffix('%').ok_or(NotAWeight)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        Weight::percent(digits.parse().ok().filter(|_| is_number).ok_or(NotAWeight)?)
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

/// A version that is tried beside the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Canary {
    /// The version's number.
    pub version: u32,
    /// How many of a hundred new runs take it: fewer than all.
    pub weight: Weight,
}

/// Which versions new runs take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// The current version's number.
    pub current: u32,
    /// The version that is tried beside it.
    pub canary: Option<Canary>,
}

impl Traffic {
    /// All new runs take this version.
    #[must_use]
    pub fn all_to(version: u32) -> Self {
        Traffic { current: version, canary: None }
    }

    /// The version that a new run takes. It follows from the run's id, so that anybody can say afterwards why it was
    /// that one; and a run that a canary of 10% takes, one of 20% takes too.
    #[must_use]
    pub fn draw(&self, run: &RunId) -> u32 {
        match self.canary {
            Some(canary) if lot(run) < u64::from(canary.weight.get()) => canary.version,
            _ => self.current,
        }
    }

    /// How many of a hundred new runs take a version.
    #[must_use]
    pub fn share(&self, version: u32) -> u8 {
        let tried = self.canary.map_or(0, |canary| canary.weight.get());
        match self.canary {
            Some(canary) if canary.version == version => tried,
            _ if self.current == version => 100 - tried,
            _ => 0,
        }
    }
}

/// The lot of a run: a number below a hundred, each as likely as any other.
fn lot(run: &RunId) -> u64 {
    let digest = Digest::of(run.as_str().as_bytes());
    let first = digest.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    first % 100
}
