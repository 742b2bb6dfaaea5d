//! Data with expressions inside: the `input` of a step, the `output` of a workflow. It does not know where it is used.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::quotes::outside_quotes;
use super::{CompileError, Expression, Scope, lookalike};
use crate::depth::deeper_than;
use crate::problem::Position;
use crate::source::MAX_DEPTH;

/// Data with expressions inside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Template {
    /// Data without expressions.
    Literal(Value),
    /// One expression; its value keeps its type.
    Expression(Expression),
    /// A text with expressions in it.
    Text(Vec<Piece>),
    /// A list with expressions in it.
    List(Vec<Template>),
    /// A map with expressions in it.
    Object(BTreeMap<String, Template>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Piece {
    /// As it is.
    Text(String),
    /// Evaluated.
    Expression(Expression),
}

/// A template that has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TemplateError {
    /// The expression to blame; empty if none is.
    pub(crate) expression: String,
    /// Where it stands.
    pub(crate) at: Position,
    /// What happened.
    pub(crate) message: String,
}

/// What opens an expression.
pub(crate) const OPEN: &str = "${{";

/// What closes one.
pub(crate) const CLOSE: &str = "}}";

/// The key under which a stored plan keeps an expression. No mapping of a workflow can have it.
const MARKER: &str = "${{}}";

impl Template {
    /// Parses a text; `locate` says where its n-th character stands.
    ///
    /// # Errors
    ///
    /// The expressions that do not compile, with offsets in the text.
    pub(crate) fn parse(text: &str, locate: &dyn Fn(usize) -> Position) -> Result<Template, CompileError> {
        if !text.contains(OPEN) {
            lookalike::refuse(text)?;
            return Ok(Template::Literal(text.into()));
        }
        let mut pieces = pieces(text, locate)?;
        let blank = |piece: &Piece| matches!(piece, Piece::Text(text) if text.trim().is_empty());
        if pieces.iter().filter(|piece| !blank(piece)).count() == 1 {
            pieces.retain(|piece| !blank(piece));
        }
        match <[Piece; 1]>::try_from(pieces) {
            Ok([Piece::Expression(expression)]) => Ok(Template::Expression(expression)),
            Ok([piece]) => Ok(Template::Text(vec![piece])),
            Err(pieces) => Ok(Template::Text(pieces)),
        }
    }

    /// A list; data alone if its parts are.
    pub(crate) fn list(items: Vec<Template>) -> Template {
        let literals: Option<Vec<Value>> = items.iter().map(Template::literal).collect();
        literals.map_or(Template::List(items), |items| Template::Literal(items.into()))
    }

    /// A map; data alone if its parts are.
    pub(crate) fn object(entries: BTreeMap<String, Template>) -> Template {
        let literals: Option<Map<String, Value>> =
            entries.iter().map(|(key, template)| Some((key.clone(), template.literal()?))).collect();
        literals.map_or(Template::Object(entries), |entries| Template::Literal(entries.into()))
    }

