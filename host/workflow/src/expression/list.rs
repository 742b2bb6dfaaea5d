//! Functions of lists and maps. It does not know macros.

use std::cmp::Ordering;

use super::evaluate::{Result, fail};
use super::function::{Function, Tools, no_overload};
use super::meter::Meter;
use super::value::{List, Value};
use super::{EvaluationError, compare};
use crate::schema::Kinds;

/// The functions.
pub(super) const FUNCTIONS: &[Function] = &[
    Function::either("size", (1, 1), Kinds::INTEGER, size),
    Function::method("distinct", (1, 1), Kinds::ARRAY, distinct),
    Function::method("flatten", (1, 2), Kinds::ARRAY, flatten),
    Function::global("lists.range", (1, 1), Kinds::ARRAY, range),
    Function::method("reverse", (1, 1), Kinds::ARRAY.or(Kinds::STRING), reverse),
    Function::method("slice", (3, 3), Kinds::ARRAY, slice),
    Function::method("sort", (1, 1), Kinds::ARRAY, sort),
];

fn size<'a>(arguments: &[Value<'a>], _: &mut Tools) -> Result<Value<'a>> {
    Ok(Value::count(match &arguments[0] {
        Value::String(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        _ => return no_overload(),
    }))
}

fn distinct<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::List(list)] = arguments else { return no_overload() };
    let mut kept: Vec<Value<'a>> = Vec::new();
    for item in list.iter() {
        let mut is_new = true;
        for known in &kept {
            is_new = is_new && !compare::equal(known, &item, &mut tools.meter)?;
        }
        if is_new {
            tools.meter.make_places(1)?;
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn flatten<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let (list, levels) = match arguments {
        [Value::List(list)] => (list, 1),
        [Value::List(list), Value::Int(levels)] if *levels >= 0 => (list, *levels),
        [Value::List(_), Value::Int(_)] => return fail("`flatten` takes a number of levels that is not negative"),
        _ => return no_overload(),
    };
    let mut flat = Vec::new();
    flatten_into(&mut flat, list, levels, &mut tools.meter)?;
    Ok(Value::list(flat))
}

fn flatten_into<'a>(flat: &mut Vec<Value<'a>>, list: &List<'a>, levels: i64, meter: &mut Meter) -> Result<()> {
    meter.make_places(list.len())?;
    for item in list.iter() {
        match item {
            Value::List(inner) if levels > 0 => flatten_into(flat, &inner, levels - 1, meter)?,
            other => flat.push(other),
        }
    }
    Ok(())
}

fn range<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::Int(end)] = arguments else { return no_overload() };
    tools.meter.make_places(usize::try_from(*end).unwrap_or(0))?;
    Ok(Value::list((0..*end).map(Value::Int).collect()))
}

fn reverse<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    match arguments {
        [Value::String(text)] => tools.meter.text(text.chars().rev().collect()),
        [Value::List(list)] => {
            tools.meter.make_places(list.len())?;
            let mut items: Vec<Value<'a>> = list.iter().collect();
            items.reverse();
            Ok(Value::list(items))
        }
        _ => no_overload(),
    }
}

fn slice<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::List(list), Value::Int(start), Value::Int(end)] = arguments else { return no_overload() };
    match (usize::try_from(*start), usize::try_from(*end)) {
        (Ok(start), Ok(end)) if start <= end && end <= list.len() => {
            tools.meter.make_places(end - start)?;
            Ok(Value::list(list.iter().skip(start).take(end - start).collect()))
        }
        _ => fail(format!("there is no slice from {start} to {end}: the list has {}", list.len())),
    }
}

fn sort<'a>(arguments: &[Value<'a>], tools: &mut Tools) -> Result<Value<'a>> {
    let [Value::List(list)] = arguments else { return no_overload() };
    tools.meter.make_places(list.len())?;
    let mut items: Vec<Value<'a>> = list.iter().collect();
    let mut failed: Option<EvaluationError> = None;
    items.sort_by(|left, right| {
        if failed.is_some() {
            return Ordering::Equal; // the order does not matter any more
        }
        match compare::order(left, right, &mut tools.meter) {
            Ok(order) => order.unwrap_or(Ordering::Equal),
            Err(error) => {
                failed = Some(error);
                Ordering::Equal
            }
        }
    });
    failed.map_or_else(|| Ok(Value::list(items)), Err)
}
