//! Functions of numbers, under `math`. It does not know arithmetic's operators.

use super::compare;
use super::evaluate::{Result, fail};
use super::function::{Function, Tools, no_overload};
use super::operator;
use super::value::Value;
use crate::schema::Kinds;

/// The functions.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::global("math.greatest", (1, usize::MAX), Kinds::NUMBER, |a, tools| extreme(a, tools, true)),
    Function::global("math.least", (1, usize::MAX), Kinds::NUMBER, |a, tools| extreme(a, tools, false)),
    Function::global("math.abs", (1, 1), Kinds::NUMBER, abs),
    Function::global("math.sign", (1, 1), Kinds::NUMBER, sign),
    Function::global("math.ceil", (1, 1), Kinds::NUMBER, |a, _| rounded(a, f64::ceil)),
    Function::global("math.floor", (1, 1), Kinds::NUMBER, |a, _| rounded(a, f64::floor)),
    Function::global("math.round", (1, 1), Kinds::NUMBER, |a, _| rounded(a, f64::round)),
    Function::global("math.trunc", (1, 1), Kinds::NUMBER, |a, _| rounded(a, f64::trunc)),
    Function::global("math.sqrt", (1, 1), Kinds::NUMBER, |a, _| match operator::double(&a[0]) {
        Some(number) => Ok(Value::Double(number.sqrt())),
        None => no_overload(),
    }),
    Function::global("math.isNaN", (1, 1), Kinds::BOOLEAN, |a, _| asks(a, f64::is_nan)),
    Function::global("math.isInf", (1, 1), Kinds::BOOLEAN, |a, _| asks(a, f64::is_infinite)),
    Function::global("math.isFinite", (1, 1), Kinds::BOOLEAN, |a, _| asks(a, f64::is_finite)),
    Function::global("math.bitAnd", (2, 2), Kinds::INTEGER, |a, _| bits(a, |a, b| a & b, |a, b| a & b)),
    Function::global("math.bitOr", (2, 2), Kinds::INTEGER, |a, _| bits(a, |a, b| a | b, |a, b| a | b)),
    Function::global("math.bitXor", (2, 2), Kinds::INTEGER, |a, _| bits(a, |a, b| a ^ b, |a, b| a ^ b)),
    Function::global("math.bitNot", (1, 1), Kinds::INTEGER, |a, _| match &a[0] {
        Value::Int(number) => Ok(Value::Int(!number)),
        Value::Uint(number) => Ok(Value::Uint(!number)),
        _ => no_overload(),
    }),
    Function::global("math.bitShiftLeft", (2, 2), Kinds::INTEGER, |a, _| shift(a, u64::checked_shl)),
    Function::global("math.bitShiftRight", (2, 2), Kinds::INTEGER, |a, _| shift(a, u64::checked_shr)),
];

/// The greatest or the least of the arguments, or of the one list that is given.
fn extreme<'a>(arguments: &[Value<'a>], tools: &mut Tools, greatest: bool) -> Result<Value<'a>> {
    let numbers: Box<dyn Iterator<Item = Value<'a>>> = match arguments {
        [Value::List(list)] => Box::new(list.iter()),
        _ => Box::new(arguments.iter().cloned()),
    };
    let mut found: Option<Value<'a>> = None;
    for number in numbers {
        if operator::double(&number).is_none() {
            return fail(format!("the greatest and the least are of numbers, not of {}", number.kind()));
        }
        let is_better = match &found {
            None => true,
            Some(best) => compare::order(&number, best, &mut tools.meter)?
                .is_some_and(|order| if greatest { order.is_gt() } else { order.is_lt() }),
        };
        found = if is_better { Some(number) } else { found };
    }
    found.map_or_else(|| fail("an empty list has no greatest and no least"), Ok)
}

fn abs<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    match &arguments[0] {
        Value::Int(number) => match number.checked_abs() {
            Some(number) => Ok(Value::Int(number)),
            None => fail("the result is no integer of 64 bits"),
        },
        Value::Uint(number) => Ok(Value::Uint(*number)),
        Value::Double(number) => Ok(Value::Double(number.abs())),
        _ => no_overload(),
    }
}

fn sign<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    match &arguments[0] {
        Value::Int(number) => Ok(Value::Int(number.signum())),
        Value::Uint(number) => Ok(Value::Uint((*number).min(1))),
        Value::Double(number) if *number == 0.0 || number.is_nan() => Ok(Value::Double(*number)),
        Value::Double(number) => Ok(Value::Double(number.signum())),
        _ => no_overload(),
    }
}

fn rounded<'a>(arguments: &[Value<'a>], round: fn(f64) -> f64) -> Result<Value<'a>> {
    match &arguments[0] {
        Value::Double(number) => Ok(Value::Double(round(*number))),
        Value::Int(_) => fail("this rounds a double, and an integer is whole: write `double(…)`"),
        _ => no_overload(),
    }
}

fn asks<'a>(arguments: &[Value<'a>], is: fn(f64) -> bool) -> Result<Value<'a>> {
    match &arguments[0] {
        Value::Double(number) => Ok(Value::Bool(is(*number))),
        _ => no_overload(),
    }
}

fn bits<'a>(arguments: &[Value<'a>], signed: fn(i64, i64) -> i64, unsigned: fn(u64, u64) -> u64) -> Result<Value<'a>> {
    match arguments {
        [Value::Int(a), Value::Int(b)] => Ok(Value::Int(signed(*a, *b))),
        [Value::Uint(a), Value::Uint(b)] => Ok(Value::Uint(unsigned(*a, *b))),
        _ => no_overload(),
    }
}

/// Shifts bits; the sign is a bit like any other, and what is shifted by 64 or more is 0.
fn shift<'a>(arguments: &[Value<'a>], shift: fn(u64, u32) -> Option<u64>) -> Result<Value<'a>> {
    let by = |by: i64| match u32::try_from(by) {
        Ok(by) => Ok(by),
        Err(_) if by > 0 => Ok(u32::MAX),
        Err(_) => fail("bits are not shifted by a negative number"),
    };
    match arguments {
        [Value::Int(number), Value::Int(places)] => {
            let shifted = shift(number.cast_unsigned(), by(*places)?).unwrap_or(0);
            Ok(Value::Int(shifted.cast_signed()))
        }
        [Value::Uint(number), Value::Int(places)] => Ok(Value::Uint(shift(*number, by(*places)?).unwrap_or(0))),
        _ => no_overload(),
    }
}
