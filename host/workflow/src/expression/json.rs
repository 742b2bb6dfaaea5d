//! From an expression's value to JSON, paid as it is made. It does not know where the value goes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cel::common::ast::LiteralValue;
use serde_json::{Map, Number, Value as Json};

use super::evaluate::{Result, fail, literal_value};
use super::limits::LIMITS;
use super::meter::Meter;
use super::value::{Key, Value};
use super::{convert, time};

/// The JSON of a value. Timestamps, durations and bytes become texts as protobuf's JSON has them.
///
/// # Errors
///
/// If JSON has no such value: a number that is not finite, a key that is no string, a type, an optional.
pub(crate) fn to_json(value: &Value<'_>, meter: &mut Meter) -> Result<Json> {
    match value {
        Value::Null => Ok(Json::Null),
        Value::Bool(bool) => Ok((*bool).into()),
        Value::Int(number) => Ok((*number).into()),
        Value::Uint(number) => Ok((*number).into()),
        Value::Double(number) => finite(*number),
        Value::String(text) => made(text.to_string(), meter),
        Value::Bytes(bytes) => made(STANDARD.encode(&**bytes), meter),
        Value::Timestamp(time) => made(time::stamp(*time), meter),
        Value::Duration(duration) => made(time::written(*duration), meter),
        Value::List(list) => {
            meter.make_places(list.len())?;
            list.iter().map(|item| to_json(&item, meter)).collect()
        }
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| Ok((key_text(&key, meter)?, to_json(&value, meter)?)));
            entries.collect::<Result<Map<_, _>>>().map(Json::Object)
        }
        Value::Type(name) => fail(format!("the type `{name}` is no JSON value: write `string(…)`, or compare it")),
        Value::Optional(_) => fail("an optional is no JSON value: write `.orValue(…)`"),
    }
}

/// The JSON of a literal, if it has one.
pub(crate) fn literal_json(literal: &LiteralValue) -> Option<Json> {
    to_json(&literal_value(literal), &mut Meter::new(&LIMITS)).ok()
}

fn made(text: String, meter: &mut Meter) -> Result<Json> {
    meter.make(text.len())?;
    Ok(text.into())
}

fn key_text(key: &Key<'_>, meter: &mut Meter) -> Result<String> {
    let Key::String(text) = key else {
        return fail(format!("a key of a JSON object must be a string, not {}", Value::from(key.clone()).kind()));
    };
    meter.make(text.len())?;
    Ok(text.to_string())
}

fn finite(number: f64) -> Result<Json> {
    let finite = Number::from_f64(number).map(Json::Number);
    finite.map_or_else(|| fail(format!("the result {} is not a finite number", convert::digits(number))), Ok)
}
