//! Evaluates a tree. It does not know why, nor what the variables stand for.

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, ListExpr, LiteralValue, MapExpr, SelectExpr, operators};

use super::convert::TYPES;
use super::function::{Function, Tools};
use super::key::Key;
use super::limits::Limits;
use super::macros::{Called, Macro};
use super::value::{Entries, Shared, Value};
use super::{EvaluationError, Scope, comprehend, operator, part, path};

pub(crate) type Result<T> = std::result::Result<T, EvaluationError>;

/// Fails with this message.
pub(crate) fn fail<T>(message: impl Into<String>) -> Result<T> {
    Err(EvaluationError::NoValue(message.into()))
}

/// One evaluation.
pub(crate) struct Evaluator<'a> {
    scope: Scope<'a>,
    /// Variables of macros, innermost last.
    pub(crate) locals: Vec<(&'a str, Value<'a>)>,
    pub(crate) tools: Tools,
}

impl<'a> Evaluator<'a> {
    /// An evaluation in a scope.
    pub(crate) fn new(scope: Scope<'a>, limits: &Limits) -> Evaluator<'a> {
        Evaluator { scope, locals: Vec::new(), tools: Tools::new(limits) }
    }

    /// The value of a node.
    ///
    /// # Errors
    ///
    /// If it has none in the scope.
    pub(crate) fn value(&mut self, node: &'a IdedExpr) -> Result<Value<'a>> {
        self.tools.meter.pay(1)?;
        match &node.expr {
            Expr::Literal(literal) => Ok(literal_value(literal)),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => self.select(node, select),
            Expr::List(list) => self.list(list),
            Expr::Map(map) => self.map(map),
            Expr::Call(call) => self.call(node, call),
            Expr::Unspecified | Expr::Comprehension(_) | Expr::Struct(_) => fail("not supported"),
        }
    }

    /// The value of a node that must be a boolean.
    pub(crate) fn boolean(&mut self, node: &'a IdedExpr) -> Result<bool> {
        match self.value(node)? {
            Value::Bool(bool) => Ok(bool),
            other => fail(format!("a boolean is needed here, not {}", other.kind())),
        }
    }

    fn variable(&self, name: &str) -> Result<Value<'a>> {
        if let Some((_, value)) = self.locals.iter().rev().find(|(local, _)| *local == name) {
            return Ok(value.clone());
        }
        let type_named = || TYPES.iter().find(|known| **known == name).map(|known| Value::Type(known));
        let value = self.scope.variable(name).map(Value::from).or_else(type_named);
        value.map_or_else(|| fail(format!("there is no `{name}` here")), Ok)
    }

    fn select(&mut self, node: &'a IdedExpr, select: &'a SelectExpr) -> Result<Value<'a>> {
        if let Some((step, field)) = path::step_field(node) {
            return self.step(step, field);
        }
        if let Some(name) = path::context_field(node) {
            return self.context(name);
        }
        let operand = self.value(&select.operand)?;
        part::of(&operand, &Value::String(Shared::Borrowed(&select.field)))
    }

