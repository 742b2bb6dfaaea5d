//! What the agent answers with. It knows nothing of how the findings are made.

use serde::{Deserialize, Serialize};

/// What a document says, in short.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// The document's name, as it was given.
    pub document: String,
    /// The sort of document, as it was given.
    pub kind: Option<String>,
    /// The language most of its common words belong to, as an ISO 639-1 code; null when it is none of those known.
    pub language: Option<String>,
    /// The number of sentences, list items and labelled fields; headings do not count.
    pub sentences: usize,
    /// The number of words.
    pub words: usize,
    /// The most central sentences, in the order of the document.
    pub summary: Vec<Place>,
    /// The persons and organisations named.
    pub parties: Vec<Finding<Party>>,
    /// The dates.
    pub dates: Vec<Finding<Date>>,
    /// The amounts of money.
    pub amounts: Vec<Finding<Amount>>,
    /// The numbers under which somebody or something is registered.
    pub registrations: Vec<Finding<Registration>>,
    /// The countries named.
    pub countries: Vec<Finding<Country>>,
    /// The number of findings left out because there were too many of their kind.
    pub omitted: usize,
}

/// A piece of the text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// The text as found, each run of white space written as one space.
    pub text: String,
    /// Where it starts: an offset in bytes of UTF-8, from 0.
    pub start: usize,
    /// Where it ends: the offset of the byte after it.
    pub end: usize,
    /// The line it starts on, from 1.
    pub line: usize,
}

/// Something found, with the place where it was found first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "{T}Finding"))]
pub struct Finding<T> {
    /// What was found.
    #[serde(flatten)]
    pub what: T,
    /// Where it was found first.
    #[serde(flatten)]
    pub place: Place,
    /// How many times it was found in the document.
    pub mentions: usize,
}

/// A person or an organisation.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Party {
    /// The name without titles, given names first.
    pub value: String,
    /// Whether it is a person or an organisation.
    pub kind: PartyKind,
}

/// The two sorts of parties.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PartyKind {
    /// A human being.
    Person,
    /// A company, an authority, a foundation and the like.
    Organisation,
}

/// A date.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Date {
    /// The date as `YYYY-MM-DD`. Where day and month could be told apart by nothing, the day is read first.
    pub value: String,
    /// What happens on it, when the words around it tell.
    pub role: Option<DateRole>,
}

/// What happens on a date.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
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

/// An amount of money.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Amount {
    /// The amount as a decimal: digits, and a point where there are decimals.
    pub value: String,
    /// The currency as an ISO 4217 code.
    pub currency: String,
}

/// A number under which somebody or something is registered.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Registration {
    /// The number in capitals, without spaces, points and hyphens.
    pub value: String,
    /// What sort of number it is.
    pub scheme: Scheme,
}

/// The sorts of registration numbers.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// A number in a register of companies.
    Company,
    /// A number for value-added tax.
    Vat,
    /// Any other tax number.
    Tax,
    /// A Legal Entity Identifier (ISO 17442), its check digits right.
    Lei,
    /// The number of a passport.
    Passport,
    /// The number of an identity card or of a person.
    Identity,
    /// An International Bank Account Number (ISO 13616), its check digits right.
    Iban,
}

/// A country.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Country {
    /// Its ISO 3166-1 alpha-2 code.
    pub value: String,
    /// Its usual English name.
    pub name: String,
}
