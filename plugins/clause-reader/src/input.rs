//! What the agent is given.

use serde::{Deserialize, Serialize};

/// The largest section, in bytes: some pages. Longer texts are divided by whoever hands them in.
pub const MOST: usize = 64 << 10;

/// A section of a text, and what to read it for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Section {
    /// The section.
    pub text: String,
    /// Where it begins in the whole text, in bytes: positions are told from there.
    pub start: u32,
    /// What to read it for.
    pub topics: Vec<Topic>,
    /// Whether to read closely: other forms of the words count too, and so does the sentence before.
    pub closely: bool,
}

/// Something that a sentence can be about.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Words and phrases by which a sentence about it is known, in small letters.
    pub words: Vec<String>,
}
