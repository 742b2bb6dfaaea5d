//! What the manager reports.

use serde::{Deserialize, Serialize};

use crate::reader::Modality;

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// What the texts are wanted for.
    pub purpose: String,
    /// What each text says.
    pub texts: Vec<Assessment>,
    /// How the work went.
    pub work: Work,
}

/// What a text says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Assessment {
    /// Its name.
    pub name: String,
    /// An answer to each question.
    pub answers: Vec<Answer>,
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Answer {
    /// The topic.
    pub topic: String,
    /// The question.
    pub question: String,
    /// What the text does; none: it says nothing of it.
    pub modality: Option<Modality>,
    /// The sentence that says so.
    pub quote: Option<String>,
    /// Where it begins in the text, in bytes.
    pub start: Option<u32>,
    /// In which round it was found, or given up.
    pub round: u32,
}

/// How the work went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Work {
    /// Sections read in the first round.
    pub first: u32,
    /// Sections read again, more closely.
    pub again: u32,
    /// Pieces of work that came to nothing: their readers failed or ran out of their shares.
    pub failed: u32,
}
