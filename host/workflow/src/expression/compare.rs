//! Whether values are equal, and which of two comes first. Integers are compared exactly, whatever their
//! signedness, and beside a double as the doubles nearest to them. It does not know the tree.

use std::cmp::Ordering;

use super::evaluate::{Result, fail};
use super::key::Key;
use super::meter::Meter;
use super::operator::double;
use super::value::Value;

/// Whether two values are equal. Values of different kinds are not.
pub(crate) fn equal(left: &Value<'_>, right: &Value<'_>, meter: &mut Meter) -> Result<bool> {
    meter.pay(1)?;
    Ok(match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Type(left), Value::Type(right)) => left == right,
        (Value::Timestamp(left), Value::Timestamp(right)) => left == right,
        (Value::Duration(left), Value::Duration(right)) => left == right,
        (Value::String(left), Value::String(right)) => {
            meter.pay_bytes(left.len().min(right.len()))?;
            **left == **right
        }
        (Value::Bytes(left), Value::Bytes(right)) => {
            meter.pay_bytes(left.len().min(right.len()))?;
            **left == **right
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && all(left.iter().zip(right.iter()).map(|(l, r)| equal(&l, &r, meter)))?
        }
        (Value::Map(left), Value::Map(right)) => {
            left.len() == right.len()
                && all(left.iter().map(|(key, value)| match right.get(&key) {
                    Some(other) => equal(&value, &other, meter),
                    None => Ok(false),
                }))?
        }
        (Value::Optional(left), Value::Optional(right)) => match (left, right) {
            (Some(left), Some(right)) => equal(left, right, meter)?,
            (left, right) => left.is_none() && right.is_none(),
        },
        _ => matches!(numbers(left, right), Some(Some(Ordering::Equal))),
    })
}

/// Whether all are true, up to the first that is not.
fn all(mut results: impl Iterator<Item = Result<bool>>) -> Result<bool> {
    results.find(|result| !matches!(result, Ok(true))).unwrap_or(Ok(true))
}

/// The order of two values of one kind; none if one of them is not a number.
///
/// # Errors
///
/// If values of these kinds have no order.
pub(crate) fn order(left: &Value<'_>, right: &Value<'_>, meter: &mut Meter) -> Result<Option<Ordering>> {
    Ok(match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (Value::Timestamp(left), Value::Timestamp(right)) => Some(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
        (Value::String(left), Value::String(right)) => {
            meter.pay_bytes(left.len().min(right.len()))?;
            Some((**left).cmp(&**right))
        }
        (Value::Bytes(left), Value::Bytes(right)) => {
            meter.pay_bytes(left.len().min(right.len()))?;
            Some((**left).cmp(&**right))
        }
        _ => match numbers(left, right) {
            Some(order) => order,
            None => return fail(format!("{} cannot be compared with {}", left.kind(), right.kind())),
        },
    })
}

/// Whether a value is an element of a list or a key of a map.
pub(crate) fn is_in(needle: &Value<'_>, haystack: &Value<'_>, meter: &mut Meter) -> Result<bool> {
    match haystack {
        Value::List(list) => {
            for item in list.iter() {
                if equal(needle, &item, meter)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::Map(map) => Ok(Key::sought(needle).is_some_and(|key| map.get(&key).is_some())),
        other => fail(format!("`in` needs a list or a map on its right, not {}", other.kind())),
    }
}

/// The integer that a double is, if it is one of at most 64 bits.
pub(crate) fn whole(number: f64) -> Option<i128> {
    let fits = number.trunc() == number && number.abs() <= 2f64.powi(64);
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and no larger than 65 bits")]
    fits.then_some(number as i128)
}

/// The order of two numbers; nothing if one of them is no number.
fn numbers(left: &Value<'_>, right: &Value<'_>) -> Option<Option<Ordering>> {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => Some(Some(left.cmp(&right))),
        _ => Some(double(left)?.partial_cmp(&double(right)?)),
    }
}

/// An integer of either signedness.
fn integer(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Int(number) => Some(i128::from(*number)),
        Value::Uint(number) => Some(i128::from(*number)),
        _ => None,
    }
}
