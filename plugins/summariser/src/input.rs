//! What the agent is given.

use serde::{Deserialize, Serialize};

/// The input: one document.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Input {
    /// The document to read.
    pub document: Document,
}

/// A document as text.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Document {
    /// Its name, usually a file name. The report carries it, so that others can say where they read something.
    pub name: String,
    /// What sort of document it is, for instance `passport`. The report carries it unchanged.
    #[serde(default)]
    pub kind: Option<String>,
    /// The whole text, at most 4 MiB of UTF-8.
    pub text: String,
}
