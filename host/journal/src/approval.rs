//! What a question to people needs to be decided, and what may happen to it before it is. It does not know who people are:
//! they are names, as they were given.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::event::Decision;
use crate::id::Timestamp;

/// How many people must say yes, and how many no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quorum {
    /// How many different people must say yes, in whatever role.
    pub votes: u32,
    /// How many must say yes in a role, besides those.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub of_role: BTreeMap<String, u32>,
    /// How many must say no to reject.
    pub rejections: u32,
}

impl Default for Quorum {
    /// One person decides.
    fn default() -> Self {
        Quorum { votes: 1, of_role: BTreeMap::new(), rejections: 1 }
    }
}

impl Quorum {
    /// Whether one person decides.
    #[must_use]
    pub fn is_one(&self) -> bool {
        *self == Quorum::default()
    }

    /// How many must say yes, together.
    #[must_use]
    pub fn needed(&self) -> u32 {
        self.of_role.values().fold(self.votes, |sum, votes| sum.saturating_add(*votes))
    }
}

/// Something that happened to a question which is still open after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "turn")]
pub enum Turn {
    /// A person said yes or no, and more votes are needed.
    Voted {
        /// What they said.
        vote: Decision,
    },
    /// A person handed their vote to another one.
    Delegated {
        /// Who.
        by: String,
        /// In which role.
        role: Option<String>,
        /// To whom.
        to: String,
        /// In their words.
        comment: Option<String>,
    },
    /// It was time to remind those who may answer.
    Reminded {
        /// The number of the reminder, from 1. Those before it that nobody gave while no host was there are not made up for.
        reminder: u32,
    },
    /// Time was over: others may answer too, and there is more time.
    Escalated {
        /// How often that happened, from 1.
        level: u32,
        /// In which roles others may answer.
        roles: Vec<String>,
        /// Who else, by name.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        assignees: Vec<String>,
        /// When this time is over.
        deadline: Timestamp,
    },
}
