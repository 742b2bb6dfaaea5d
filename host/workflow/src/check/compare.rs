//! Comparisons that can never be true: with a word that is not in a closed set, or between types that have nothing in
//! common. It does not know what the answer is used for.

use cel::common::ast::{CallExpr, Expr, IdedExpr, operators};
use serde_json::Value;

use super::sink::Finding;
use super::world::{DECISIONS, OUTCOMES_IF_WELL};
use crate::expression::{Root, literal_json, path};
use crate::problem::Code;
use crate::schema::{Kinds, Shape};
use crate::suggest;

/// The most values that an error text lists.
const LISTED: usize = 12;

/// The most pairs of values that are compared: a file can have many comparisons.
const MAX_PAIRS: usize = 4_096;

/// One side of a comparison: its node, if it has one of its own, and what is known about its value.
#[derive(Clone, Copy)]
pub(crate) struct Side<'s, 'd> {
    node: Option<&'d IdedExpr>,
    shape: &'s Shape<'d>,
}

/// What is wrong with the comparisons of a call, each with the node to point at. Calls of anything else are fine.
pub(crate) fn faults<'d>(call: &'d CallExpr, shapes: &[Shape<'d>]) -> Vec<(u64, Finding)> {
    let ([left, right], [left_shape, right_shape]) = (&call.args[..], shapes) else { return Vec::new() };
    let left = Side { node: Some(left), shape: left_shape };
    let right = Side { node: Some(right), shape: right_shape };
    match call.func_name.as_str() {
        operators::EQUALS | operators::NOT_EQUALS => never_equal(left, right).into_iter().collect(),
        operators::IN => never_in(left, right),
        _ => Vec::new(),
    }
}

