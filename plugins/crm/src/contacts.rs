//! What the tool does with contacts, over any store.

use baton_sdk::Failure;
use baton_sdk::state::{self, Store, Update};

use crate::bindings::exports::baton::crm::contacts::{Client, Contact, Upserted};
use crate::client;
use crate::id::Id;

/// Adds a client to the contacts, or brings the contact up to date.
pub(crate) fn upsert(store: &impl Store, client: Client, letter: Option<String>) -> Result<Upserted, Failure> {
    client::check(&client)?;
    let id = Id::of(&client);
    state::update(store, &key(&id), |old: Option<Contact>| {
        let created = old.is_none();
        let letter = letter.clone().or_else(|| old.as_ref()?.letter.clone());
        let revision = match old {
            Some(old) if old.client == client && old.letter == letter => {
                return Ok(Update::Keep(Upserted { id: old.id, created, revision: old.revision }));
            }
            Some(old) => old.revision + 1,
            None => 1,
        };
        let contact = Contact { id: id.to_string(), client: client.clone(), letter, revision };
        Ok(Update::Put(contact, Upserted { id: id.to_string(), created, revision }))
    })
}

/// Removes a contact; tells whether it was there.
pub(crate) fn remove(store: &impl Store, id: &str) -> Result<bool, Failure> {
    match Id::parse(id) {
        Some(id) => Ok(store.delete(&key(&id))?),
        None => Ok(false),
    }
}

/// The contact with that id, or nothing.
pub(crate) fn get(store: &impl Store, id: &str) -> Result<Option<Contact>, Failure> {
    match Id::parse(id) {
        Some(id) => Ok(state::get(store, &key(&id))?),
        None => Ok(None),
    }
}

fn key(id: &Id) -> String {
    format!("contact/{id}")
}

#[cfg(test)]
mod tests;
