//! JSON as we take it in: one value, no duplicate keys, not too deep. Integers of 64 bits are exact; other numbers are
//! doubles, as JSON Schema has them. It does not know what the value means.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::source::MAX_DEPTH;

/// Parses a JSON text.
///
/// # Errors
///
/// Says what is wrong and where.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { levels: MAX_DEPTH }.deserialize(&mut deserializer).map_err(|error| error.to_string())?;
    deserializer.end().map_err(|error| error.to_string())?;
    Ok(value)
}

/// Takes a value that may nest that many levels more.
#[derive(Clone, Copy)]
struct Strict {
    levels: usize,
}

impl Strict {
    fn below<E: Error>(self) -> Result<Strict, E> {
        let levels = self.levels.checked_sub(1);
        levels
            .map(|levels| Strict { levels })
            .ok_or_else(|| E::custom(format!("nested deeper than {MAX_DEPTH} levels")))
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
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
    }
}
