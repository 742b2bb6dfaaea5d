//! Durations, sizes and counts as people write them: `30m`, `64MiB`, `200G`. It does not know what they limit.

use std::fmt;
use std::time::Duration;

use baton_journal::Timestamp;
use baton_policy::{MicroUsd, Spendable};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A duration in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

/// A number of things: host calls, units of fuel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Count(pub u64);

/// An amount of what a budget bounds, as a workflow writes it.
#[must_use]
pub fn written(what: Spendable, amount: u64) -> String {
    match what {
        Spendable::Usd => MicroUsd(amount).to_string(),
        Spendable::Bytes => Bytes(amount).to_string(),
        Spendable::Fuel | Spendable::Calls | Spendable::Tokens => Count(amount).to_string(),
    }
}

const DURATIONS: &[(&str, u64)] = &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
const COUNTS: &[(&str, u64)] =
    &[("", 1), ("k", 1_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000)];
const SIZES: &[(&str, u64)] = &[
    ("", 1),
    ("B", 1),
    ("k", 1_000),
    ("K", 1_000),
    ("kB", 1_000),
    ("KB", 1_000),
    ("M", 1_000_000),
    ("MB", 1_000_000),
    ("G", 1_000_000_000),
    ("GB", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// The units in which counts are shown, each larger than the one before.
const SHOWN_COUNTS: &[(&str, u64)] =
    &[("", 1), ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000)];

/// The units in which sizes are shown, each larger than the one before.
const SHOWN_SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("kB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
    ("TB", 1_000_000_000_000),
];

/// A moment as an expression gives it: `2027-01-31T09:00:00Z`, or milliseconds since 1970.
pub(crate) fn moment(value: &Value) -> Option<Timestamp> {
    let millis = match value {
        Value::Number(number) => number.as_u64()?,
        Value::String(text) => u64::try_from(text.parse::<jiff::Timestamp>().ok()?.as_millisecond()).ok()?,
        _ => return None,
    };
    Some(Timestamp(millis))
}

/// A quantity that people write as a number and a unit.
pub trait Quantity: Sized + Copy + Ord + fmt::Display {
    /// What to write, for error texts.
    const EXPECTED: &'static str;

    /// Some that could be written.
    const EXAMPLES: &'static [&'static str];

    /// The JSON type of a number that is taken without quotes; none if a unit is needed.
    const BARE: Option<&'static str>;

    /// A regular expression of all texts that are taken.
    fn pattern() -> String;

    /// Parses the written form.
    fn parse(text: &str) -> Option<Self>;

    /// The quantity as it is written.
    fn written(self) -> String {
        self.to_string()
    }
}

impl Quantity for Millis {
    const EXPECTED: &'static str = "a duration such as `500ms`, `30s`, `5m`, `2h` or `7d`";
    const EXAMPLES: &'static [&'static str] = &["500ms", "30s", "5m", "1h30m", "7d"];
    const BARE: Option<&'static str> = None;

    fn pattern() -> String {
        format!(r"^\s*({}\s*)+$", one_of(DURATIONS))
    }

    fn parse(text: &str) -> Option<Self> {
        parts(text)?.try_fold(0u64, |sum, part| sum.checked_add(scaled(part, DURATIONS)?)).map(Millis)
    }
}

impl Quantity for Bytes {
    const EXPECTED: &'static str = "a number of bytes such as `4096`, `1M` or `64MiB`";
    const EXAMPLES: &'static [&'static str] = &["64MiB", "1GB", "4096"];
    const BARE: Option<&'static str> = Some("integer");

    fn pattern() -> String {
        format!(r"^\s*{}\s*$", one_of(SIZES))
    }

    fn parse(text: &str) -> Option<Self> {
        scaled(text, SIZES).map(Bytes)
    }
}

impl Quantity for Count {
    const EXPECTED: &'static str = "a whole number such as `500`, `20k`, `1M` or `200G`";
    const EXAMPLES: &'static [&'static str] = &["500", "20k", "1M", "200G"];
    const BARE: Option<&'static str> = Some("integer");

    fn pattern() -> String {
        format!(r"^\s*{}\s*$", one_of(COUNTS))
    }

    fn parse(text: &str) -> Option<Self> {
        scaled(text, COUNTS).map(Count)
    }
}

