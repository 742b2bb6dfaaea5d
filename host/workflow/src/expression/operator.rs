//! Arithmetic, comparison and membership over JSON values. It does not know the tree.

use std::cmp::Ordering;

use cel::common::ast::operators;
use serde_json::{Number, Value};

use super::evaluate::{Result, fail, kind};
use super::meter::Meter;

/// Applies an operator of two sides that needs both.
pub(crate) fn binary(name: &str, left: &Value, right: &Value, meter: &mut Meter) -> Result<Value> {
    match name {
        operators::EQUALS => Ok(equal(left, right, meter)?.into()),
        operators::NOT_EQUALS => Ok((!equal(left, right, meter)?).into()),
        operators::IN => is_in(left, right, meter),
        operators::ADD => add(left, right, meter),
        operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO => {
            arithmetic(name, left, right)
        }
        operators::LESS => Ok((compare(left, right, meter)? == Ordering::Less).into()),
        operators::LESS_EQUALS => Ok((compare(left, right, meter)? != Ordering::Greater).into()),
        operators::GREATER => Ok((compare(left, right, meter)? == Ordering::Greater).into()),
        operators::GREATER_EQUALS => Ok((compare(left, right, meter)? != Ordering::Less).into()),
        other => fail(format!("there is no operator `{other}`")),
    }
}

/// Whether two values are equal; numbers by their value, whatever their kind.
pub(crate) fn equal(left: &Value, right: &Value, meter: &mut Meter) -> Result<bool> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            meter.pay(1)?;
            Ok(order(left, right) == Some(Ordering::Equal))
        }
        (Value::Array(left), Value::Array(right)) => {
            meter.pay(1)?;
            if left.len() != right.len() {
                return Ok(false);
            }
            all(left.iter().zip(right).map(|(left, right)| equal(left, right, meter)))
        }
        (Value::Object(left), Value::Object(right)) => {
            meter.pay(1)?;
            if left.len() != right.len() {
                return Ok(false);
            }
            all(left.iter().map(|(key, value)| match right.get(key) {
                Some(other) => equal(value, other, meter),
                None => Ok(false),
            }))
        }
        (Value::String(left), Value::String(right)) => {
            meter.pay_bytes(left.len().min(right.len()))?;
            Ok(left == right)
        }
        _ => Ok(left == right),
    }
}

/// Whether all are true, up to the first that is not.
fn all(mut results: impl Iterator<Item = Result<bool>>) -> Result<bool> {
    results.find(|result| !matches!(result, Ok(true))).unwrap_or(Ok(true))
}

fn is_in(needle: &Value, haystack: &Value, meter: &mut Meter) -> Result<Value> {
    match (needle, haystack) {
        (_, Value::Array(items)) => {
            for item in items {
                meter.pay(1)?;
                if equal(needle, item, meter)? {
                    return Ok(true.into());
                }
            }
            Ok(false.into())
        }
        (Value::String(key), Value::Object(entries)) => Ok(entries.contains_key(key).into()),
        _ => fail(format!("`in` needs a list or a map on its right, not {}", kind(haystack))),
    }
}

fn add(left: &Value, right: &Value, meter: &mut Meter) -> Result<Value> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => {
            meter.pay_bytes(left.len() + right.len())?;
            meter.make(left.len() + right.len())?;
            Ok(format!("{left}{right}").into())
        }
        (Value::Array(_), Value::Array(more)) => {
            meter.copy(left)?;
            meter.copy(right)?;
            let Value::Array(mut items) = left.clone() else { return Ok(Value::Null) };
            items.extend(more.iter().cloned());
            Ok(items.into())
        }
        _ => arithmetic(operators::ADD, left, right),
    }
}

/// `+ - * / %` of numbers: integers stay integers and must not overflow, anything else is a double.
fn arithmetic(name: &str, left: &Value, right: &Value) -> Result<Value> {
    let (Value::Number(a), Value::Number(b)) = (left, right) else {
        return fail(format!("`{}` does not take {} and {}", name.trim_matches('_'), kind(left), kind(right)));
    };
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => integers(name, a, b),
        _ => doubles(name, a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN)),
    }
}

fn integers(name: &str, a: i64, b: i64) -> Result<Value> {
    let result = match name {
        operators::ADD => a.checked_add(b),
        operators::SUBSTRACT => a.checked_sub(b),
        operators::MULTIPLY => a.checked_mul(b),
        operators::DIVIDE | operators::MODULO if b == 0 => return fail("division by zero"),
        operators::DIVIDE => a.checked_div(b),
        _ => a.checked_rem(b),
    };
    result.map_or_else(|| fail("the result is no integer of 64 bits"), |number| Ok(number.into()))
}

fn doubles(name: &str, a: f64, b: f64) -> Result<Value> {
    let result = match name {
        operators::ADD => a + b,
        operators::SUBSTRACT => a - b,
        operators::MULTIPLY => a * b,
        operators::DIVIDE => a / b,
        _ => return fail("`%` takes integers"),
    };
    finite(result)
}

/// A double as a value, if JSON can write it.
pub(crate) fn finite(number: f64) -> Result<Value> {
    Number::from_f64(number).map_or_else(|| fail("the result is not a finite number"), |number| Ok(number.into()))
}

/// The order of two values of one kind.
fn compare(left: &Value, right: &Value, meter: &mut Meter) -> Result<Ordering> {
    let order = match (left, right) {
        (Value::Number(left), Value::Number(right)) => order(left, right),
        (Value::String(left), Value::String(right)) => {
            meter.pay_bytes(left.len().min(right.len()))?;
            Some(left.cmp(right))
        }
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        _ => None,
    };
    order.map_or_else(|| fail(format!("{} cannot be compared with {}", kind(left), kind(right))), Ok)
}

/// The order of two numbers: exact between integers, as doubles otherwise.
fn order(left: &Number, right: &Number) -> Option<Ordering> {
    match (wide(left), wide(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// An integer of either signedness.
fn wide(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}
