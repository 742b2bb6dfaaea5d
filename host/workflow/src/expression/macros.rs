//! The macros, as loops: `has`, `all`, `exists`, `exists_one`, `map`, `filter`. It does not know functions.

use std::borrow::Cow;

use cel::common::ast::{Expr, IdedExpr};
use serde_json::Value;

use super::evaluate::{Evaluator, Result, fail, kind};
use super::path::{Segment, selection};

/// Evaluates a call of a macro.
pub(crate) fn expand<'a>(
    evaluator: &mut Evaluator<'a>,
    name: &str,
    target: Option<&'a IdedExpr>,
    arguments: &'a [IdedExpr],
) -> Result<Cow<'a, Value>> {
    if let ("has", None, [node]) = (name, target, arguments) {
        return has(evaluator, node);
    }
    let (Some(list), Some((variable, arguments))) = (target, arguments.split_first()) else {
        return fail(format!("`{name}` is not called like this"));
    };
    let Expr::Ident(variable) = &variable.expr else {
        return fail(format!("`{name}` needs a variable's name first"));
    };
    let list = evaluator.value(list)?;
    let mut each = Loop { evaluator, variable };
    let result = match (name, arguments) {
        ("all", [body]) => each.count(list, body, Some(false)).map(|(_, stopped)| (!stopped).into()),
        ("exists", [body]) => each.count(list, body, Some(true)).map(|(_, stopped)| stopped.into()),
        ("exists_one", [body]) => each.count(list, body, None).map(|(count, _)| (count == 1).into()),
        ("filter", [body]) => each.collect(list, Some(body), None),
        ("map", [body]) => each.collect(list, None, Some(body)),
        ("map", [condition, body]) => each.collect(list, Some(condition), Some(body)),
        _ => fail(format!("`{name}` is not called like this")),
    };
    result.map(Cow::Owned)
}

/// Whether a key is there. A null has none: the output of a step that was skipped has no fields.
fn has<'a>(evaluator: &mut Evaluator<'a>, node: &'a IdedExpr) -> Result<Cow<'a, Value>> {
    let Some((operand, Segment::Key(key))) = selection(node) else {
        return fail("`has` needs a field: `has(input.name)`");
    };
    if super::path::step_field(node).is_some() {
        return Ok(Cow::Owned((!evaluator.value(node)?.is_null()).into()));
    }
    match evaluator.value(operand)?.as_ref() {
        Value::Object(entries) => Ok(Cow::Owned(entries.contains_key(key).into())),
        Value::Null => Ok(Cow::Owned(false.into())),
        other => fail(format!("{} has no keys", kind(other))),
    }
}

/// A loop over a list, or over the keys of a map, with one variable.
struct Loop<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    variable: &'a str,
}

impl<'a> Loop<'_, 'a> {
    /// Counts the items for which the body is true; stops at the first for which it is `stop_at`.
    /// An item without a value counts only if nothing stops the loop, as CEL has it.
    fn count(&mut self, list: Cow<'a, Value>, body: &'a IdedExpr, stop_at: Option<bool>) -> Result<(u64, bool)> {
        let (mut count, mut error) = (0, None);
        for item in items(list)? {
            match self.with(item, |evaluator| evaluator.boolean(body)) {
                Ok(value) if Some(value) == stop_at => return Ok((count, true)),
                Ok(value) => count += u64::from(value),
                Err(found) => error = error.or(Some(found)),
            }
            self.evaluator.meter.pay(1)?;
        }
        error.map_or(Ok((count, false)), Err)
    }

    /// Collects the items for which the condition is true, each as the body makes it.
    fn collect(
        &mut self,
        list: Cow<'a, Value>,
        condition: Option<&'a IdedExpr>,
        body: Option<&'a IdedExpr>,
    ) -> Result<Value> {
        let mut collected = Vec::new();
        for item in items(list)? {
            let made = self.with(item.clone(), |evaluator| {
                if let Some(condition) = condition
                    && !evaluator.boolean(condition)?
                {
                    return Ok(None);
                }
                let value = match body {
                    Some(body) => evaluator.value(body)?,
                    None => item,
                };
                evaluator.own(value).map(Some)
            })?;
            collected.extend(made);
        }
        Ok(collected.into())
    }

    /// Does something while the variable is bound to an item.
    fn with<T>(&mut self, item: Cow<'a, Value>, work: impl FnOnce(&mut Evaluator<'a>) -> Result<T>) -> Result<T> {
        self.evaluator.meter.pay(1)?;
        if let Cow::Owned(item) = &item {
            self.evaluator.meter.copy(item)?;
        }
        self.evaluator.locals.push((self.variable, item));
        let result = work(self.evaluator);
        self.evaluator.locals.pop();
        result
    }
}

/// The items of a list, or the keys of a map.
fn items<'a>(list: Cow<'a, Value>) -> Result<Vec<Cow<'a, Value>>> {
    match list {
        Cow::Borrowed(Value::Array(items)) => Ok(items.iter().map(Cow::Borrowed).collect()),
        Cow::Owned(Value::Array(items)) => Ok(items.into_iter().map(Cow::Owned).collect()),
        Cow::Borrowed(Value::Object(entries)) => {
            Ok(entries.keys().map(|key| Cow::Owned(key.as_str().into())).collect())
        }
        Cow::Owned(Value::Object(entries)) => Ok(entries.into_iter().map(|(key, _)| Cow::Owned(key.into())).collect()),
        other => fail(format!("a list or a map is needed here, not {}", kind(&other))),
    }
}
