//! What the summariser found in a document.

use serde::{Deserialize, Serialize};

/// What a document says, as far as it matters here.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Summary {
    /// The document's name.
    pub document: String,
    /// The sort of document.
    #[serde(default)]
    pub kind: Option<String>,
    /// The persons and organisations named.
    #[serde(default)]
    pub parties: Vec<Mention<Party>>,
    /// The dates.
    #[serde(default)]
    pub dates: Vec<Mention<Date>>,
    /// The registration numbers.
    #[serde(default)]
    pub registrations: Vec<Mention<Registration>>,
    /// The countries named.
    #[serde(default)]
    pub countries: Vec<Mention<Country>>,
}

/// Something named in a document.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "{T}Mention"))]
pub struct Mention<T> {
    /// What is named.
    #[serde(flatten)]
    pub what: T,
    /// Where it is named.
    #[serde(flatten)]
    pub place: Place,
}

/// A piece of a document's text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// The text as found.
    pub text: String,
    /// Where it starts: an offset in bytes of UTF-8, from 0.
    pub start: usize,
    /// Where it ends: the offset of the byte after it.
    pub end: usize,
    /// The line it starts on, from 1.
    pub line: usize,
}

/// A person or an organisation.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Party {
    /// The name.
    pub value: String,
    /// Whether it is a person or an organisation.
    pub kind: PartyKind,
}

/// The two sorts of parties.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PartyKind {
    /// A human being.
    Person,
    /// A company, an authority, a foundation and the like.
    Organisation,
}

/// A date.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Date {
    /// The date as `YYYY-MM-DD`.
    pub value: String,
    /// What happens on it, when that is known.
    #[serde(default)]
    pub role: Option<DateRole>,
}

/// What happens on a date.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum DateRole {
    /// A document is issued.
    Issued,
    /// A document stops being valid.
    Expires,
    /// A person is born.
    Born,
    /// An organisation comes into being.
    Incorporated,
    /// A document is signed.
    Signed,
}

/// A registration number.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Registration {
    /// The number in capitals, without spaces, points and hyphens.
    pub value: String,
}

/// A country.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Country {
    /// Its ISO 3166-1 alpha-2 code.
    pub value: String,
    /// Its usual English name.
    pub name: String,
}
