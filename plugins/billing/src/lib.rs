//! Keeps the accounts of clients and issues their invoices: a tool over the state capability.

mod accounts;
mod charge;
mod currency;
mod invoices;
mod number;

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated code; wit/billing.wit is its documentation")]
mod bindings {
    baton_sdk::tool!({
        world: "baton:billing/billing",
        path: ["../../wit/v0.1", "wit"],
        additional_derives: [Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize],
    });
}

use baton_sdk::state::Scope;
use baton_sdk::{Failure, clock, context};
use sha2::{Digest, Sha256};

use bindings::exports::baton::billing::accounts::{Guest as Accounts, Opened};
use bindings::exports::baton::billing::invoices::{Fees, Guest as Invoices, Invoice, Sum};

struct Billing;

impl Accounts for Billing {
    fn open(client: String, name: String, currency: String) -> Result<Opened, Failure> {
        accounts::open(&Scope::Agent, &client, &name, &currency)
    }

    fn close(id: String) -> Result<bool, Failure> {
        accounts::close(&Scope::Agent, &id)
    }
}

impl Invoices for Billing {
    fn quote(fees: Fees) -> Result<Sum, Failure> {
        charge::sum(&fees)
    }

    fn issue(account: String, fees: Fees) -> Result<Invoice, Failure> {
        let date = invoices::date(clock::now())?;
        invoices::issue(&Scope::Agent, &account, &fees, &context::current().idempotency_key, date)
    }

    fn get(number: String) -> Result<Option<Invoice>, Failure> {
        invoices::get(&Scope::Agent, &number)
    }
}

baton_sdk::export!(Billing, bindings);

/// Hexadecimal digits that stand for a text of any length in a key.
fn fingerprint(text: &str, digits: usize) -> String {
    let hex: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    hex[..digits].to_owned()
}