/// A list is searched: every element that is written out must be one that can be found.
fn never_in(needle: Side<'_, '_>, list: Side<'_, '_>) -> Vec<(u64, Finding)> {
    match (list.node.map(|node| &node.expr), list.shape) {
        (Some(Expr::List(written)), Shape::List(shapes)) if written.elements.len() == shapes.len() => {
            let sides = written.elements.iter().zip(shapes).map(|(node, shape)| Side { node: Some(node), shape });
            sides.filter_map(|element| never_equal(needle, element)).collect()
        }
        (_, shape) if shape.kinds() == Kinds::ARRAY => {
            let shape = shape.element();
            never_equal(needle, Side { node: None, shape: &shape }).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Why two sides are never equal, and the node to point at.
fn never_equal(left: Side<'_, '_>, right: Side<'_, '_>) -> Option<(u64, Finding)> {
    let literal = [right, left].into_iter().find(|side| side.literal().is_some());
    let at = literal.and_then(|side| side.node).or(right.node).or(left.node)?.id;
    let (one, other) = (left.kinds(), right.kinds());
    if one.is_empty() || other.is_empty() {
        return None; // a schema that nothing fits says nothing about the comparison
    }
    if one.and(other).is_empty() {
        let message = format!("{} is never equal to {}", described(one), described(other));
        let is_field = [left, right].iter().any(|side| matches!(side.shape, Shape::Schema(_)));
        let is_null = is_field && (one == Kinds::NULL || other == Kinds::NULL);
        let hint = is_null.then(|| "`has(…)` tells whether a field is there".to_owned());
        return Some((at, Finding::new(Code::Mismatch, message, hint)));
    }
    let (ours, theirs) = (left.values()?, right.values()?);
    if ours.len() * theirs.len() > MAX_PAIRS {
        return None;
    }
    if ours.iter().any(|value| theirs.iter().any(|other| same(value, other))) {
        return None;
    }
    Some((at, not_among(left, right, &ours, &theirs)))
}

fn not_among(left: Side<'_, '_>, right: Side<'_, '_>, ours: &[Value], theirs: &[Value]) -> Finding {
    let (word, known) = match (left.literal(), right.literal()) {
        (_, Some(word)) => (word, ours),
        (Some(word), None) => (word, theirs),
        (None, None) => {
            let message =
                format!("these are never equal: one is among {}, the other among {}", list(ours), list(theirs));
            return Finding::new(Code::Mismatch, message, None);
        }
    };
    let near = word.as_str().and_then(|word| suggest::nearest(word, known.iter().filter_map(Value::as_str)));
    let of_answer = || is_answer(left) || is_answer(right);
    let hint = match near {
        Some(name) => Some(format!("did you mean `'{name}'`?")),
        None if of_answer() => Some("with another answer the step fails: ask for its `outcome`".to_owned()),
        None if word == "failed" && (ends_the_run(left) || ends_the_run(right)) => {
            Some("when it fails the run ends: handle that with its `on_failure: { continue: … }`".to_owned())
        }
        None => None,
    };
    Finding::new(Code::Mismatch, format!("`{}` is not among {}", written(&word), list(known)), hint)
}

/// Whether a side is the decision of a person who was asked.
fn is_answer(side: Side<'_, '_>) -> bool {
    matches!(side.shape, Shape::Words(words) if *words == DECISIONS)
}

/// Whether a side is the outcome of a step whose failure ends the run.
fn ends_the_run(side: Side<'_, '_>) -> bool {
    matches!(side.shape, Shape::Words(words) if *words == OUTCOMES_IF_WELL)
}

impl Side<'_, '_> {
    /// The value of a literal.
    fn literal(&self) -> Option<Value> {
        match &self.node?.expr {
            Expr::Literal(literal) => literal_json(literal),
            _ => None,
        }
    }

    /// The types it can have: a number is a number, whole or not.
    fn kinds(&self) -> Kinds {
        let kinds = match self.shape {
            Shape::Value(Value::Null) => Kinds::ALL, // a data file's, which somebody will fill in
            shape => shape.kinds(),
        };
        let kinds = if kinds.and(Kinds::NUMBER).is_empty() { kinds } else { kinds.or(Kinds::NUMBER) };
        if self.is_there() { kinds } else { kinds.or(Kinds::NULL) }
    }

    /// All values it can have, if they are few and known. Data files change: what is in one today is no closed set.
    fn values(&self) -> Option<Vec<Value>> {
        let mut values = match (self.literal(), self.shape) {
            (Some(value), _) => vec![value],
            (None, Shape::Words(words)) => words.iter().map(|word| Value::from(*word)).collect(),
            (None, Shape::Schema(view)) => view.choices()?.into_iter().cloned().collect(),
            (None, _) => return None,
        };
        if !self.is_there() {
            values.push(Value::Null);
        }
        Some(values)
    }

    /// Whether it is null only where its type says so: the output of a step may be null instead, if the step was skipped.
    fn is_there(&self) -> bool {
        let Some(node) = self.node else { return false };
        match &node.expr {
            Expr::Literal(_) | Expr::List(_) | Expr::Map(_) => true,
            Expr::Call(call) if !matches!(call.func_name.as_str(), operators::CONDITIONAL | operators::INDEX) => true,
            _ => path(node).is_some_and(|path| match path.root {
                Root::Outcome(_) => true,
                Root::Variable(name) => matches!(name, "input" | "output" | "index"),
                Root::Output(_) => !path.segments.is_empty(),
                Root::Context(_) => false,
            }),
        }
    }
}

/// Whether two values are equal, as far as a comparison sees it.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(_) | Value::Object(_), Value::Array(_) | Value::Object(_)) => true, // never claimed otherwise
        _ => one == other,
    }
}

/// Types in words, without the null that stands for nothing.
fn described(kinds: Kinds) -> String {
    let without = kinds.without(Kinds::NULL);
    if without.is_empty() { kinds.to_string() } else { without.to_string() }
}

/// A value as an expression has it.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}

fn list(values: &[Value]) -> String {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let shown =
        values.iter().filter(|value| !value.is_null()).take(LISTED + 1).map(|value| format!("`{}`", plain(value)));
    let mut shown: Vec<String> = shown.collect();
    if shown.len() > LISTED {
        shown[LISTED] = "…".to_owned();
    }
    shown.join(", ")
}
