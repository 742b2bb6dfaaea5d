//! The functions that expressions may call. It does not know operators or macros.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Number, Value};

use super::EvaluationError;
use super::evaluate::{Result, fail, kind};
use super::meter::Meter;

/// The functions: name, fewest and most arguments, a method's target included.
pub(crate) const FUNCTIONS: &[(&str, usize, usize)] = &[
    ("size", 1, 1),
    ("contains", 2, 2),
    ("startsWith", 2, 2),
    ("endsWith", 2, 2),
    ("matches", 2, 2),
    ("string", 1, 1),
    ("int", 1, 1),
    ("double", 1, 1),
    ("bool", 1, 1),
    ("lowerAscii", 1, 1),
    ("upperAscii", 1, 1),
    ("trim", 1, 1),
    ("split", 2, 2),
    ("join", 1, 2),
];

/// The macros: name and arguments, the target not included.
pub(crate) const MACROS: &[(&str, usize, usize)] =
    &[("has", 1, 1), ("all", 2, 2), ("exists", 2, 2), ("exists_one", 2, 2), ("map", 2, 3), ("filter", 2, 2)];

/// The largest compiled pattern: its engine is linear in the text, and this bounds the factor.
const MAX_PATTERN_BYTES: usize = 1 << 18;

/// The patterns of one evaluation, compiled.
pub(crate) type Patterns = HashMap<String, regex::Regex>;

/// Calls a function; a method's target is its first argument.
pub(crate) fn call(
    name: &str,
    arguments: &[Cow<'_, Value>],
    meter: &mut Meter,
    patterns: &mut Patterns,
) -> Result<Value> {
    for argument in arguments {
        if let Value::String(text) = &**argument {
            meter.pay_bytes(text.len())?;
        }
    }
    let arguments: Vec<&Value> = arguments.iter().map(|argument| &**argument).collect();
    match (name, arguments.as_slice()) {
        ("size", [value]) => size(value),
        ("contains", [Value::String(text), Value::String(part)]) => Ok(text.contains(part.as_str()).into()),
        ("startsWith", [Value::String(text), Value::String(part)]) => Ok(text.starts_with(part.as_str()).into()),
        ("endsWith", [Value::String(text), Value::String(part)]) => Ok(text.ends_with(part.as_str()).into()),
        ("matches", [Value::String(text), Value::String(pattern)]) => matches(text, pattern, meter, patterns),
        ("string", [value]) => string(value).map(Value::String),
        ("int", [value]) => int(value),
        ("double", [value]) => double(value),
        ("bool", [value]) => boolean(value),
        ("lowerAscii", [Value::String(text)]) => Ok(text.to_ascii_lowercase().into()),
        ("upperAscii", [Value::String(text)]) => Ok(text.to_ascii_uppercase().into()),
        ("trim", [Value::String(text)]) => Ok(text.trim().into()),
        ("split", [Value::String(text), Value::String(separator)]) => split(text, separator, meter),
        ("join", [Value::Array(items)]) => join(items, "", meter),
        ("join", [Value::Array(items), Value::String(separator)]) => join(items, separator, meter),
        _ => fail(no_overload(name, &arguments)),
    }
}

fn no_overload(name: &str, arguments: &[&Value]) -> String {
    let kinds: Vec<&str> = arguments.iter().map(|argument| kind(argument)).collect();
    format!("`{name}` does not take {}", kinds.join(" and "))
}

fn size(value: &Value) -> Result<Value> {
    match value {
        Value::String(text) => Ok(text.chars().count().into()),
        Value::Array(items) => Ok(items.len().into()),
        Value::Object(entries) => Ok(entries.len().into()),
        other => fail(no_overload("size", &[other])),
    }
}

/// The cost of compiling a pattern: a hundred of them use up the allowance.
const PATTERN_COST: u64 = 40_000;

fn matches(text: &str, pattern: &str, meter: &mut Meter, patterns: &mut Patterns) -> Result<Value> {
    meter.pay(text.len() as u64)?;
    if let Some(regex) = patterns.get(pattern) {
        return Ok(regex.is_match(text).into());
    }
    meter.pay(PATTERN_COST)?;
    let limits =
        regex::RegexBuilder::new(pattern).size_limit(MAX_PATTERN_BYTES).dfa_size_limit(MAX_PATTERN_BYTES).build();
    let regex = limits.map_err(|error| format!("`{pattern}` is not a pattern: {error}"))?;
    let is_match = regex.is_match(text);
    patterns.insert(pattern.to_owned(), regex);
    Ok(is_match.into())
}

/// A value as text: a text as it is, anything else as JSON writes it.
pub(crate) fn string(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        other => fail(no_overload("string", &[other])),
    }
}

fn int(value: &Value) -> Result<Value> {
    let converted = match value {
        Value::Number(number) if number.is_i64() => Some(value.clone()),
        Value::Number(number) => number.as_f64().and_then(truncated).map(Value::from),
        Value::String(text) => text.parse::<i64>().ok().map(Value::from),
        other => return fail(no_overload("int", &[other])),
    };
    converted.map_or_else(|| fail(format!("{value} is no integer of 64 bits")), Ok)
}

/// The integer towards zero, if 64 bits hold it.
fn truncated(number: f64) -> Option<i64> {
    let whole = number.trunc();
    // 2^63 itself is a double, and no i64.
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole);
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked on the line above")]
    fits.then_some(whole as i64)
}

fn double(value: &Value) -> Result<Value> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse::<f64>().ok(),
        other => return fail(no_overload("double", &[other])),
    };
    let finite = number.and_then(Number::from_f64).map(Value::Number);
    finite.map_or_else(|| fail(format!("{value} is no number")), Ok)
}

fn boolean(value: &Value) -> Result<Value> {
    match value {
        Value::Bool(_) => Ok(value.clone()),
        Value::String(text) if text == "true" => Ok(true.into()),
        Value::String(text) if text == "false" => Ok(false.into()),
        other => fail(no_overload("bool", &[other])),
    }
}

fn split(text: &str, separator: &str, meter: &mut Meter) -> Result<Value> {
    let mut parts = Vec::new();
    for part in text.split(separator) {
        meter.pay_bytes(part.len())?;
        meter.make(part.len())?;
        parts.push(Value::from(part));
    }
    Ok(parts.into())
}

fn join(items: &[Value], separator: &str, meter: &mut Meter) -> Result<Value> {
    let mut joined = String::new();
    for (index, item) in items.iter().enumerate() {
        let Value::String(text) = item else {
            return fail(format!("`join` takes texts; element {index} is {}", kind(item)));
        };
        meter.pay_bytes(text.len() + separator.len())?;
        meter.make(text.len() + separator.len())?;
        joined.push_str(if index == 0 { "" } else { separator });
        joined.push_str(text);
    }
    Ok(joined.into())
}

impl From<String> for EvaluationError {
    fn from(message: String) -> Self {
        EvaluationError { message }
    }
}
