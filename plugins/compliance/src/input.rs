//! What the agent is given. Of the summaries it reads what it needs: more fields do no harm.

mod rules;
mod summary;

use serde::{Deserialize, Serialize};

pub use self::rules::{InDocuments, Jurisdictions, Level, RequiredDocuments, Rules};
pub use self::summary::{Country, Date, DateRole, Mention, Party, PartyKind, Place, Registration, Summary};

/// The input.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Input {
    /// Who wants to become a client.
    pub applicant: Applicant,
    /// What the summariser found in each document. An entry without a summary is passed over: its document counts as missing.
    pub summaries: Vec<Option<Summary>>,
    /// The rules of the firm.
    pub rules: Rules,
    /// The names to screen against.
    #[serde(default)]
    pub screening: Vec<Listed>,
    /// The day to judge by, as `YYYY-MM-DD`; the day of the run when it is left out.
    #[serde(default)]
    pub as_of: Option<String>,
}

/// Who wants to become a client.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Applicant {
    /// The full name, as in the register or in the identity document.
    pub name: String,
    /// Whether the applicant is a person or a company.
    pub kind: ApplicantKind,
    /// Where the applicant is registered or lives, as an ISO 3166-1 alpha-2 code.
    pub country: String,
    /// The number in the register of companies.
    #[serde(default)]
    pub registration_number: Option<String>,
    /// A person's date of birth, as `YYYY-MM-DD`.
    #[serde(default)]
    pub date_of_birth: Option<String>,
}

/// The two sorts of applicants.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ApplicantKind {
    /// A human being.
    Person,
    /// A company.
    Company,
}

/// An entry of the screening list.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Listed {
    /// The name of a person or an organisation.
    pub name: String,
    /// Other names of the same.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Why the name is on the list.
    pub program: String,
    /// The country of the person or organisation, as an ISO 3166-1 alpha-2 code.
    #[serde(default)]
    pub country: Option<String>,
    /// A person's date of birth, as `YYYY-MM-DD`: another one tells a namesake.
    #[serde(default)]
    pub born: Option<String>,
}