/// Dollars, without the word.
impl Quantity for MicroUsd {
    const EXPECTED: &'static str = "dollars with at most six decimals, such as `2.00`";
    const EXAMPLES: &'static [&'static str] = &["2.00", "0.05"];
    const BARE: Option<&'static str> = Some("number");

    fn pattern() -> String {
        r"^\s*[0-9][0-9_]*(\.[0-9_]+)?\s*$".to_owned()
    }

    fn written(self) -> String {
        self.to_string().trim_end_matches(" usd").to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        MicroUsd::of_dollars(text.trim())
    }
}

/// A regular expression of a number with one of these units.
fn one_of(units: &[(&str, u64)]) -> String {
    let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
    format!(r"[0-9_]+(\.[0-9_]*)?\s*({})", names.join("|"))
}

/// Splits `1h30m` into its parts; none if there is nothing.
fn parts(text: &str) -> Option<impl Iterator<Item = &str>> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    Some(std::iter::from_fn(move || {
        let unit = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let end = rest[unit..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |end| unit + end);
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    }))
    .filter(|_| text.trim().ends_with(|c: char| c.is_ascii_alphabetic()))
}

/// One number with one unit, `_` allowed between digits and one decimal point if the result is whole.
fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let scale = units.iter().find(|(name, _)| *name == unit).map(|(_, scale)| *scale)?;
    let digits = number.trim().replace('_', "");
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    whole.parse::<u64>().ok()?.checked_mul(scale)?.checked_add(fraction_of(fraction, scale)?)
}

/// `.5` of a scale; none if that is no whole number.
fn fraction_of(digits: &str, scale: u64) -> Option<u64> {
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return Some(0);
    }
    let divisor = 10u64.checked_pow(u32::try_from(digits.len()).ok()?)?;
    let product = digits.parse::<u64>().ok()?.checked_mul(scale)?;
    (product % divisor == 0).then_some(product / divisor)
}

impl From<Millis> for Duration {
    fn from(millis: Millis) -> Duration {
        Duration::from_millis(millis.0)
    }
}

/// Writes a number with the largest unit that divides it.
fn write_scaled(f: &mut fmt::Formatter<'_>, number: u64, units: &[(&str, u64)]) -> fmt::Result {
    let fitting = units.iter().rev().find(|(_, scale)| number >= *scale && number.is_multiple_of(*scale));
    let (unit, scale) = fitting.copied().unwrap_or(units[0]);
    write!(f, "{}{unit}", number / scale)
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, self.0, DURATIONS)
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, self.0, SHOWN_SIZES)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, self.0, SHOWN_COUNTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        let check = |text, expect: Option<u64>| assert_eq!(Millis::parse(text).map(|m| m.0), expect, "{text}");
        check("500ms", Some(500));
        check("2m", Some(120_000));
        check("1h30m", Some(5_400_000));
        check("1.5s", Some(1_500));
        check("7d", Some(604_800_000));
        for bad in ["", "5", "m", "-1s", "1y", "1.0001ms", "30m2", "99999999999999999999d", "1 h x", "٣s"] {
            check(bad, None);
        }
    }

    #[test]
    fn counts_and_sizes_are_read() {
        assert_eq!(Count::parse("200G"), Some(Count(200_000_000_000)));
        assert_eq!(Count::parse("1.5k"), Some(Count(1_500)));
        assert_eq!(Count::parse("1_000"), Some(Count(1_000)));
        assert_eq!(Bytes::parse("64MiB"), Some(Bytes(64 << 20)));
        assert_eq!(Bytes::parse("1M"), Some(Bytes(1_000_000)));
        for bad in ["", "G", "1e9", "1Q", "0x10", "20000000T", "1.5"] {
            assert_eq!(Count::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn quantities_print_as_they_are_written() {
        assert_eq!(Millis(5_400_000).to_string(), "90m");
        assert_eq!(Bytes(64 << 20).to_string(), "64MiB");
        assert_eq!(Count(200_000_000_000).to_string(), "200G");
        assert_eq!(Count(0).to_string(), "0");
    }
}
