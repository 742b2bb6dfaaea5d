//! Evaluates a tree. It does not know why, nor what the variables stand for.

use std::borrow::Cow;

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr, SelectExpr, operators};
use serde_json::{Map, Value};

use super::function::{self, MACROS, Patterns};
use super::meter::Meter;
use super::{EvaluationError, Scope, macros, operator, path};

pub(crate) type Result<T> = std::result::Result<T, EvaluationError>;

/// Fails with this message.
pub(crate) fn fail<T>(message: impl Into<String>) -> Result<T> {
    Err(EvaluationError { message: message.into() })
}

/// The kind of a value, for error texts.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a double",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// Evaluates a tree in a scope.
///
/// # Errors
///
/// If it has no value there.
pub(crate) fn evaluate(root: &IdedExpr, scope: &Scope<'_>) -> Result<Value> {
    let mut evaluator = Evaluator { scope: *scope, locals: Vec::new(), meter: Meter::new(), patterns: Patterns::new() };
    let value = evaluator.value(root)?;
    if let Cow::Borrowed(value) = value {
        evaluator.meter.pay_value(value)?; // no more memory than what is there already
    }
    Ok(value.into_owned())
}

/// One evaluation. Values that exist already are borrowed; only what is new is made.
pub(crate) struct Evaluator<'a> {
    scope: Scope<'a>,
    /// Variables of macros, innermost last.
    pub(crate) locals: Vec<(&'a str, Cow<'a, Value>)>,
    pub(crate) meter: Meter,
    patterns: Patterns,
}

impl<'a> Evaluator<'a> {
    /// The value of a node.
    pub(crate) fn value(&mut self, node: &'a IdedExpr) -> Result<Cow<'a, Value>> {
        self.meter.pay(1)?;
        match &node.expr {
            Expr::Literal(literal) => literal_value(literal).map(Cow::Owned),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => self.select(node, select),
            Expr::List(list) => self.list(list),
            Expr::Map(map) => self.map(map),
            Expr::Call(call) => self.call(node, call),
            Expr::Unspecified | Expr::Comprehension(_) | Expr::Struct(_) => fail("not supported"),
        }
    }

    /// Makes a value our own, paying for the copy.
    pub(crate) fn own(&mut self, value: Cow<'_, Value>) -> Result<Value> {
        match &value {
            Cow::Borrowed(value) => self.meter.copy(value)?,
            Cow::Owned(_) => self.meter.make(0)?, // its parts were paid when they were made
        }
        Ok(value.into_owned())
    }

    /// The value of a node that must be a boolean.
    pub(crate) fn boolean(&mut self, node: &'a IdedExpr) -> Result<bool> {
        match self.value(node)?.as_ref() {
            Value::Bool(bool) => Ok(*bool),
            other => fail(format!("a boolean is needed here, not {}", kind(other))),
        }
    }

    fn variable(&mut self, name: &str) -> Result<Cow<'a, Value>> {
        let local = self.locals.iter().rev().find(|(local, _)| *local == name);
        match (local, self.scope.variable(name)) {
            (Some((_, Cow::Borrowed(value))), _) => Ok(Cow::Borrowed(value)),
            (Some((_, Cow::Owned(value))), _) => {
                self.meter.copy(value)?;
                Ok(Cow::Owned(value.clone()))
            }
            (None, Some(value)) => Ok(Cow::Borrowed(value)),
            (None, None) => fail(format!("there is no `{name}` here")),
        }
    }

