//! From an expression's value to JSON, paid as it is made. It does not know where the value goes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cel::common::ast::LiteralValue;
use serde_json::{Map as Object, Number, Value as Json};

use super::evaluate::{Result, fail, literal_value};
use super::key::Key;
use super::limits::LIMITS;
use super::meter::Meter;
use super::value::{List, Map, Shared, Value};
use super::{convert, duration, time};

/// The JSON of what an expression gives. What came as JSON goes as it is: that takes no more memory than is there already.
///
/// # Errors
///
/// If JSON has no such value.
pub(crate) fn result(value: &Value<'_>, meter: &mut Meter) -> Result<Json> {
    match value {
        Value::String(Shared::Borrowed(text)) => {
            meter.pay_bytes(text.len())?;
            Ok((*text).into())
        }
        Value::List(List::Json(items)) => {
            items.iter().try_for_each(|item| pay(item, meter))?;
            Ok(items.to_vec().into())
        }
        Value::Map(Map::Json(entries)) => {
            entries.values().try_for_each(|entry| pay(entry, meter))?;
            Ok(Json::Object((*entries).clone()))
        }
        other => to_json(other, meter),
    }
}

/// Pays for visiting a whole value.
fn pay(value: &Json, meter: &mut Meter) -> Result<()> {
    match value {
        Json::String(text) => meter.pay_bytes(text.len()),
        Json::Array(items) => {
            meter.pay(1)?;
            items.iter().try_for_each(|item| pay(item, meter))
        }
        Json::Object(entries) => {
            meter.pay(1)?;
            entries.iter().try_for_each(|(key, entry)| {
                meter.pay_bytes(key.len())?;
                pay(entry, meter)
            })
        }
        _ => meter.pay(1),
    }
}

/// The JSON of a value. Timestamps, durations and bytes become texts as protobuf's JSON has them.
///
/// # Errors
///
/// If JSON has no such value: a number that is not finite, a key that is no string, a type, an optional.
fn to_json(value: &Value<'_>, meter: &mut Meter) -> Result<Json> {
    match value {
        Value::Null => Ok(Json::Null),
        Value::Bool(bool) => Ok((*bool).into()),
        Value::Int(number) => Ok((*number).into()),
        Value::Uint(number) => Ok((*number).into()),
        Value::Double(number) => finite(*number),
        Value::String(text) => made(text.to_string(), meter),
        Value::Bytes(bytes) => made(STANDARD.encode(&**bytes), meter),
        Value::Timestamp(time) => made(time::stamp(*time), meter),
        Value::Duration(duration) => made(duration::written(*duration), meter),
        Value::List(list) => {
            meter.make_places(list.len())?;
            list.iter().map(|item| to_json(&item, meter)).collect()
        }
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| Ok((key_text(&key, meter)?, to_json(&value, meter)?)));
            entries.collect::<Result<Object<_, _>>>().map(Json::Object)
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
