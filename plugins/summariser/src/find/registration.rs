//! Finds the numbers under which somebody or something is registered: by the label before them, and IBANs and LEIs by
//! their check digits.

mod checked;
mod label;

use std::ops::Range;

use super::{Found, Value};
use crate::output::{Registration, Scheme};
use crate::scan::Scan;
use crate::token::{Gap, Kind};

impl Value for Registration {
    type Key = String;

    fn key(&self) -> Self::Key {
        self.value.clone()
    }
}

/// A number has at least so many characters and at most so many.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=24;
/// It has at least so many digits.
const DIGITS: usize = 3;

/// The registration numbers of a block.
#[must_use]
pub fn find(scan: &Scan<'_>) -> Found<Registration> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < scan.len() {
        match checked::checked(scan, at).or_else(|| labelled(scan, at)) {
            Some((scheme, tokens)) => {
                at = tokens.end;
                let part = scan.part(tokens);
                found.push((Registration { value: normal(&scan.text()[part.clone()]), scheme }, part));
            }
            None => at += 1,
        }
    }
    found
}

/// A number in capitals, without spaces, points and hyphens: two ways to write it become one.
#[must_use]
pub fn normal(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The number that the label at a token announces.
fn labelled(scan: &Scan<'_>, at: usize) -> Option<(Scheme, Range<usize>)> {
    let (scheme, from) = label::label(scan, at)?;
    let mut end = from;
    while end < scan.len() && (end == from || joins(scan, from, end)) && is_part(scan, end) {
        end += 1;
    }
    while end > from && scan.kind(end - 1) == Some(Kind::Symbol) {
        end -= 1;
    }
    let value = normal(&scan.text()[scan.part(from..end)]);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    (LENGTH.contains(&value.len()) && digits >= DIGITS).then_some((scheme, from..end))
}

/// Digits, a few capitals, or a mark between them.
fn is_part(scan: &Scan<'_>, at: usize) -> bool {
    match scan.kind(at) {
        Some(Kind::Number) => true,
        Some(Kind::Word) => {
            let raw = scan.raw(at);
            raw.chars().all(|c| c.is_ascii_uppercase()) && (raw.len() <= 4 || scan.gap(at) == Gap::None)
        }
        Some(Kind::Symbol) => {
            matches!(scan.raw(at), "-" | "." | "/") && scan.gap(at) == Gap::None && scan.gap(at + 1) == Gap::None
        }
        None => false,
    }
}

/// Whether a token goes on with the number: without a space, or as one more short group of digits or capitals.
fn joins(scan: &Scan<'_>, from: usize, at: usize) -> bool {
    let before = at - 1;
    let group = scan.raw(at).len() <= 4;
    match scan.gap(at) {
        Gap::None => true,
        Gap::Break => false,
        Gap::Space if scan.kind(before) == Some(Kind::Word) => before == from && scan.kind(at) == Some(Kind::Number),
        Gap::Space if scan.kind(at) == Some(Kind::Word) => scan.raw(at).len() <= 2 && !scan.glued_on(at + 1),
        Gap::Space => group && scan.raw(before).len() <= 4,
    }
}

#[cfg(test)]
mod tests;
