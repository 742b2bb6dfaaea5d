//! Evaluates macros: loops over lists and maps, and names for values. It does not know functions.

use cel::common::ast::IdedExpr;

use super::evaluate::{Evaluator, Result, fail};
use super::key::Key;
use super::macros::{Bound, Called, Kind, Macro};
use super::path::{Segment, selection, step_field};
use super::value::{Entries, Value};

/// Evaluates a call of a macro.
pub(crate) fn expand<'a>(evaluator: &mut Evaluator<'a>, found: &Macro, called: &Called<'a>) -> Result<Value<'a>> {
    if let (Kind::Has, [node]) = (found.kind, called.arguments) {
        return has(evaluator, node).map(Value::Bool);
    }
    let Some(bound) = found.bound(called) else { return fail(format!("`{}` is not called like this", found.name)) };
    let over = evaluator.value(bound.over)?;
    let mut each = Loop { evaluator, bound };
    match found.kind {
        Kind::Has | Kind::Bind => each.once(over),
        Kind::All => each.count(over, Some(false)).map(|(_, stopped)| Value::Bool(!stopped)),
        Kind::Exists => each.count(over, Some(true)).map(|(_, stopped)| Value::Bool(stopped)),
        Kind::ExistsOne => each.count(over, None).map(|(count, _)| Value::Bool(count == 1)),
        Kind::Filter => each.filter(over),
        Kind::Map => each.map(over),
        Kind::TransformMap => each.transform(over),
        Kind::TransformEntries => each.entries(over),
        Kind::OptMap => each.optional(over).map(|made| made.map_or(Value::Optional(None), Value::some)),
        Kind::OptFlatMap => match each.optional(over)? {
            None => Ok(Value::Optional(None)),
            Some(optional @ Value::Optional(_)) => Ok(optional),
            Some(other) => fail(format!("`optFlatMap` needs an optional, not {}", other.kind())),
        },
    }
}

/// Whether a key is there. A null has none: the output of a step that was skipped has no fields.
fn has<'a>(evaluator: &mut Evaluator<'a>, node: &'a IdedExpr) -> Result<bool> {
    let Some((operand, Segment::Key(key))) = selection(node) else {
        return fail("`has` needs a field: `has(input.name)`");
    };
    if step_field(node).is_some() {
        return Ok(!matches!(evaluator.value(node)?, Value::Null));
    }
    let operand = evaluator.value(operand)?;
    is_there(&operand, key)
}

fn is_there(operand: &Value<'_>, key: &str) -> Result<bool> {
    match operand {
        Value::Map(map) => Ok(map.get(&Key::String(super::value::Shared::Borrowed(key))).is_some()),
        Value::Null | Value::Optional(None) => Ok(false),
        Value::Optional(Some(value)) => is_there(value, key),
        other => fail(format!("{} has no keys", other.kind())),
    }
}

/// What the variables are for one turn: an element, or its place and itself.
type Turn<'a> = (Value<'a>, Option<Value<'a>>);

/// A loop over a list, or over a map.
struct Loop<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    bound: Bound<'a>,
}

