//! Which contact a client is: the same client has the same id, on any machine and in any run.
//!
//! A register gives out each number once, so a company with a registration number is that number in its country:
//! its name and address may change. Everyone else is known by name, country and date of birth together. A spelling
//! that differs only in case, spaces or punctuation is the same name; accents count.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::bindings::exports::baton::crm::contacts::Client;

/// A contact's id, written as `C-` and 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id(u64);

impl Id {
    /// The id of the client's contact.
    pub(crate) fn of(client: &Client) -> Self {
        let country = normal(&client.country);
        let number = client.registration_number.as_deref().map(normal).filter(|number| !number.is_empty());
        match number {
            Some(number) => Self::from_parts(&["registration", &country, &number]),
            None => {
                let born = client.date_of_birth.as_deref().map(normal).unwrap_or_default();
                Self::from_parts(&["name", &country, &normal(&client.name), &born])
            }
        }
    }

    /// Reads an id; nothing if the text never was one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let id = Self(u64::from_str_radix(text.strip_prefix("C-")?, 16).ok()?);
        // One id has one spelling.
        (id.to_string() == text).then_some(id)
    }

    fn from_parts(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // The length first: no two lists of parts become the same bytes.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().iter().take(8).fold(0, |id, byte| id << 8 | u64::from(*byte)))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C-{:016x}", self.0)
    }
}

/// Letters and digits only, in lower case.
fn normal(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn id_with(client: &Client, change: impl FnOnce(&mut Client)) -> Id {
        let mut client = client.clone();
        change(&mut client);
        Id::of(&client)
    }

    #[test]
    fn a_company_is_its_number_in_its_country() {
        let company = example::company();
        let id = Id::of(&company);
        assert_eq!(id_with(&company, |company| company.name = "Hansewind AG".into()), id);
        assert_eq!(id_with(&company, |company| company.registration_number = Some("hrb12345".into())), id);
        assert_ne!(id_with(&company, |company| company.registration_number = Some("HRB 12346".into())), id);
        assert_ne!(id_with(&company, |company| company.country = "AT".into()), id);
        assert_ne!(id_with(&company, |company| company.registration_number = None), id);
    }

    #[test]
    fn a_person_is_name_country_and_date_of_birth() {
        let person = example::person();
        let id = Id::of(&person);
        assert_eq!(id_with(&person, |person| person.name = "ZOË OHARA".into()), id);
        assert_eq!(id_with(&person, |person| person.registration_number = Some(" - ".into())), id);
        assert_eq!(id_with(&person, |person| person.email = None), id);
        assert_ne!(id_with(&person, |person| person.name = "Zoe OHara".into()), id);
        assert_ne!(id_with(&person, |person| person.date_of_birth = Some("1980-03-01".into())), id);
        assert_ne!(id_with(&person, |person| person.country = "GB".into()), id);
    }

    #[test]
    fn ids_stay_what_they_were_in_earlier_releases() {
        assert_eq!(Id::of(&example::company()).to_string(), "C-784da4429a88f090");
        assert_eq!(Id::of(&example::person()).to_string(), "C-1d51dc899ab0b204");
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id = Id::of(&example::company());
        assert_eq!(Id::parse(&id.to_string()), Some(id));
        for text in ["", "C-", "C-1", "c-00000000000000ff", "C-00000000000000FF", "C-+0000000000000ff"] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }
}
