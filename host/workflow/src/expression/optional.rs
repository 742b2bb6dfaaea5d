//! Values that may be missing. It does not know the syntax that makes them: `a.?b`.

use super::evaluate::{Result, fail};
use super::function::{Function, Tools, no_overload};
use super::value::Value;
use crate::schema::Kinds;

/// The functions.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::global("optional.of", (1, 1), Kinds::ALL, |arguments, _| Ok(Value::some(arguments[0].clone()))),
    Function::global("optional.ofNonZeroValue", (1, 1), Kinds::ALL, |arguments, _| {
        Ok(if is_zero(&arguments[0]) { Value::Optional(None) } else { Value::some(arguments[0].clone()) })
    }),
    Function::global("optional.none", (0, 0), Kinds::ALL, |_, _| Ok(Value::Optional(None))),
    Function::global("optional.unwrap", (1, 1), Kinds::ARRAY, unwrap),
    Function::method("unwrapOpt", (1, 1), Kinds::ARRAY, unwrap),
    Function::method("hasValue", (1, 1), Kinds::BOOLEAN, has_value),
    Function::method("value", (1, 1), Kinds::ALL, value),
];

fn has_value<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    match arguments {
        [Value::Optional(optional)] => Ok(Value::Bool(optional.is_some())),
        _ => no_overload(),
    }
}

fn value<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    match arguments {
        [Value::Optional(Some(value))] => Ok((**value).clone()),
        [Value::Optional(None)] => fail("the optional has no value"),
        _ => no_overload(),
    }
}

/// The values of those that have one.
fn unwrap<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::List(list)] = arguments else { return no_overload() };
    tools.meter.make_places(list.len())?;
    let values = list.iter().filter_map(|item| match item {
        Value::Optional(optional) => optional.map(|value| Ok((*value).clone())),
        other => Some(fail(format!("`unwrap` takes optionals, not {}", other.kind()))),
    });
    values.collect::<Result<Vec<_>>>().map(Value::list)
}

/// Whether a value is the least of its kind.
fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(bool) => !bool,
        Value::Int(number) => *number == 0,
        Value::Uint(number) => *number == 0,
        Value::Double(number) => *number == 0.0,
        Value::String(text) => text.is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::Duration(duration) => duration.is_zero(),
        Value::List(list) => list.len() == 0,
        Value::Map(map) => map.len() == 0,
        Value::Optional(optional) => optional.is_none(),
        Value::Timestamp(_) | Value::Type(_) => false,
    }
}
