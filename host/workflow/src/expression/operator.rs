//! Arithmetic. It does not know the tree.

use cel::common::ast::operators;

use super::evaluate::{Result, fail};
use super::meter::Meter;
use super::value::{List, Value};
use super::{compare, time};

/// Applies an operator of two sides that needs both.
pub(crate) fn binary<'a>(name: &str, left: &Value<'a>, right: &Value<'a>, meter: &mut Meter) -> Result<Value<'a>> {
    let truth = match name {
        operators::EQUALS => compare::equal(left, right, meter)?,
        operators::NOT_EQUALS => !compare::equal(left, right, meter)?,
        operators::IN => compare::is_in(left, right, meter)?,
        operators::LESS => compare::order(left, right, meter)?.is_some_and(|order| order.is_lt()),
        operators::LESS_EQUALS => compare::order(left, right, meter)?.is_some_and(|order| order.is_le()),
        operators::GREATER => compare::order(left, right, meter)?.is_some_and(|order| order.is_gt()),
        operators::GREATER_EQUALS => compare::order(left, right, meter)?.is_some_and(|order| order.is_ge()),
        operators::ADD => return add(left, right, meter),
        operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO => {
            return arithmetic(name, left, right);
        }
        other => return fail(format!("there is no operator `{other}`")),
    };
    Ok(Value::Bool(truth))
}

/// The negative of a number.
pub(crate) fn negate<'a>(value: &Value<'a>) -> Result<Value<'a>> {
    match value {
        Value::Int(number) => number.checked_neg().map_or_else(|| fail(TOO_LARGE), |number| Ok(Value::Int(number))),
        Value::Double(number) => Ok(Value::Double(-number)),
        other => fail(format!("`-` does not take {}", other.kind())),
    }
}

const TOO_LARGE: &str = "the result is no integer of 64 bits";

fn add<'a>(left: &Value<'a>, right: &Value<'a>, meter: &mut Meter) -> Result<Value<'a>> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => {
            meter.make(left.len() + right.len())?;
            Ok(Value::text([&**left, &**right].concat()))
        }
        (Value::Bytes(left), Value::Bytes(right)) => meter.bytes([&**left, &**right].concat()),
        (Value::List(left), Value::List(right)) => concatenated(left, right, meter),
        _ => arithmetic(operators::ADD, left, right),
    }
}

fn concatenated<'a>(left: &List<'a>, right: &List<'a>, meter: &mut Meter) -> Result<Value<'a>> {
    meter.make_places(left.len() + right.len())?;
    Ok(Value::list(left.iter().chain(right.iter()).collect()))
}

/// `+ - * / %`. Integers stay integers of their signedness and must not overflow. Beside a double, a number counts as a
/// double: JSON does not tell `3` from `3.0`, and a price may be either.
fn arithmetic<'a>(name: &str, left: &Value<'a>, right: &Value<'a>) -> Result<Value<'a>> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => integers(name, *a, *b),
        (Value::Uint(a), Value::Uint(b)) => unsigned(name, *a, *b),
        _ => match (left, right, double(left), double(right)) {
            (Value::Double(_), _, Some(a), Some(b)) | (_, Value::Double(_), Some(a), Some(b)) => doubles(name, a, b),
            _ => time::arithmetic(name, left, right).unwrap_or_else(|| {
                fail(format!("`{}` does not take {} and {}", name.trim_matches('_'), left.kind(), right.kind()))
            }),
        },
    }
}

fn integers<'a>(name: &str, a: i64, b: i64) -> Result<Value<'a>> {
    let result = match name {
        operators::ADD => a.checked_add(b),
        operators::SUBSTRACT => a.checked_sub(b),
        operators::MULTIPLY => a.checked_mul(b),
        operators::DIVIDE | operators::MODULO if b == 0 => return fail("division by zero"),
        operators::DIVIDE => a.checked_div(b),
        _ => a.checked_rem(b),
    };
    result.map_or_else(|| fail(TOO_LARGE), |number| Ok(Value::Int(number)))
}

fn unsigned<'a>(name: &str, a: u64, b: u64) -> Result<Value<'a>> {
    let result = match name {
        operators::ADD => a.checked_add(b),
        operators::SUBSTRACT => a.checked_sub(b),
        operators::MULTIPLY => a.checked_mul(b),
        operators::DIVIDE | operators::MODULO if b == 0 => return fail("division by zero"),
        operators::DIVIDE => a.checked_div(b),
        _ => a.checked_rem(b),
    };
    result.map_or_else(|| fail("the result is no unsigned integer of 64 bits"), |number| Ok(Value::Uint(number)))
}

fn doubles<'a>(name: &str, a: f64, b: f64) -> Result<Value<'a>> {
    let result = match name {
        operators::ADD => a + b,
        operators::SUBSTRACT => a - b,
        operators::MULTIPLY => a * b,
        operators::DIVIDE => a / b,
        _ => return fail("`%` takes integers"),
    };
    Ok(Value::Double(result))
}

/// The double nearest to a number.
pub(crate) fn double(value: &Value<'_>) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is what CEL has for an integer beside a double")]
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Uint(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        _ => None,
    }
}