    fn literal(&self) -> Option<Value> {
        match self {
            Template::Literal(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// Calls a function with every expression.
    pub(crate) fn visit<'t>(&'t self, visit: &mut dyn FnMut(&'t Expression)) {
        match self {
            Template::Literal(_) => {}
            Template::Expression(expression) => visit(expression),
            Template::Text(pieces) => pieces.iter().for_each(|piece| match piece {
                Piece::Text(_) => {}
                Piece::Expression(expression) => visit(expression),
            }),
            Template::List(items) => items.iter().for_each(|item| item.visit(visit)),
            Template::Object(entries) => entries.values().for_each(|entry| entry.visit(visit)),
        }
    }

    /// Calls a function with every expression, to change it.
    pub(crate) fn visit_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        match self {
            Template::Literal(_) => {}
            Template::Expression(expression) => visit(expression),
            Template::Text(pieces) => pieces.iter_mut().for_each(|piece| match piece {
                Piece::Text(_) => {}
                Piece::Expression(expression) => visit(expression),
            }),
            Template::List(items) => items.iter_mut().for_each(|item| item.visit_mut(visit)),
            Template::Object(entries) => entries.values_mut().for_each(|entry| entry.visit_mut(visit)),
        }
    }

    /// The value in a scope.
    ///
    /// # Errors
    ///
    /// If an expression has none, or all of it nests too deep.
    pub(crate) fn render(&self, scope: &Scope<'_>) -> Result<Value, TemplateError> {
        let value = self.fill(scope)?;
        if deeper_than(&value, MAX_DEPTH) {
            let message = format!("the value nests deeper than {MAX_DEPTH} levels");
            return Err(TemplateError { expression: String::new(), at: Position::default(), message });
        }
        Ok(value)
    }

    fn fill(&self, scope: &Scope<'_>) -> Result<Value, TemplateError> {
        match self {
            Template::Literal(value) => Ok(value.clone()),
            Template::Expression(expression) => evaluate(expression, scope),
            Template::Text(pieces) => {
                let texts = pieces.iter().map(|piece| piece.text(scope)).collect::<Result<Vec<_>, _>>()?;
                Ok(texts.concat().into())
            }
            Template::List(items) => items.iter().map(|item| item.fill(scope)).collect(),
            Template::Object(entries) => {
                let filled = entries.iter().map(|(key, entry)| Ok((key.clone(), entry.fill(scope)?)));
                filled.collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
        }
    }
}

impl Piece {
    /// The text it stands for: a text as it is, nothing for null, JSON for anything else.
    fn text(&self, scope: &Scope<'_>) -> Result<String, TemplateError> {
        match self {
            Piece::Text(text) => Ok(text.clone()),
            Piece::Expression(expression) => Ok(match evaluate(expression, scope)? {
                Value::String(text) => text,
                Value::Null => String::new(),
                other => other.to_string(),
            }),
        }
    }
}

/// Evaluates an expression, and says which one it was if that fails.
pub(crate) fn evaluate(expression: &Expression, scope: &Scope<'_>) -> Result<Value, TemplateError> {
    expression.evaluate(scope).map_err(|error| TemplateError {
        expression: expression.text().to_owned(),
        at: expression.at(),
        message: error.to_string(),
    })
}

/// Splits a text at its expressions.
fn pieces(text: &str, locate: &dyn Fn(usize) -> Position) -> Result<Vec<Piece>, CompileError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut offset = 0;
    while let Some(open) = rest.find(OPEN) {
        let (before, after) = rest.split_at(open);
        offset += before.chars().count();
        if !before.is_empty() {
            lookalike::refuse(before).map_err(|error| error.moved(offset - before.chars().count()))?;
            pieces.push(Piece::Text(before.to_owned()));
        }
        let body = &after[OPEN.len()..];
        let end = end_of(body).ok_or_else(|| unclosed(offset))?;
        let inner = &body[..end];
        let trimmed = inner.trim();
        let begin = offset + OPEN.len() + (inner.chars().count() - inner.trim_start().chars().count());
        let compiled = Expression::compile(trimmed, locate(begin));
        pieces.push(Piece::Expression(compiled.map_err(|error| error.moved(begin))?));
        offset += OPEN.len() + inner.chars().count() + CLOSE.len();
        rest = &body[end + CLOSE.len()..];
    }
    if !rest.is_empty() {
        lookalike::refuse(rest).map_err(|error| error.moved(offset))?;
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// Where an expression's text ends: at the first `}}` outside quotes and inner braces.
fn end_of(body: &str) -> Option<usize> {
    let starts: Vec<usize> = body.char_indices().map(|(byte, _)| byte).collect();
    let mut depth = 0usize;
    for (index, character) in outside_quotes(body) {
        let byte = *starts.get(index)?;
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' if body[byte..].starts_with(CLOSE) => return Some(byte),
            _ => {}
        }
    }
    None
}

fn unclosed(offset: usize) -> CompileError {
    let hint = Some("close the expression with `}}`".to_owned());
    CompileError { message: "the expression has no end".to_owned(), offset, length: OPEN.len(), hint }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Template::Literal(value) => value.serialize(serializer),
            Template::Expression(expression) => json!({ MARKER: expression }).serialize(serializer),
            Template::Text(pieces) => json!({ MARKER: pieces }).serialize(serializer),
            Template::List(items) => items.serialize(serializer),
            Template::Object(entries) => entries.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        stored(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Reads a stored template.
fn stored(value: Value) -> Result<Template, serde_json::Error> {
    match value {
        Value::Object(mut entries) => match entries.swap_remove(MARKER) {
            Some(pieces @ Value::Array(_)) => serde_json::from_value(pieces).map(Template::Text),
            Some(expression) => serde_json::from_value(expression).map(Template::Expression),
            None => {
                let entries = entries.into_iter().map(|(key, entry)| Ok((key, stored(entry)?)));
                entries.collect::<Result<_, serde_json::Error>>().map(Template::object)
            }
        },
        Value::Array(items) => items.into_iter().map(stored).collect::<Result<_, _>>().map(Template::list),
        literal => Ok(Template::Literal(literal)),
    }
}
