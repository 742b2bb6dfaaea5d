//! What the manager is given.

use serde::{Deserialize, Serialize};

/// What is to be found out.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Request {
    /// What the texts are wanted for, for the report.
    pub purpose: String,
    /// The names of the texts that matter; all if empty.
    #[serde(default)]
    pub only: Vec<String>,
    /// The texts.
    pub texts: Vec<Text>,
    /// The questions.
    pub topics: Vec<Topic>,
}

/// A text.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Text {
    /// Its name.
    pub name: String,
    /// The whole of it.
    pub text: String,
}

/// A question about every text.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// The question as people ask it.
    pub question: String,
    /// Words and phrases by which a sentence about it is known, in small letters.
    pub words: Vec<String>,
}
