//! Conversions between kinds: `int`, `uint`, `double`, `string`, `bytes`, `bool`, `type`, `dyn`. It does not know JSON.

use super::evaluate::{Result, fail};
use super::function::{Function, Tools, no_overload};
use super::value::Value;
use super::{compare, duration, operator, time};
use crate::schema::Kinds;

/// The functions.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::global("int", (1, 1), Kinds::INTEGER, int),
    Function::global("uint", (1, 1), Kinds::INTEGER, uint),
    Function::global("double", (1, 1), Kinds::NUMBER, double),
    Function::global("string", (1, 1), Kinds::STRING, string),
    Function::global("bytes", (1, 1), Kinds::STRING, bytes),
    Function::global("bool", (1, 1), Kinds::BOOLEAN, boolean),
    Function::global("type", (1, 1), Kinds::ALL, |arguments, _| Ok(Value::Type(type_of(&arguments[0])))),
    Function::global("dyn", (1, 1), Kinds::ALL, |arguments, _| Ok(arguments[0].clone())),
];

/// The types that have a name of their own in an expression.
pub(crate) const TYPES: &[&str] =
    &["bool", "bytes", "double", "int", "list", "map", "null_type", "optional_type", "string", "type", "uint"];

/// The name of a value's type.
fn type_of(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "null_type",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Uint(_) => "uint",
        Value::Double(_) => "double",
        Value::String(_) => "string",
        Value::Bytes(_) => "bytes",
        Value::Timestamp(_) => "google.protobuf.Timestamp",
        Value::Duration(_) => "google.protobuf.Duration",
        Value::List(_) => "list",
        Value::Map(_) => "map",
        Value::Type(_) => "type",
        Value::Optional(_) => "optional_type",
    }
}

/// The most of a text that an error text quotes, in bytes.
const QUOTED_BYTES: usize = 40;

/// A value that cannot be converted.
fn no<T>(value: &Value<'_>, what: &str) -> Result<T> {
    let shown = match value {
        Value::String(text) => format!("`{}`", &text[..text.floor_char_boundary(QUOTED_BYTES)]),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => digits(*number),
        other => other.kind().to_owned(),
    };
    fail(format!("{shown} is no {what}"))
}

fn int<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    let converted = match &arguments[0] {
        Value::Int(number) => Some(*number),
        Value::Uint(number) => i64::try_from(*number).ok(),
        // Both ends are out, as CEL has it: the doubles there are not the integers that they stand for.
        Value::Double(number) if number.abs() >= 2f64.powi(63) => None,
        Value::Double(number) => compare::whole(number.trunc()).and_then(|whole| i64::try_from(whole).ok()),
        Value::String(text) => text.parse().ok(),
        Value::Timestamp(time) => Some(time::seconds(*time)),
        _ => return no_overload(),
    };
    converted.map_or_else(|| no(&arguments[0], "integer of 64 bits"), |number| Ok(Value::Int(number)))
}

fn uint<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    let converted = match &arguments[0] {
        Value::Uint(number) => Some(*number),
        Value::Int(number) => u64::try_from(*number).ok(),
        Value::Double(number) if *number < 0.0 || *number >= 2f64.powi(64) => None,
        Value::Double(number) => compare::whole(number.trunc()).and_then(|whole| u64::try_from(whole).ok()),
        Value::String(text) => text.parse().ok(),
        _ => return no_overload(),
    };
    converted.map_or_else(|| no(&arguments[0], "unsigned integer of 64 bits"), |number| Ok(Value::Uint(number)))
}

fn double<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    let number = match &arguments[0] {
        Value::String(text) => text.parse().ok(),
        other => match operator::double(other) {
            Some(number) => Some(number),
            None => return no_overload(),
        },
    };
    number.map_or_else(|| no(&arguments[0], "number"), |number| Ok(Value::Double(number)))
}

fn boolean<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    match &arguments[0] {
        Value::Bool(bool) => Ok(Value::Bool(*bool)),
        Value::String(text) => match &**text {
            "1" | "t" | "true" | "TRUE" | "True" => Ok(Value::Bool(true)),
            "0" | "f" | "false" | "FALSE" | "False" => Ok(Value::Bool(false)),
            _ => no(&arguments[0], "boolean"),
        },
        _ => no_overload(),
    }
}

fn string<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let text = match &arguments[0] {
        Value::String(_) => return Ok(arguments[0].clone()),
        Value::Bool(bool) => bool.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Uint(number) => number.to_string(),
        Value::Double(number) => digits(*number),
        Value::Timestamp(time) => time::stamp(*time),
        Value::Duration(duration) => duration::written(*duration),
        Value::Type(name) => (*name).to_owned(),
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => return fail("the bytes are no text in UTF-8"),
        },
        _ => return no_overload(),
    };
    tools.meter.text(text)
}

fn bytes<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    match &arguments[0] {
        Value::Bytes(_) => Ok(arguments[0].clone()),
        Value::String(text) => tools.meter.bytes(text.as_bytes().to_vec()),
        _ => no_overload(),
    }
}

/// A double with the fewest digits that mean it: `1`, `0.25`, `1e+100`, `+Inf`, `NaN`.
pub(crate) fn digits(number: f64) -> String {
    let size = number.abs();
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if number.is_nan() || size == 0.0 || (1e-4..1e21).contains(&size) {
        return number.to_string();
    }
    let written = format!("{number:e}");
    let (mantissa, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let (sign, power) = exponent.strip_prefix('-').map_or(('+', exponent), |power| ('-', power));
    format!("{mantissa}e{sign}{power:0>2}")
}
