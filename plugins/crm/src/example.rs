//! Clients for the tests.

use crate::bindings::exports::baton::crm::contacts::{Client, Kind};

pub(crate) fn person() -> Client {
    Client {
        name: "Zoë O'Hara".into(),
        kind: Kind::Person,
        country: "IE".into(),
        registration_number: None,
        date_of_birth: Some("1980-02-29".into()),
        email: Some("zoe@example.com".into()),
        address: None,
        services: None,
        contact_person: None,
    }
}

pub(crate) fn company() -> Client {
    Client {
        name: "Hansewind Energie GmbH".into(),
        kind: Kind::Company,
        country: "DE".into(),
        registration_number: Some("HRB 12345".into()),
        date_of_birth: None,
        email: None,
        address: Some("Am Sandtorkai 5, 20457 Hamburg".into()),
        services: Some(vec!["tax".into()]),
        contact_person: Some("Jan Petersen".into()),
    }
}
