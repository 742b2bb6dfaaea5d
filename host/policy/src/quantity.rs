//! Fuel, bytes and wall time as people write them: `10G`, `64MiB`, `30s`. It does not know what is measured in them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;
use crate::name::shown;

/// A unit: how it is written, and how many of the smallest unit it is.
type Unit = (&'static str, u64);

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $what:literal, $form:literal, $units:expr, $example:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl $name {
            /// The units in which it is written, from the smallest.
            const UNITS: &[Unit] = &$units;

            /// The number of the smallest units.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                published($name::UNITS, $example)
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                let refuse = || Error::Quantity { text: shown(text), what: $what, form: $form };
                read(text, $name::UNITS).map($name).ok_or_else(refuse)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(self.0, $name::UNITS, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = deserializer.deserialize_any(Text($form))?;
                text.parse().map_err(|error: Error| error.to_serde())
            }
        }
    };
}

quantity!(
    /// An amount of computing, in the engine's units of fuel: 10 to 17 of them are burnt in a nanosecond of guest code,
    /// so `10G` is about a second. Written with `k`, `M`, `G` or `T` (powers of 1000), or as a bare number.
    Fuel,
    "an amount of fuel",
    "write a whole number, with k, M, G or T for thousands: `10G`",
    [("", 1), ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000)],
    "10G"
);

quantity!(
    /// A number of bytes, written with `B`, `KiB`, `MiB` or `GiB` (powers of 1024).
    Bytes,
    "a number of bytes",
    "write a whole number with B, KiB, MiB or GiB: `64MiB`",
    [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)],
    "64MiB"
);

quantity!(
    /// A time by the clock on the wall, in milliseconds, time in the host included.
    /// Written with `ms`, `s`, `m`, `h` or `d`.
    Wall,
    "a duration",
    "write a whole number with ms, s, m, h or d: `30s`",
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)],
    "30s"
);

impl Wall {
    /// The time as the standard library knows it.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

/// The JSON Schema of an amount in these units: a text, or a whole number if one of them has no name.
fn published(units: &[Unit], example: &str) -> Schema {
    let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
    let pattern = format!(r"^\s*[0-9][0-9_]*\s*({})\s*$", names.join("|"));
    if names.contains(&"") {
        json_schema!({ "type": ["string", "integer"], "pattern": pattern, "minimum": 0, "examples": [example] })
    } else {
        json_schema!({ "type": "string", "pattern": pattern, "examples": [example] })
    }
}

/// Reads digits (with `_` between them at will) and a unit; nothing if it is not that, or too much for 64 bits.
fn read(text: &str, units: &[Unit]) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.ends_with('_') {
        return None;
    }
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    digits.replace('_', "").parse::<u64>().ok()?.checked_mul(*factor)
}

/// Writes a value in the largest unit of which it is a whole number.
fn write(value: u64, units: &[Unit], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let whole = |unit: &&Unit| value != 0 && value.is_multiple_of(unit.1);
    match units.iter().rev().find(whole).or(units.first()) {
        Some((name, factor)) => write!(f, "{}{name}", value / factor),
        None => write!(f, "{value}"),
    }
}

/// Takes a text, or a whole number as if it were a text without a unit.
struct Text(&'static str);

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.strip_prefix("write ").unwrap_or(self.0))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<String, E> {
        u64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self)).map(|n| n.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check<T: FromStr<Err = Error> + fmt::Display>(text: &str, expect: &str) {
        match text.parse::<T>() {
            Ok(value) => assert_eq!(value.to_string(), expect, "{text}"),
            Err(error) => assert_eq!(format!("{error}: {}", error.hint()), expect, "{text}"),
        }
    }

    #[test]
    fn quantities_are_read_and_written_in_their_largest_unit() {
        check::<Fuel>("10G", "10G");
        check::<Fuel>("1_500_000", "1500k");
        check::<Fuel>("0", "0");
        check::<Fuel>(" 400 k ", "400k");
        check::<Bytes>("64MiB", "64MiB");
        check::<Bytes>("65536KiB", "64MiB");
        check::<Bytes>("1000 B", "1000B");
        check::<Bytes>("0B", "0B");
        check::<Wall>("90s", "90s");
        check::<Wall>("120s", "2m");
        check::<Wall>("48h", "2d");
        check::<Wall>("1500ms", "1500ms");
    }

    #[test]
    fn other_texts_say_what_would_be_right() {
        check::<Fuel>(
            "lots",
            "`lots` is not an amount of fuel: write a whole number, with k, M, G or T for thousands: `10G`",
        );
        check::<Fuel>(
            "99999999T",
            "`99999999T` is not an amount of fuel: write a whole number, with k, M, G or T for thousands: `10G`",
        );
        check::<Bytes>(
            "64MB",
            "`64MB` is not a number of bytes: write a whole number with B, KiB, MiB or GiB: `64MiB`",
        );
        check::<Bytes>("64", "`64` is not a number of bytes: write a whole number with B, KiB, MiB or GiB: `64MiB`");
        check::<Wall>("1.5h", "`1.5h` is not a duration: write a whole number with ms, s, m, h or d: `30s`");
        check::<Wall>("-1s", "`-1s` is not a duration: write a whole number with ms, s, m, h or d: `30s`");
        check::<Wall>("", "`` is not a duration: write a whole number with ms, s, m, h or d: `30s`");
        check::<Wall>("5_s", "`5_s` is not a duration: write a whole number with ms, s, m, h or d: `30s`");
    }

    #[test]
    fn fuel_may_be_written_as_a_number_and_bytes_may_not() {
        #[derive(Debug, Deserialize)]
        struct Written<T> {
            x: T,
        }
        assert_eq!(toml::from_str::<Written<Fuel>>("x = 5").unwrap().x, Fuel(5));
        assert!(toml::from_str::<Written<Fuel>>("x = -5").is_err());
        assert!(toml::from_str::<Written<Fuel>>("x = 1.5").is_err());
        assert!(toml::from_str::<Written<Bytes>>("x = 5").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(n: u64) {
            prop_assert_eq!(Fuel(n).to_string().parse::<Fuel>(), Ok(Fuel(n)));
            prop_assert_eq!(Bytes(n).to_string().parse::<Bytes>(), Ok(Bytes(n)));
            prop_assert_eq!(Wall(n).to_string().parse::<Wall>(), Ok(Wall(n)));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC*|[0-9_]{0,25}[a-zA-Z]{0,3}") {
            let _ = (text.parse::<Fuel>(), text.parse::<Bytes>(), text.parse::<Wall>());
        }
    }
}
