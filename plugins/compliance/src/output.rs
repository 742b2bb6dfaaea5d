//! What the agent answers with.

use serde::Serialize;

use crate::input::{Mention, Place, Summary};

/// The assessment of an applicant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Assessment {
    /// How much speaks against the applicant.
    pub risk: Risk,
    /// What should be done.
    pub decision: Decision,
    /// The weights of the findings added up, at most 100.
    pub score: u32,
    /// The sorts of documents that are required and were not handed in.
    pub missing: Vec<String>,
    /// What was found, the gravest first.
    pub findings: Vec<Finding>,
    /// The day that was judged by, as `YYYY-MM-DD`.
    pub as_of: String,
}

/// How much speaks against the applicant.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// Nothing of weight.
    Low,
    /// Something that a person has to weigh.
    Medium,
    /// Something that forbids it, or several things of weight.
    High,
}

/// What should be done.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Take the client on.
    Accept,
    /// Let a person decide.
    Review,
    /// Do not take the client on.
    Refuse,
}

/// Something that a check found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// What sort of finding it is, the same in every run: `screening.match`.
    pub code: String,
    /// How grave it is.
    pub severity: Severity,
    /// What was found, for a person to read.
    pub message: String,
    /// What the finding rests on; never empty.
    pub evidence: Vec<Evidence>,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Worth a word, no obstacle.
    Low,
    /// A person has to look.
    Medium,
    /// A person has to look hard.
    High,
    /// It forbids to take the client on.
    Blocking,
}

/// What a finding rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Evidence {
    /// A place in a document.
    Document {
        /// The document's name.
        document: String,
        /// Where in it.
        #[serde(flatten)]
        place: Place,
    },
    /// An entry of the screening list.
    List {
        /// The entry's name.
        list: String,
        /// The name or alias that was compared.
        matched: String,
        /// Why the entry is on the list.
        program: String,
        /// How alike the names are: 1 is the same name.
        score: f64,
        /// The entry's country, if it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        country: Option<String>,
        /// The entry's date of birth, if it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        born: Option<String>,
    },
    /// Something that the rules say.
    Rule {
        /// The rule's path in the rules.
        rule: String,
        /// What it says here.
        value: String,
    },
    /// Something that the application says.
    Applicant {
        /// The field of the application.
        applicant: String,
        /// What it says.
        value: String,
    },
}

impl Evidence {
    /// The place where a document names something.
    #[must_use]
    pub fn place<T>(summary: &Summary, mention: &Mention<T>) -> Self {
        Self::Document { document: summary.document.clone(), place: mention.place.clone() }
    }

    /// A rule and what it says.
    #[must_use]
    pub fn rule(rule: &str, value: impl ToString) -> Self {
        Self::Rule { rule: rule.to_owned(), value: value.to_string() }
    }

    /// A field of the application and what it says.
    #[must_use]
    pub fn applicant(field: &str, value: &str) -> Self {
        Self::Applicant { applicant: field.to_owned(), value: value.to_owned() }
    }
}
