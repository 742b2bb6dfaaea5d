//! The agents that read: what they are given and what they answer, as the manager knows it. It does not know how they read.

use baton_sdk::agents::{self, Work};
use serde::{Deserialize, Serialize};

use crate::input;

/// The agent's name in the project.
const READER: &str = "clause-reader";

/// What a reader is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The section.
    pub text: String,
    /// Where it begins in the whole text, in bytes.
    pub start: u32,
    /// What to read it for.
    pub topics: Vec<Topic>,
    /// Whether to read closely.
    pub closely: bool,
}

/// A topic as a reader knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its words.
    pub words: Vec<String>,
}

/// What a reader answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reading {
    /// The sentences that say most.
    pub findings: Vec<Finding>,
}

/// A sentence about a topic.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// The topic's name.
    pub topic: String,
    /// What the sentence does.
    pub modality: Modality,
    /// How many of the topic's words it has.
    pub weight: u32,
    /// The sentence.
    pub quote: String,
    /// Where it begins in the whole text, in bytes.
    pub start: u32,
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

/// Whoever reads sections.
pub trait Readers {
    /// Has sections read at the same time, each with so many percent of what is left; the readings come in their order, none
    /// where a reader failed.
    fn read(&mut self, sections: &[Section], share: u32) -> Vec<Option<Reading>>;
}

/// The agents of the project.
#[derive(Debug)]
pub struct Staff;

impl Readers for Staff {
    fn read(&mut self, sections: &[Section], share: u32) -> Vec<Option<Reading>> {
        let work: Vec<Work> = sections.iter().filter_map(|section| Work::new(READER, section, share).ok()).collect();
        let fuel = baton_sdk::budget::left().fuel;
        let read = agents::delegate_all::<Reading>(&work);
        let spent = fuel.saturating_sub(baton_sdk::budget::left().fuel);
        baton_sdk::log::info(format!("{} sections, {share}% each: {spent} fuel spent, {fuel} were left", work.len()));
        read.into_iter().map(|reading| reading.inspect_err(tell).ok()).collect()
    }
}

fn tell(error: &baton_sdk::Error) {
    let why = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    baton_sdk::log::warn(format!("a section was not read: {why}"));
}

impl From<&input::Topic> for Topic {
    fn from(topic: &input::Topic) -> Self {
        Topic { name: topic.name.clone(), words: topic.words.clone() }
    }
}
