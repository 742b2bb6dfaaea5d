//! Issues invoices, over any store that can compare and swap one key at a time.
//!
//! A number is taken by storing the invoice under it where nothing was: so no number is taken twice, and none is left
//! out, however many callers there are. Before that, the number is noted under the idempotency key: so a call that died
//! in between finds, when it comes again, the invoice it issued, or takes the number it noted.

use baton_sdk::state::{self, Store};
use baton_sdk::{Failure, Timestamp};
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use crate::accounts::{self, Account};
use crate::bindings::exports::baton::billing::invoices::{Fees, Invoice, Sum};
use crate::number::Number;
use crate::{charge, fingerprint};

/// How many numbers a call tries that others take just before it does.
const TRIES: u32 = 64;

/// An invoice as it is kept: with the call it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Issued {
    call: String,
    invoice: Invoice,
}

/// The date at a point in time, in UTC.
pub(crate) fn date(time: Timestamp) -> Result<Date, Failure> {
    i64::try_from(time.as_millis())
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .map(|time| Offset::UTC.to_datetime(time).date())
        .ok_or_else(|| Failure::permanent(format_args!("the clock shows no date: {time:?}")))
}

/// Issues an invoice, or gives the one that the same call issued before.
pub(crate) fn issue(
    store: &impl Store,
    account_id: &str,
    fees: &Fees,
    idempotency_key: &str,
    date: Date,
) -> Result<Invoice, Failure> {
    let sum = charge::sum(fees)?;
    let account = accounts::get(store, account_id)?
        .ok_or_else(|| Failure::invalid(format_args!("account: there is no {account_id:?}")))?;
    let call = fingerprint(idempotency_key, 32);
    let invoice = |number: Number| invoice(number, account_id, &account, &sum, date);

    for _ in 0..TRIES {
        let note: Option<String> = state::get(store, &note_key(&call))?;
        let noted = note.as_deref().and_then(Number::parse);
        let taken = noted.map(|number| get_issued(store, number)).transpose()?.flatten();
        if let Some(issued) = &taken
            && issued.call == call
        {
            return same(issued.invoice.clone(), account_id, &sum);
        }
        check_open(account_id, &account, &sum)?;
        let number = match noted {
            Some(number) if taken.is_none() && number.year == date.year() => number,
            _ => next_free(store, date.year())?,
        };
        if noted != Some(number) && !note_down(store, &call, note.as_ref(), number)? {
            continue;
        }
        let issued = Issued { call: call.clone(), invoice: invoice(number) };
        if state::compare_and_swap(store, &key(number), None, Some(&issued))? {
            // Only where the next call begins to look: should a slower call set it back, that one looks a little longer.
            state::set(store, &last_key(number.year), &number.count)?;
            return Ok(issued.invoice);
        }
    }
    Err(Failure::transient(format_args!("others took {TRIES} numbers in a row")))
}

/// The invoice with that number, or nothing.
pub(crate) fn get(store: &impl Store, number: &str) -> Result<Option<Invoice>, Failure> {
    match Number::parse(number) {
        Some(number) => Ok(get_issued(store, number)?.map(|issued| issued.invoice)),
        None => Ok(None),
    }
}

fn invoice(number: Number, account_id: &str, account: &Account, sum: &Sum, date: Date) -> Invoice {
    let sum = sum.clone();
    Invoice {
        number: number.to_string(),
        account: account_id.to_owned(),
        name: account.name.clone(),
        date: format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day()),
        currency: sum.currency,
        lines: sum.lines,
        net: sum.net,
        tax_rate: sum.tax_rate,
        tax: sum.tax,
        total: sum.total,
    }
}

/// A key that comes again with something else is a mistake of the caller's: it must not get an invoice it did not ask for.
fn same(invoice: Invoice, account_id: &str, sum: &Sum) -> Result<Invoice, Failure> {
    let fees = (&invoice.currency, &invoice.lines, &invoice.tax_rate);
    if invoice.account != account_id || fees != (&sum.currency, &sum.lines, &sum.tax_rate) {
        let number = invoice.number;
        return Err(Failure::invalid(format_args!(
            "fees: this idempotency key was used for others, in invoice {number}"
        )));
    }
    Ok(invoice)
}

fn check_open(id: &str, account: &Account, sum: &Sum) -> Result<(), Failure> {
    if !account.open {
        return Err(Failure::declined(format_args!("account {id} is closed")));
    }
    if account.currency != sum.currency {
        let (theirs, ours) = (&account.currency, &sum.currency);
        return Err(Failure::invalid(format_args!("currency: account {id} is in {theirs}, not in {ours}")));
    }
    Ok(())
}

/// The first number of the year that is not taken. The last number taken is only known about: others may have taken more.
fn next_free(store: &impl Store, year: i16) -> Result<Number, Failure> {
    let last = state::get(store, &last_key(year))?.unwrap_or(0);
    let mut number = Number { year, count: last }.next();
    while get_issued(store, number)?.is_some() {
        number = number.next();
    }
    Ok(number)
}

fn note_down(store: &impl Store, call: &str, old: Option<&String>, number: Number) -> Result<bool, Failure> {
    Ok(state::compare_and_swap(store, &note_key(call), old, Some(&number.to_string()))?)
}

fn get_issued(store: &impl Store, number: Number) -> Result<Option<Issued>, Failure> {
    Ok(state::get(store, &key(number))?)
}

fn key(number: Number) -> String {
    format!("invoice/{number}")
}

fn last_key(year: i16) -> String {
    format!("last/{year:04}")
}

fn note_key(call: &str) -> String {
    format!("call/{call}")
}

#[cfg(test)]
mod tests;
