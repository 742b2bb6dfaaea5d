//! What the tool does with accounts, over any store.

use baton_sdk::Failure;
use baton_sdk::state::{self, Store, Update};
use serde::{Deserialize, Serialize};

use crate::bindings::exports::baton::billing::accounts::Opened;
use crate::{currency, fingerprint};

/// A client's account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) client: String,
    pub(crate) name: String,
    pub(crate) currency: String,
    pub(crate) open: bool,
}

/// Opens a client's account, or gives the one there is.
pub(crate) fn open(store: &impl Store, client: &str, name: &str, currency: &str) -> Result<Opened, Failure> {
    for (field, text) in [("client", client), ("name", name)] {
        if text.trim().is_empty() {
            return Err(Failure::invalid(format_args!("{field}: it is empty")));
        }
    }
    currency::decimals(currency)?;
    let id = id_of(client);
    let wanted = Account { client: client.into(), name: name.into(), currency: currency.into(), open: true };
    state::update(store, &key(&id), |old: Option<Account>| match old {
        Some(old) if old == wanted => Ok(Update::Keep(Opened { id: id.clone(), created: false })),
        Some(old) if old.currency != currency => {
            let theirs = old.currency;
            Err(Failure::invalid(format_args!("currency: the account of {client} is in {theirs}, not in {currency}")))
        }
        old => Ok(Update::Put(wanted.clone(), Opened { id: id.clone(), created: old.is_none() })),
    })
}

/// Closes an account; tells whether it was open.
pub(crate) fn close(store: &impl Store, id: &str) -> Result<bool, Failure> {
    if !is_id(id) {
        return Ok(false);
    }
    state::update(store, &key(id), |old: Option<Account>| {
        Ok(match old {
            Some(old) if old.open => Update::Put(Account { open: false, ..old }, true),
            _ => Update::Keep(false),
        })
    })
}

/// The account with that id, or nothing.
pub(crate) fn get(store: &impl Store, id: &str) -> Result<Option<Account>, Failure> {
    Ok(if is_id(id) { state::get(store, &key(id))? } else { None })
}

/// The client's name in the firm may be any text, and a key may not.
fn id_of(client: &str) -> String {
    format!("A-{}", fingerprint(client, 16))
}

fn is_id(text: &str) -> bool {
    text.strip_prefix("A-").is_some_and(|hex| hex.len() == 16 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn key(id: &str) -> String {
    format!("account/{id}")
}

#[cfg(test)]
mod tests;
