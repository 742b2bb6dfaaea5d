//! Money as people write it: `0.002 usd`, exact to a millionth. It does not know what costs it, and no rate between currencies.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;
use crate::name::shown;

/// A millionth of a US dollar, how often: prices of models and services are written with up to six decimals. Never a fraction
/// in binary, so that sums are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MicroUsd(pub u64);

/// The most that can be written: a billion dollars.
pub const MOST: MicroUsd = MicroUsd(1_000_000_000 * DOLLAR);

const DOLLAR: u64 = 1_000_000;
const DECIMALS: usize = 6;
const FORM: &str = "write dollars with at most six decimals: `0.002 usd`";

crate::written_as!(MicroUsd, {
    "type": "string",
    "pattern": "^\\s*[0-9][0-9_]*(\\.[0-9_]+)?\\s*usd\\s*$",
    "examples": ["0.002 usd"],
});

impl MicroUsd {
    /// Reads `2`, `2.00` or `0.000_25`: dollars, without the word.
    #[must_use]
    pub fn of_dollars(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
        let fraction = fraction.map_or(Some(0), micros)?;
        let micro = digits(whole)?.checked_mul(DOLLAR)?.checked_add(fraction)?;
        Some(MicroUsd(micro)).filter(|money| *money <= MOST)
    }
}

/// The digits after the point, as millionths.
fn micros(fraction: &str) -> Option<u64> {
    let digits_only = fraction.replace('_', "");
    let missing = DECIMALS.checked_sub(digits_only.len())?;
    digits(fraction)?.checked_mul(10_u64.checked_pow(u32::try_from(missing).ok()?)?)
}

fn digits(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let framed = text.starts_with('_') || text.ends_with('_') || text.is_empty();
    if is_number && !framed { text.replace('_', "").parse().ok() } else { None }
}

impl FromStr for MicroUsd {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let dollars = text.trim().strip_suffix("usd").map(str::trim_end);
        let refuse = || Error::Quantity { text: shown(text), what: "an amount of money", form: FORM };
        dollars.and_then(MicroUsd::of_dollars).ok_or_else(refuse)
    }
}

/// At least two decimals, and as many as it needs.
impl fmt::Display for MicroUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:06}", self.0 % DOLLAR);
        let cents = fraction.trim_end_matches('0');
        write!(f, "{}.{cents:0<2} usd", self.0 / DOLLAR)
    }
}

impl Serialize for MicroUsd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MicroUsd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Written)
    }
}

/// Reads money from a text, and tells who writes something else how it is written.
struct Written;

impl Visitor<'_> for Written {
    type Value = MicroUsd;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dollars as a text, such as \"0.002 usd\"")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<MicroUsd, E> {
        text.parse().map_err(|error: Error| error.to_serde())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn money_is_read_to_the_millionth() {
        let check = |text: &str, micro: u64, expect: &str| {
            let money: MicroUsd = text.parse().unwrap();
            assert_eq!((money, money.to_string().as_str()), (MicroUsd(micro), expect), "{text}");
        };
        check("0.002 usd", 2_000, "0.002 usd");
        check("2 usd", 2_000_000, "2.00 usd");
        check("2.5usd", 2_500_000, "2.50 usd");
        check("0.000001 usd", 1, "0.000001 usd");
        check("1_000.10 usd", 1_000_100_000, "1000.10 usd");
        check("0 usd", 0, "0.00 usd");
    }

    #[test]
    fn other_texts_say_what_would_be_right() {
        for text in [
            "",
            "usd",
            "2",
            "2 eur",
            ".5 usd",
            "5. usd",
            "-1 usd",
            "1e3 usd",
            "0.0000001 usd",
            "2000000000 usd",
            "٣ usd",
        ] {
            let error = text.parse::<MicroUsd>().unwrap_err();
            assert_eq!(error.hint().to_string(), FORM, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(micro in 0..=MOST.0) {
            prop_assert_eq!(MicroUsd(micro).to_string().parse::<MicroUsd>(), Ok(MicroUsd(micro)));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC*|[0-9_.]{0,25} ?usd") {
            let _ = text.parse::<MicroUsd>();
        }
    }
}
