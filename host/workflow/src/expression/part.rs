//! Parts of values: `a.b`, `a["b"]`, `a[0]`, of optionals too, and what is said where there is none. It does not know the tree.

use super::evaluate::{Result, fail};
use super::key::Key;
use super::value::{List, Map, Value};

/// The part of a value that must be there; of an optional, the part that may be.
pub(super) fn of<'a>(container: &Value<'a>, index: &Value<'a>) -> Result<Value<'a>> {
    if let Value::Optional(_) = container {
        return Ok(Value::Optional(found(container, index)?.map(Into::into)));
    }
    match found(container, index)? {
        Some(value) => Ok(value),
        None => fail(missing(container, index)),
    }
}

/// The part of a value, if it is there.
pub(super) fn found<'a>(container: &Value<'a>, index: &Value<'a>) -> Result<Option<Value<'a>>> {
    match (container, index) {
        (Value::Optional(None), _) => Ok(None),
        (Value::Optional(Some(value)), _) => found(value, index),
        (Value::Map(map), index) => Ok(Key::sought(index).and_then(|key| map.get(&key))),
        (Value::List(list), Value::Int(_) | Value::Uint(_) | Value::Double(_)) => Ok(element(list, index)),
        (container, Value::String(key)) => fail(format!("{} has no key {}", container.kind(), quoted(key))),
        (container, index) => fail(format!("{} has no element at {}", container.kind(), index.kind())),
    }
}

fn element<'a>(list: &List<'a>, index: &Value<'a>) -> Option<Value<'a>> {
    let place = match Key::sought(index)? {
        Key::Int(place) => usize::try_from(place).ok()?,
        Key::Uint(place) => usize::try_from(place).ok()?,
        Key::Bool(_) | Key::String(_) => return None,
    };
    list.get(place)
}

/// The most keys that an error text lists.
const LISTED_KEYS: usize = 8;

/// The longest key that an error text quotes, in bytes.
const QUOTED_BYTES: usize = 120;

fn missing(container: &Value<'_>, index: &Value<'_>) -> String {
    match container {
        Value::List(list) => format!("there is no element {}: the list has {}", named(index), list.len()),
        Value::Map(map) => format!("there is no key {}{}", named(index), others(map)),
        other => format!("{} has no parts", other.kind()),
    }
}

/// The keys that are there.
fn others(map: &Map<'_>) -> String {
    let keys: Vec<String> =
        map.keys().take(LISTED_KEYS).map(|key| named(&key.into()).trim_matches('`').to_owned()).collect();
    match keys.len() {
        0 => ": the map is empty".to_owned(),
        LISTED_KEYS => format!(", among others there are {}", keys.join(", ")),
        _ => format!(", there are {}", keys.join(", ")),
    }
}

/// A key or a place, for error texts.
pub(super) fn named(value: &Value<'_>) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => number.to_string(),
        Value::Bool(bool) => bool.to_string(),
        other => other.kind().to_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", &text[..text.floor_char_boundary(QUOTED_BYTES)])
}
