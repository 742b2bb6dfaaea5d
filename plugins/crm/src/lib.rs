//! Keeps the contacts of the firm: a tool over the state capability.

mod client;
mod contacts;
mod id;

#[cfg(test)]
mod example;

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code; wit/crm.wit is its documentation")]
mod bindings {
    baton_sdk::tool!({
        world: "baton:crm/crm",
        path: ["../../wit/v0.1", "wit"],
        additional_derives: [Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize],
    });
}

use baton_sdk::Failure;
use baton_sdk::state::Scope;

use bindings::exports::baton::crm::contacts::{Client, Contact, Guest, Upserted};

struct Crm;

impl Guest for Crm {
    fn upsert(client: Client, letter: Option<String>) -> Result<Upserted, Failure> {
        contacts::upsert(&Scope::Agent, client, letter)
    }

    fn remove(id: String) -> Result<bool, Failure> {
        contacts::remove(&Scope::Agent, &id)
    }

    fn get(id: String) -> Result<Option<Contact>, Failure> {
        contacts::get(&Scope::Agent, &id)
    }
}

baton_sdk::export!(Crm, bindings);
