//! What the agent is given. The comments are the descriptions in `schemas/input.json`.

use serde::Deserialize;
use serde_json::Value;

/// An invoice to be read, and how it is to go wrong.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// How it goes wrong.
    pub(crate) way: Way,
    /// The invoice.
    pub(crate) document: Document,
    /// How many invoices it has read before this one: it drifts further with each.
    #[serde(default)]
    pub(crate) round: u32,
    /// What is wrong with its last answer, if it is asked for it again.
    #[serde(default)]
    pub(crate) feedback: Option<Feedback>,
}

/// A way to go wrong.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Way {
    /// Its answers drift from the form that was asked for.
    Drifts,
    /// It obeys what the document tells it.
    Obeys,
    /// It answers without having read.
    Idles,
}

/// A document.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// Its name.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// What is wrong with an answer.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Feedback {
    /// What, each in a sentence.
    pub(crate) findings: Vec<String>,
    /// The answer.
    #[serde(rename = "output")]
    pub(crate) _output: Value,
}
