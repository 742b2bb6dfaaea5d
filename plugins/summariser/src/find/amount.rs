//! Finds amounts of money: `EUR 1,250.00`, `€1.250,00`, `1 250 000 NOK`, `CHF 5'000`, `£12.5 million`, `12,000 euros`.

mod currency;
mod number;

use super::{Found, Value};
use crate::output::Amount;
use crate::scan::Scan;

impl Value for Amount {
    type Key = (String, String);

    fn key(&self) -> Self::Key {
        (self.value.clone(), self.currency.clone())
    }
}

/// The amounts of a block.
#[must_use]
pub fn find(scan: &Scan<'_>) -> Found<Amount> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < scan.len() {
        match currency_first(scan, at).or_else(|| number_first(scan, at)) {
            Some((amount, end)) => {
                found.push((amount, scan.part(at..end)));
                at = end;
            }
            None => at = next(scan, at),
        }
    }
    found
}

/// The token after this one, or after the number that it begins: a part of a number is no amount.
fn next(scan: &Scan<'_>, at: usize) -> usize {
    number::number(scan, at).map_or(at + 1, |(_, end)| end)
}

fn currency_first(scan: &Scan<'_>, at: usize) -> Option<(Amount, usize)> {
    let (currency, next) = currency::before(scan, at)?;
    let (value, end) = number::scaled(scan, next)?;
    Some((Amount { value, currency: currency.to_owned() }, end))
}

fn number_first(scan: &Scan<'_>, at: usize) -> Option<(Amount, usize)> {
    let (value, next) = number::scaled(scan, at)?;
    let (currency, end) = currency::after(scan, next)?;
    Some((Amount { value, currency: currency.to_owned() }, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, &str)]) {
        let found = find(&Scan::new(text, 0..text.len()));
        let values: Vec<_> = found.iter().map(|(a, _)| (a.value.as_str(), a.currency.as_str())).collect();
        assert_eq!(values, expect, "{text}");
    }

    #[test]
    fn every_notation_is_read() {
        check("EUR 1,250,000.00", &[("1250000.00", "EUR")]);
        check("€1.250.000,50 fällig", &[("1250000.50", "EUR")]);
        check("NOK 1 250 000", &[("1250000", "NOK")]);
        check("1 250 000 NOK", &[("1250000", "NOK")]);
        check("1\u{a0}250\u{202f}000,75 kr. of SEK 3", &[("3", "SEK")]);
        check("CHF 1'250'000.–", &[("1250000", "CHF")]);
        check("£12.5 million", &[("12500000", "GBP")]);
        check("USD 3m and US$5bn", &[("3000000", "USD"), ("5000000000", "USD")]);
        check("12,000 euros, 40 pounds sterling", &[("12000", "EUR"), ("40", "GBP")]);
        check("2,5 Mio. €", &[("2500000", "EUR")]);
        check("7.500 Swiss francs", &[("7500", "CHF")]);
        check("0.125 EUR", &[("0.125", "EUR")]);
        check("(EUR 12)", &[("12", "EUR")]);
        check("a turnover of EUR 1.25 billion.", &[("1250000000", "EUR")]);
    }

    #[test]
    fn numbers_without_a_currency_are_none() {
        check("Company 09876543 has 1,000 shares and 3 directors.", &[]);
        check("In 2024 all did try 5 times.", &[]);
    }

    #[test]
    fn a_sentence_end_is_no_decimal_point() {
        check("They paid EUR 500. 20 left.", &[("500", "EUR")]);
        check("GBP 500, EUR 200.", &[("500", "GBP"), ("200", "EUR")]);
    }
}
