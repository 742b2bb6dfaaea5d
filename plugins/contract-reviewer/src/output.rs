//! What the agent answers with.

use serde::Serialize;

use crate::input::Risk;

/// The review of a contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Review {
    /// The contract's name.
    pub contract: String,
    /// The gravest of all that was found.
    pub risk: Risk,
    /// The clauses that were found, the gravest first.
    pub clauses: Vec<Clause>,
    /// The clauses that must be there and are not, the gravest first.
    pub missing: Vec<Missing>,
    /// How many sentences were read.
    pub sentences: u32,
}

/// A clause that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Clause {
    /// Which: `warranty`.
    pub clause: String,
    /// How grave it is.
    pub risk: Risk,
    /// Why, the gravest reason first.
    pub reasons: Vec<String>,
    /// The sentences that it stands in, in the order of the text; never empty.
    pub evidence: Vec<Evidence>,
}

/// A sentence of the contract.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The sentence, its lines joined.
    pub quote: String,
    /// The line on which it begins, from 1.
    pub line: u32,
    /// Where it begins, in characters from the beginning of the text.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// A clause that is not there.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Missing {
    /// Which.
    pub clause: String,
    /// How grave that is.
    pub risk: Risk,
    /// Why.
    pub because: String,
}
