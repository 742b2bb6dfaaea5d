//! What the agent is given.

use serde::{Deserialize, Serialize};

/// The input.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What is to be read.
    pub contract: Contract,
    /// What the firm looks for.
    pub rules: Vec<Rule>,
}

/// A contract.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// How a clause is found, and how grave it is.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The clause: `warranty`.
    pub clause: String,
    /// A sentence that has one of these phrases is of the clause.
    pub any: Vec<String>,
    /// Unless it has one of these.
    #[serde(default)]
    pub unless: Vec<String>,
    /// How grave such a clause is at least.
    pub risk: Risk,
    /// Why.
    pub because: String,
    /// What makes it graver.
    #[serde(default)]
    pub graver: Vec<Graver>,
    /// There if the contract must have the clause: what it means that it does not.
    #[serde(default)]
    pub required: Option<Absent>,
}

/// What makes a clause graver.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Graver {
    /// A sentence of the clause that has one of these phrases.
    pub any: Vec<String>,
    /// How grave it is then.
    pub risk: Risk,
    /// Why.
    pub because: String,
}

/// What it means that a clause is not there.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Absent {
    /// How grave that is.
    pub risk: Risk,
    /// Why.
    pub because: String,
}

/// How grave something is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// As it is usual.
    Low,
    /// A person has to weigh it.
    Medium,
    /// It should not be accepted as it is.
    High,
}
