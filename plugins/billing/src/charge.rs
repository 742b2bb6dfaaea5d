//! What fees come to. The rules of rounding are in `wit/billing.wit`.

use baton_sdk::Failure;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::bindings::exports::baton::billing::invoices::{Charge, Fees, Line, Sum};
use crate::currency;

/// No number may have more: with this and the two limits below, every product has at most 28 digits, and those a
/// `Decimal` holds exactly.
const MAX_DECIMALS: usize = 4;

/// Quantities and unit prices are below 10^9, so that a line is below 10^18, with 8 decimals before it is rounded.
const MAX_DIGITS: usize = 9;

/// The net sum is below 10^15: times a tax rate with 4 decimals, divided by 100, that is 15 and 3 + 6 digits.
const MAX_NET: i64 = 1_000_000_000_000_000;

/// More lines than a reader would check.
const MAX_LINES: usize = 1_000;

/// Calculates each line, net, tax and total.
pub(crate) fn sum(fees: &Fees) -> Result<Sum, Failure> {
    let decimals = currency::decimals(&fees.currency)?;
    if fees.lines.is_empty() || fees.lines.len() > MAX_LINES {
        let count = fees.lines.len();
        return Err(Failure::invalid(format_args!(
            "lines: there are {count}, and 1 to {MAX_LINES} can be charged for"
        )));
    }
    let mut lines = Vec::with_capacity(fees.lines.len());
    let mut net = Decimal::ZERO;
    for (at, line) in fees.lines.iter().enumerate() {
        let amount = amount(at, line, decimals)?;
        net += amount;
        lines.push(Charge {
            description: line.description.clone(),
            quantity: line.quantity.clone(),
            unit_price: line.unit_price.clone(),
            amount: written(amount, decimals),
        });
    }
    if net < Decimal::ZERO || net >= Decimal::from(MAX_NET) {
        return Err(Failure::invalid(format_args!("lines: they come to {net}, which no invoice can ask for")));
    }
    let rate = number("tax-rate", &fees.tax_rate)?;
    if rate < Decimal::ZERO || rate > Decimal::ONE_HUNDRED {
        return Err(Failure::invalid(format_args!("tax-rate: {:?} is not from 0 to 100", fees.tax_rate)));
    }
    let tax = rounded(net * rate * Decimal::new(1, 2), decimals);
    Ok(Sum {
        currency: fees.currency.clone(),
        lines,
        net: written(net, decimals),
        tax_rate: fees.tax_rate.clone(),
        tax: written(tax, decimals),
        total: written(net + tax, decimals),
    })
}

fn amount(at: usize, line: &Line, decimals: u32) -> Result<Decimal, Failure> {
    if line.description.trim().is_empty() {
        return Err(Failure::invalid(format_args!("lines[{at}].description: it is empty")));
    }
    let quantity = number(&format!("lines[{at}].quantity"), &line.quantity)?;
    if quantity <= Decimal::ZERO {
        return Err(Failure::invalid(format_args!("lines[{at}].quantity: {:?} is not above zero", line.quantity)));
    }
    let price = number(&format!("lines[{at}].unit-price"), &line.unit_price)?;
    Ok(rounded(quantity * price, decimals))
}

/// Reads an exact decimal number: digits, and perhaps a sign and decimals. No exponent, no separators, no spaces.
fn number(name: &str, text: &str) -> Result<Decimal, Failure> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(decimals) {
        return Err(Failure::invalid(format_args!("{name}: {text:?} is no decimal number such as \"1250.00\"")));
    }
    if whole.trim_start_matches('0').len() > MAX_DIGITS || decimals.len() > MAX_DECIMALS {
        return Err(Failure::invalid(format_args!(
            "{name}: {text:?} has more than {MAX_DIGITS} digits or {MAX_DECIMALS} decimals"
        )));
    }
    text.parse().map_err(|error| Failure::invalid(format_args!("{name}: {text:?}: {error}")))
}

/// Half to even: over many amounts the halves rounded up and down balance. Nothing is never below zero.
fn rounded(amount: Decimal, decimals: u32) -> Decimal {
    let rounded = amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointNearestEven);
    if rounded.is_zero() { Decimal::ZERO } else { rounded }
}

/// Writes an amount with all its decimals.
fn written(mut amount: Decimal, decimals: u32) -> String {
    amount.rescale(decimals);
    amount.to_string()
}

#[cfg(test)]
mod tests;
