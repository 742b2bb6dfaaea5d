//! The rules of a firm, as data.

use serde::Deserialize;

use super::ApplicantKind;

/// The rules of a firm.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// The sorts of documents that an applicant must hand in.
    pub required_documents: RequiredDocuments,
    /// The sorts of documents whose expiry matters. Dates of expiry in others (a lease in the accounts) are not looked at.
    #[serde(default)]
    pub expiring_documents: Vec<String>,
    /// A document that expires within so many days is worth a word.
    #[serde(default = "default_warning")]
    pub expiry_warning_days: u16,
    /// The risk of countries.
    pub jurisdictions: Jurisdictions,
    /// Names at least this alike are taken to be the same; 1 is the same name, 0 is nothing in common.
    #[serde(default = "default_match")]
    pub name_match: f64,
    /// Names at least this alike are shown to a person.
    #[serde(default = "default_near")]
    pub near_match: f64,
}

const fn default_warning() -> u16 {
    30
}

const fn default_match() -> f64 {
    0.94
}

const fn default_near() -> f64 {
    0.85
}

/// The sorts of documents that an applicant must hand in.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RequiredDocuments {
    /// Those of a person.
    #[serde(default)]
    pub person: Vec<String>,
    /// Those of a company.
    #[serde(default)]
    pub company: Vec<String>,
}

impl RequiredDocuments {
    /// Those of an applicant of this kind.
    #[must_use]
    pub fn of(&self, kind: ApplicantKind) -> &[String] {
        match kind {
            ApplicantKind::Person => &self.person,
            ApplicantKind::Company => &self.company,
        }
    }
}

/// The risk of countries, each an ISO 3166-1 alpha-2 code.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Jurisdictions {
    /// Countries of little risk: of use where the default is higher.
    #[serde(default)]
    pub low: Vec<String>,
    /// Countries of high risk.
    #[serde(default)]
    pub high: Vec<String>,
    /// Countries that the firm takes no client from.
    #[serde(default)]
    pub prohibited: Vec<String>,
    /// The risk of a country that is in none of the lists.
    #[serde(default)]
    pub default: Level,
    /// What a prohibited country means that is only named in a document.
    #[serde(default)]
    pub prohibited_in_documents: InDocuments,
}

impl Jurisdictions {
    /// The risk of a country.
    #[must_use]
    pub fn level(&self, country: &str) -> Level {
        let is_in = |list: &[String]| list.iter().any(|code| code.eq_ignore_ascii_case(country));
        if is_in(&self.prohibited) {
            Level::Prohibited
        } else if is_in(&self.high) {
            Level::High
        } else if is_in(&self.low) {
            Level::Low
        } else {
            self.default
        }
    }
}

/// The risk of a country.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Nothing speaks against it.
    #[default]
    Low,
    /// A person has to look.
    High,
    /// The firm takes no client from there.
    Prohibited,
}

/// What a prohibited country means that is only named in a document.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum InDocuments {
    /// The client is refused.
    #[default]
    Refuse,
    /// A person has to look: the document may say that there is no tie to the country.
    Review,
}