impl<'a> Loop<'_, 'a> {
    /// With one variable the elements of a list or the keys of a map, with two the places or keys and what is there.
    fn turns(&self, over: Value<'a>) -> Result<Box<dyn Iterator<Item = Turn<'a>> + 'a>> {
        let two = self.bound.variables.1.is_some();
        match over {
            Value::List(list) if two => {
                Ok(Box::new(list.iter().enumerate().map(|(place, item)| (Value::count(place), Some(item)))))
            }
            Value::List(list) => Ok(Box::new(list.iter().map(|item| (item, None)))),
            Value::Map(map) => {
                Ok(Box::new(map.iter().map(move |(key, value)| (Value::from(key), two.then_some(value)))))
            }
            other => fail(format!("a list or a map is needed here, not {}", other.kind())),
        }
    }

    /// Counts the turns in which the body is true; stops at the first in which it is `stop_at`.
    /// A turn without a value counts only if nothing stops the loop, as CEL has it.
    fn count(&mut self, over: Value<'a>, stop_at: Option<bool>) -> Result<(u64, bool)> {
        let body = self.body()?;
        let (mut count, mut error) = (0, None);
        for turn in self.turns(over)? {
            match self.with(turn, |evaluator| evaluator.boolean(body)) {
                Ok(value) if Some(value) == stop_at => return Ok((count, true)),
                Ok(value) => count += u64::from(value),
                Err(found) if stop_at.is_none() || found.is_exhaustion() => return Err(found),
                Err(found) => error = error.or(Some(found)),
            }
        }
        error.map_or(Ok((count, false)), Err)
    }

    fn filter(&mut self, over: Value<'a>) -> Result<Value<'a>> {
        let body = self.body()?;
        let mut kept = Vec::new();
        for turn in self.turns(over)? {
            if self.with(turn.clone(), |evaluator| evaluator.boolean(body))? {
                self.evaluator.tools.meter.make_places(1)?;
                kept.push(turn.0);
            }
        }
        Ok(Value::list(kept))
    }

    fn map(&mut self, over: Value<'a>) -> Result<Value<'a>> {
        let mut made = Vec::new();
        for turn in self.turns(over)? {
            made.extend(self.made(turn)?);
        }
        Ok(Value::list(made))
    }

    fn transform(&mut self, over: Value<'a>) -> Result<Value<'a>> {
        let mut entries = Entries::new();
        for turn in self.turns(over)? {
            let key = Key::of(&turn.0);
            if let (Some(key), Some(value)) = (key, self.made(turn)?) {
                entries.insert(key, value);
            }
        }
        Ok(Value::map(entries))
    }

    fn entries(&mut self, over: Value<'a>) -> Result<Value<'a>> {
        let mut entries = Entries::new();
        for turn in self.turns(over)? {
            let Some(made) = self.made(turn)? else { continue };
            let Value::Map(map) = made else { return fail(format!("a map is needed here, not {}", made.kind())) };
            self.evaluator.tools.meter.make_places(map.len())?;
            for (key, value) in map.iter() {
                if entries.insert(key, value).is_some() {
                    return fail("a key is there twice");
                }
            }
        }
        Ok(Value::map(entries))
    }

    /// What the last body makes of a turn; nothing if a condition stands before it and is false.
    fn made(&mut self, turn: Turn<'a>) -> Result<Option<Value<'a>>> {
        let (condition, body) = match self.bound.bodies {
            [body] => (None, body),
            [condition, body] => (Some(condition), body),
            _ => return fail("a macro is not called like this"),
        };
        self.evaluator.tools.meter.make_places(1)?;
        self.with(turn, |evaluator| {
            if let Some(condition) = condition
                && !evaluator.boolean(condition)?
            {
                return Ok(None);
            }
            evaluator.value(body).map(Some)
        })
    }

    fn optional(&mut self, over: Value<'a>) -> Result<Option<Value<'a>>> {
        match over {
            Value::Optional(None) => Ok(None),
            Value::Optional(Some(value)) => self.once((*value).clone()).map(Some),
            other => fail(format!("an optional is needed here, not {}", other.kind())),
        }
    }

    fn once(&mut self, value: Value<'a>) -> Result<Value<'a>> {
        let body = self.body()?;
        self.with((value, None), |evaluator| evaluator.value(body))
    }

    fn body(&self) -> Result<&'a IdedExpr> {
        self.bound.bodies.first().map_or_else(|| fail("a macro is not called like this"), Ok)
    }

    /// Does something while the variables are bound.
    fn with<T>(&mut self, (one, two): Turn<'a>, work: impl FnOnce(&mut Evaluator<'a>) -> Result<T>) -> Result<T> {
        self.evaluator.tools.meter.pay(1)?;
        let known = self.evaluator.locals.len();
        self.evaluator.locals.push((self.bound.variables.0, one));
        self.evaluator.locals.extend(self.bound.variables.1.zip(two));
        let result = work(self.evaluator);
        self.evaluator.locals.truncate(known);
        result
    }
}
