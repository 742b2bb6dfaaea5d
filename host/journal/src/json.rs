//! JSON as we take it in, from guests, files and people: one value, no duplicate keys, not too deep, not too many values.
//! Integers of 64 bits are exact; other numbers are doubles, as JSON Schema has them. It does not know what the value
//! means.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How deep a value may nest: what people and programs write has less than ten levels, and a recursive reader takes some
/// hundred bytes of the stack for each.
pub const MAX_DEPTH: usize = 64;

/// The most values in what a guest or a person hands over, those inside lists and objects counted: each takes the host
/// some 80 bytes whatever it is, so that four megabytes of `[0,0,…]` would be 160 MB. This many are 10 MB, and a list of
/// eighty embeddings of 1,536 numbers still fits.
pub const PAYLOAD_VALUES: usize = 128 << 10;

/// The most values in a file that the operator or the process owner gives: a table of a hundred thousand rows fits.
pub const FILE_VALUES: usize = 4 << 20;

/// Parses a JSON text that a guest or a person handed over: at most [`PAYLOAD_VALUES`] values.
///
/// # Errors
/// Says what is wrong and where.
pub fn parse(text: &str) -> Result<Value, String> {
    parse_up_to(PAYLOAD_VALUES, text)
}

/// Parses a JSON text of a file of the operator's or the process owner's: at most [`FILE_VALUES`] values.
///
/// # Errors
/// Says what is wrong and where.
pub fn parse_file(text: &str) -> Result<Value, String> {
    parse_up_to(FILE_VALUES, text)
}

fn parse_up_to(most: usize, text: &str) -> Result<Value, String> {
    let left = Cell::new(most);
    let strict = Strict { levels: MAX_DEPTH, left: &left, most };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = strict.deserialize(&mut deserializer).map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    Ok(value)
}

/// Takes a value that may nest that many levels more.
#[derive(Clone, Copy)]
struct Strict<'a> {
    levels: usize,
    left: &'a Cell<usize>,
    most: usize,
}

impl Strict<'_> {
    fn below<E: Error>(self) -> Result<Self, E> {
        let levels = self.levels.checked_sub(1);
        let levels = levels.ok_or_else(|| E::custom(format!("nested deeper than {MAX_DEPTH} levels")))?;
        Ok(Strict { levels, ..self })
    }

    fn count<E: Error>(self) -> Result<(), E> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| E::custom(format!("it has more than {} values", self.most)))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(below)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format!("the key `{key}` is there twice")));
            }
            map.insert(key, entries.next_value_seed(below)?);
        }
        Ok(map.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_taken() {
        assert_eq!(
            parse(" {\"b\": [1, -2, 1.5, 18446744073709551615], \"a\": null} "),
            Ok(json!({
                "b": [1, -2, 1.5, 18446744073709551615u64], "a": null
            }))
        );
    }

    #[test]
    fn what_is_refused() {
        let check = |text: &str, expect: &str| {
            let error = parse(text).expect_err(text);
            assert!(error.contains(expect), "{error}");
        };
        check("", "EOF");
        check("{\"a\": 1, \"a\": 2}", "the key `a` is there twice");
        check("1 2", "trailing");
        check("NaN", "expected");
        check("1e400", "out of range");
        check(r#""\ud800""#, "hex escape");
        check(&"[".repeat(100_000), "nested deeper than 64 levels");
        check(&format!("[{}0]", "0,".repeat(PAYLOAD_VALUES)), "it has more than 131072 values");
        assert!(parse_file(&format!("[{}0]", "0,".repeat(PAYLOAD_VALUES))).is_ok());
    }
}