    fn select(&mut self, node: &'a IdedExpr, select: &'a SelectExpr) -> Result<Cow<'a, Value>> {
        if let Some((step, field)) = path::step_field(node) {
            return self.step(step, field);
        }
        if let Some(name) = path::context_field(node) {
            return self.context(name);
        }
        let operand = self.value(&select.operand)?;
        get(operand, &select.field)
    }

    fn context(&self, name: &str) -> Result<Cow<'a, Value>> {
        let value = self.scope.context.get(name);
        value.map_or_else(|| fail(format!("there is no `context.{name}`")), |value| Ok(Cow::Borrowed(value)))
    }

    fn step(&self, step: &str, field: &str) -> Result<Cow<'a, Value>> {
        let steps = self.scope.steps;
        let value = match field {
            "output" => steps.output(step),
            "outcome" => steps.outcome(step),
            _ => return fail(format!("a step has `output` and `outcome`, not `{field}`")),
        };
        value.map_or_else(|| fail(format!("step `{step}` is not settled")), |value| Ok(Cow::Borrowed(value)))
    }

    fn list(&mut self, list: &'a ListExpr) -> Result<Cow<'a, Value>> {
        let mut items = Vec::with_capacity(list.elements.len());
        for element in &list.elements {
            let value = self.value(element)?;
            items.push(self.own(value)?);
        }
        Ok(Cow::Owned(items.into()))
    }

    fn map(&mut self, map: &'a MapExpr) -> Result<Cow<'a, Value>> {
        let mut entries = Map::new();
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else { return fail("not supported") };
            let key = match self.value(&entry.key)?.into_owned() {
                Value::String(key) => key,
                other => return fail(format!("a key must be a string, not {}", kind(&other))),
            };
            let value = self.value(&entry.value)?;
            let value = self.own(value)?;
            if entries.contains_key(&key) {
                return fail(format!("the key `{key}` is there twice"));
            }
            entries.insert(key, value);
        }
        Ok(Cow::Owned(entries.into()))
    }

    fn call(&mut self, node: &'a IdedExpr, call: &'a CallExpr) -> Result<Cow<'a, Value>> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, sides) => self.logical(sides, false),
            (operators::LOGICAL_OR, sides) => self.logical(sides, true),
            (operators::CONDITIONAL, [condition, yes, no]) => {
                let branch = if self.boolean(condition)? { yes } else { no };
                self.value(branch)
            }
            (operators::LOGICAL_NOT, [operand]) => Ok(Cow::Owned((!self.boolean(operand)?).into())),
            (operators::NEGATE, [operand]) => self.negate(operand),
            (operators::INDEX, [operand, index]) => self.index(node, operand, index),
            (name, arguments) if MACROS.iter().any(|(known, ..)| *known == name) => {
                macros::expand(self, name, call.target.as_deref(), arguments)
            }
            (name, arguments) => self.function(name, call.target.as_deref(), arguments),
        }
    }

    /// `&&` and `||`, as CEL has them: one side alone decides if it can, even if the other has no value.
    fn logical(&mut self, sides: &'a [IdedExpr], decisive: bool) -> Result<Cow<'a, Value>> {
        let mut error = None;
        for side in sides {
            match self.boolean(side) {
                Ok(value) if value == decisive => return Ok(Cow::Owned(decisive.into())),
                Ok(_) => {}
                Err(found) => error = error.or(Some(found)),
            }
        }
        error.map_or_else(|| Ok(Cow::Owned((!decisive).into())), Err)
    }

    fn negate(&mut self, operand: &'a IdedExpr) -> Result<Cow<'a, Value>> {
        let value = self.value(operand)?;
        let negated = match value.as_ref() {
            Value::Number(number) if number.is_i64() => {
                let integer = number.as_i64().and_then(i64::checked_neg);
                integer.map_or_else(|| fail("the result is no integer of 64 bits"), |number| Ok(number.into()))
            }
            Value::Number(number) => operator::finite(-number.as_f64().unwrap_or(f64::NAN)),
            other => fail(format!("`-` does not take {}", kind(other))),
        };
        negated.map(Cow::Owned)
    }

    fn index(&mut self, node: &'a IdedExpr, operand: &'a IdedExpr, index: &'a IdedExpr) -> Result<Cow<'a, Value>> {
        if let Some((step, field)) = path::step_field(node) {
            return self.step(step, field);
        }
        if let Some(name) = path::context_field(node) {
            return self.context(name);
        }
        let operand = self.value(operand)?;
        let index = self.value(index)?;
        match (operand.as_ref(), index.as_ref()) {
            (Value::Array(_), Value::Number(number)) => element(operand, number),
            (_, Value::String(key)) => get(operand, key),
            (container, index) => fail(format!("{} has no element at {}", kind(container), kind(index))),
        }
    }

    fn function(
        &mut self,
        name: &str,
        target: Option<&'a IdedExpr>,
        arguments: &'a [IdedExpr],
    ) -> Result<Cow<'a, Value>> {
        let values = target.into_iter().chain(arguments).map(|node| self.value(node)).collect::<Result<Vec<_>>>()?;
        match values.as_slice() {
            [left, right] if target.is_none() && is_operator(name) => {
                operator::binary(name, left, right, &mut self.meter).map(Cow::Owned)
            }
            values => function::call(name, values, &mut self.meter, &mut self.patterns).map(Cow::Owned),
        }
    }
}

/// Whether a call is an operator's.
pub(crate) fn is_operator(name: &str) -> bool {
    name == operators::IN || name.starts_with('_') || name.ends_with('_')
}

/// The value of a literal.
pub(crate) fn literal_value(literal: &LiteralValue) -> Result<Value> {
    match literal {
        LiteralValue::Null => Ok(Value::Null),
        LiteralValue::Boolean(bool) => Ok((*bool.inner()).into()),
        LiteralValue::Int(number) => Ok((*number.inner()).into()),
        LiteralValue::UInt(number) => Ok((*number.inner()).into()),
        LiteralValue::Double(number) => operator::finite(*number.inner()),
        LiteralValue::String(text) => Ok(text.inner().into()),
        LiteralValue::Bytes(_) => fail("bytes are not supported"),
    }
}

/// The value under a key of a map.
fn get<'a>(container: Cow<'a, Value>, key: &str) -> Result<Cow<'a, Value>> {
    let found = match container {
        Cow::Borrowed(Value::Object(entries)) => match entries.get(key) {
            Some(value) => return Ok(Cow::Borrowed(value)),
            None => entries,
        },
        Cow::Owned(Value::Object(mut entries)) => match entries.swap_remove(key) {
            Some(value) => return Ok(Cow::Owned(value)),
            None => return fail(no_such_key(key, &entries)),
        },
        other => return fail(format!("{} has no key `{key}`", kind(&other))),
    };
    fail(no_such_key(key, found))
}

/// The most keys that an error text lists.
const LISTED_KEYS: usize = 8;

fn no_such_key(key: &str, entries: &Map<String, Value>) -> String {
    let keys: Vec<&str> = entries.keys().take(LISTED_KEYS).map(String::as_str).collect();
    match keys.len() {
        0 => format!("there is no key `{key}`: the map is empty"),
        LISTED_KEYS => format!("there is no key `{key}`, among others there are {}", keys.join(", ")),
        _ => format!("there is no key `{key}`, there are {}", keys.join(", ")),
    }
}

fn element<'a>(list: Cow<'a, Value>, index: &serde_json::Number) -> Result<Cow<'a, Value>> {
    let place = index.as_u64().and_then(|index| usize::try_from(index).ok());
    let (length, found) = match (list, place) {
        (Cow::Borrowed(Value::Array(items)), Some(place)) => (items.len(), items.get(place).map(Cow::Borrowed)),
        (Cow::Owned(Value::Array(items)), Some(place)) => (items.len(), items.into_iter().nth(place).map(Cow::Owned)),
        (other, _) => (other.as_array().map_or(0, Vec::len), None),
    };
    found.map_or_else(|| fail(format!("there is no element {index}: the list has {length}")), Ok)
}
