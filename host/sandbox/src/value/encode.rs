//! WIT values to JSON.

use serde_json::{Map, Value, json};
use wasmtime::component::Val;

use super::{EXACT, json_name};

/// The JSON of a value. Resources, futures and streams have none and become null; such functions are no tools.
#[must_use]
pub fn encode(value: Val) -> Value {
    match value {
        Val::Bool(value) => json!(value),
        Val::S8(value) => json!(value),
        Val::U8(value) => json!(value),
        Val::S16(value) => json!(value),
        Val::U16(value) => json!(value),
        Val::S32(value) => json!(value),
        Val::U32(value) => json!(value),
        Val::S64(value) if value.unsigned_abs() <= EXACT => json!(value),
        Val::S64(value) => json!(value.to_string()),
        Val::U64(value) if value <= EXACT => json!(value),
        Val::U64(value) => json!(value.to_string()),
        Val::Float32(value) => json!(value),
        Val::Float64(value) => json!(value),
        Val::Char(value) => json!(value),
        Val::String(value) => Value::String(value), // which can be as large as a payload
        Val::List(values) | Val::Tuple(values) => values.into_iter().map(encode).collect(),
        Val::Record(fields) => object(fields),
        Val::Variant(case, None) | Val::Enum(case) => json!(case),
        Val::Variant(case, Some(payload)) => single(&case, encode(*payload)),
        Val::Option(value) => or_null(value),
        Val::Result(Ok(value)) => single("ok", or_null(value)),
        Val::Result(Err(value)) => single("err", or_null(value)),
        Val::Flags(names) => json!(names),
        _ => Value::Null,
    }
}

fn or_null(value: Option<Box<Val>>) -> Value {
    value.map_or(Value::Null, |value| encode(*value))
}

fn object(fields: Vec<(String, Val)>) -> Value {
    fields.into_iter().map(|(name, value)| (json_name(&name), encode(value))).collect::<Map<_, _>>().into()
}

fn single(name: &str, value: Value) -> Value {
    Map::from_iter([(name.to_owned(), value)]).into()
}
