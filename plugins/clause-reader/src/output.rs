//! What the agent answers.

use serde::{Deserialize, Serialize};

/// What a section says of the topics.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reading {
    /// The sentences that say most, at most three for each topic, the strongest first.
    pub findings: Vec<Finding>,
    /// How many sentences were read.
    pub sentences: u32,
}

/// A sentence about a topic.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// The topic's name.
    pub topic: String,
    /// What the sentence does.
    pub modality: Modality,
    /// How many of the topic's words it has.
    pub weight: u32,
    /// The sentence, on one line, cut after 400 characters.
    pub quote: String,
    /// Where it begins in the whole text, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// What a sentence does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Modality {
    /// It forbids.
    Forbids,
    /// It binds.
    Binds,
    /// It allows.
    Allows,
    /// It speaks of the topic, and does none of these.
    Mentions,
}
