//! What the agent is given. The comments are the descriptions in `schemas/input.json`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::date::Language;

/// The template of an engagement letter and what to fill it with.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(Clone, schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    /// The template: Markdown with placeholders such as `{{ applicant.name }}` in the syntax of Jinja.
    pub template: String,
    /// Who applied: `applicant` in the template.
    pub applicant: Applicant,
    /// What the checks found, in any form: `findings` in the template.
    #[serde(default)]
    pub findings: Option<Value>,
    /// What the engagement costs: `fees` in the template.
    #[serde(default)]
    pub fees: Option<Fees>,
    /// Who agreed to the engagement, in any form: `sign_off` in the template.
    #[serde(default)]
    pub sign_off: Option<Value>,
    /// The date of the letter (ISO 8601, as `2026-03-31`), if it is not the day of the run. The template's `date` is written out.
    #[serde(default)]
    pub date: Option<String>,
    /// The language of the letter, in which its date is written; English if it is not given.
    #[serde(default)]
    pub language: Option<Language>,
}

/// An applicant as the application names them. Further fields are handed to the template as they are.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(Clone, schemars::JsonSchema))]
pub(crate) struct Applicant {
    /// The full name, as in the register or in the identity document.
    pub name: String,
    /// What the applicant is.
    pub kind: Kind,
    /// Where the applicant is registered or lives: ISO 3166-1 alpha-2, as `DE`.
    pub country: String,
    /// The number in the company register.
    #[serde(default)]
    pub registration_number: Option<String>,
    /// A person's date of birth.
    #[serde(default)]
    pub date_of_birth: Option<String>,
    /// Where to write to.
    #[serde(default)]
    pub email: Option<String>,
    /// The postal address. Its lines stay lines.
    #[serde(default)]
    pub address: Option<String>,
    /// What the applicant wants from the firm.
    #[serde(default)]
    pub services: Vec<String>,
    /// Whom to speak to at a company.
    #[serde(default)]
    pub contact_person: Option<String>,
    /// Whatever else the application says.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What an applicant is.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A human being.
    Person,
    /// A legal person.
    Company,
}

/// What the engagement costs. Numbers are texts, written into the letter as they are: this agent does not calculate.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(Clone, schemars::JsonSchema))]
pub(crate) struct Fees {
    /// The currency: ISO 4217, as `EUR`.
    pub currency: String,
    /// What is charged for.
    pub lines: Vec<FeeLine>,
    /// The tax on all lines, in per cent.
    #[serde(default)]
    pub tax_rate: Option<String>,
    /// The sum of the lines, as billing calculates it.
    #[serde(default)]
    pub net: Option<String>,
    /// The tax on that sum.
    #[serde(default)]
    pub tax: Option<String>,
    /// What is to be paid.
    #[serde(default)]
    pub total: Option<String>,
}

/// One thing that is charged for.
#[derive(Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(Clone, schemars::JsonSchema))]
pub(crate) struct FeeLine {
    /// What it is.
    pub description: String,
    /// How much of it.
    pub quantity: String,
    /// What one of it costs.
    pub unit_price: String,
    /// What all of it costs, as billing calculates it.
    #[serde(default)]
    pub amount: Option<String>,
}