    fn context(&self, name: &str) -> Result<Value<'a>> {
        let value = self.scope.context.get(name);
        value.map_or_else(|| fail(format!("there is no `context.{name}`")), |value| Ok(Value::from(value)))
    }

    fn step(&self, step: &str, field: &str) -> Result<Value<'a>> {
        let steps = self.scope.steps;
        let value = match field {
            "output" => steps.output(step),
            "outcome" => steps.outcome(step),
            _ => return fail(format!("a step has `output` and `outcome`, not `{field}`")),
        };
        value.map_or_else(|| fail(format!("step `{step}` is not settled")), |value| Ok(Value::from(value)))
    }

    fn list(&mut self, list: &'a ListExpr) -> Result<Value<'a>> {
        self.tools.meter.make_places(list.elements.len())?;
        let mut items = Vec::with_capacity(list.elements.len());
        for (index, element) in list.elements.iter().enumerate() {
            let value = self.value(element)?;
            items.extend(if list.optional_indices.contains(&index) { given(value)? } else { Some(value) });
        }
        Ok(Value::list(items))
    }

    fn map(&mut self, map: &'a MapExpr) -> Result<Value<'a>> {
        self.tools.meter.make_places(map.entries.len())?;
        let mut entries = Entries::new();
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else { return fail("not supported") };
            let key = self.value(&entry.key)?;
            let Some(key) = Key::of(&key) else {
                return fail(format!("a key must be a string, an integer or a boolean, not {}", key.kind()));
            };
            let value = self.value(&entry.value)?;
            if entries.contains_key(&key) {
                return fail(format!("the key {} is there twice", part::named(&key.into())));
            }
            entries.extend(if entry.optional { given(value)? } else { Some(value) }.map(|value| (key, value)));
        }
        Ok(Value::map(entries))
    }

    fn call(&mut self, node: &'a IdedExpr, call: &'a CallExpr) -> Result<Value<'a>> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, sides) => self.logical(sides, false),
            (operators::LOGICAL_OR, sides) => self.logical(sides, true),
            (operators::CONDITIONAL, [condition, yes, no]) => {
                let branch = if self.boolean(condition)? { yes } else { no };
                self.value(branch)
            }
            (operators::LOGICAL_NOT, [operand]) => Ok(Value::Bool(!self.boolean(operand)?)),
            (operators::NEGATE, [operand]) => operator::negate(&self.value(operand)?),
            (operators::INDEX, [operand, index]) => self.index(node, operand, index),
            (operators::OPT_INDEX | operators::OPT_SELECT, [operand, index]) => {
                let (operand, index) = (self.value(operand)?, self.value(index)?);
                Ok(Value::Optional(part::found(&operand, &index)?.map(Into::into)))
            }
            (name, [left, right]) if call.target.is_none() && is_operator(name) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                operator::binary(name, &left, &right, &mut self.tools.meter)
            }
            _ => self.named(&Called::new(call)),
        }
    }

    /// `&&` and `||`, as CEL has them: one side alone decides if it can, even if the other has no value.
    fn logical(&mut self, sides: &'a [IdedExpr], decisive: bool) -> Result<Value<'a>> {
        let mut error = None;
        for side in sides {
            match self.boolean(side) {
                Ok(value) if value == decisive => return Ok(Value::Bool(decisive)),
                Ok(_) => {}
                Err(found) if found.is_exhaustion() => return Err(found),
                Err(found) => error = error.or(Some(found)),
            }
        }
        error.map_or_else(|| Ok(Value::Bool(!decisive)), Err)
    }

    fn index(&mut self, node: &'a IdedExpr, operand: &'a IdedExpr, index: &'a IdedExpr) -> Result<Value<'a>> {
        if let Some((step, field)) = path::step_field(node) {
            return self.step(step, field);
        }
        if let Some(name) = path::context_field(node) {
            return self.context(name);
        }
        let (operand, index) = (self.value(operand)?, self.value(index)?);
        part::of(&operand, &index)
    }

    fn named(&mut self, called: &Called<'a>) -> Result<Value<'a>> {
        let name = called.name();
        if let Some(found) = Macro::named(&name).filter(|found| found.style() == called.style()) {
            return comprehend::expand(self, found, called);
        }
        if let ("or" | "orValue", Some(target), [other]) = (&*name, called.target, called.arguments) {
            return self.otherwise(&name, target, other);
        }
        let Some(function) = Function::named(&name) else { return fail(format!("there is no function `{name}`")) };
        let arguments = called.all().map(|node| self.value(node)).collect::<Result<Vec<_>>>()?;
        function.call(&arguments, &mut self.tools)
    }

    /// `a.or(b)` and `a.orValue(b)`: what is not needed is not evaluated.
    fn otherwise(&mut self, name: &str, target: &'a IdedExpr, other: &'a IdedExpr) -> Result<Value<'a>> {
        match self.value(target)? {
            Value::Optional(Some(value)) if name == "orValue" => Ok((*value).clone()),
            Value::Optional(None) => self.value(other),
            optional @ Value::Optional(_) => Ok(optional),
            other => fail(format!("`{name}` is an optional's, and this is {}", other.kind())),
        }
    }
}

/// Whether a call is an operator's.
pub(crate) fn is_operator(name: &str) -> bool {
    name == operators::IN || name.starts_with('_') || name.ends_with('_')
}

/// The value of a literal.
pub(crate) fn literal_value(literal: &LiteralValue) -> Value<'_> {
    match literal {
        LiteralValue::Null => Value::Null,
        LiteralValue::Boolean(bool) => Value::Bool(*bool.inner()),
        LiteralValue::Int(number) => Value::Int(*number.inner()),
        LiteralValue::UInt(number) => Value::Uint(*number.inner()),
        LiteralValue::Double(number) => Value::Double(*number.inner()),
        LiteralValue::String(text) => Value::String(Shared::Borrowed(text.inner())),
        LiteralValue::Bytes(bytes) => Value::Bytes(Shared::Borrowed(bytes.inner())),
    }
}

/// The value of an optional, for an element or an entry that may be left out.
fn given(value: Value<'_>) -> Result<Option<Value<'_>>> {
    match value {
        Value::Optional(value) => Ok(value.map(|value| (*value).clone())),
        other => fail(format!("an optional is needed behind `?`, not {}", other.kind())),
    }
}
