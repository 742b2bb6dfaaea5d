//! Expressions: CEL over JSON, behind a trait. The parser is the `cel` crate's; evaluation is ours, because a workflow's
//! author is not trusted with the host's time and memory: every node visited and every byte made is paid from a fixed
//! allowance. It does not know steps, plans or files.
//!
//! The language is CEL's without messages: its values and functions, those of its extensions and its macros. JSON goes in
//! and JSON comes out, so a whole number is an integer and any other a double; beside a double an integer counts as one.
//! `README.md` of this crate says how much of CEL's conformance suite passes, and what is refused.

use std::sync::Arc;

use cel::IdedExpr;
use cel::common::ast::SourceInfo;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::Position;

mod compare;
mod compile;
mod comprehend;
mod constant;
mod convert;
mod duration;
mod encode;
mod evaluate;
mod format;
mod function;
mod guard;
mod json;
mod key;
mod language;
mod limits;
mod list;
mod lookalike;
mod macros;
mod math;
mod meter;
mod names;
mod operator;
mod optional;
mod part;
mod path;
mod pattern;
mod quotes;
mod scope;
mod template;
mod text;
mod time;
mod value;

pub(crate) use compile::CompileError;
pub(crate) use evaluate::is_operator;
pub(crate) use function::Function;
pub(crate) use json::literal_json;
pub(crate) use language::{Cel, Language};
pub(crate) use limits::{LIMITS, Limits};
pub(crate) use macros::{Bound, Called, Kind, Macro};
pub(crate) use names::{names, never_json};
pub(crate) use path::{Root, Segment, path, selection};
pub(crate) use scope::{NoSteps, Scope, StepOutputs};
pub(crate) use template::{Piece, Template, TemplateError, evaluate};

/// A compiled expression.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub(crate) struct Expression {
    text: String,
    at: Position,
    parsed: Arc<Parsed>,
}

/// A parsed text.
pub(crate) struct Parsed {
    root: IdedExpr,
    info: SourceInfo,
}

/// An expression as a plan stores it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    cel: String,
    #[serde(default, skip_serializing_if = "Position::is_nowhere")]
    at: Position,
}

/// An evaluation that gave no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EvaluationError {
    /// There is none: a key is missing, kinds don't fit, a number is too large.
    #[error("{0}")]
    NoValue(String),
    /// A function does not take arguments of these kinds; its caller says which.
    #[error("the function does not take this")]
    NoOverload,
    /// The allowance of work is used up.
    #[error("the expression costs too much: it makes or visits too many values; let a tool do it")]
    TooMuchWork,
    /// The allowance of memory is used up.
    #[error("the expression makes too much: more than {} MiB of new values; let a tool do it", LIMITS.made >> 20)]
    TooMuchMade,
}

impl EvaluationError {
    /// Whether an allowance is used up, so that nothing can go on.
    pub(crate) fn is_exhaustion(&self) -> bool {
        matches!(self, EvaluationError::TooMuchWork | EvaluationError::TooMuchMade)
    }
}

impl Expression {
    /// Compiles a text which stands at that place.
    ///
    /// # Errors
    ///
    /// If it is no expression, or beyond the limits.
    pub(crate) fn compile(text: &str, at: Position) -> Result<Expression, CompileError> {
        let parsed = Arc::new(Cel.parse(text, &LIMITS)?);
        Ok(Expression { text: text.to_owned(), at, parsed })
    }

    /// The text, without what surrounds it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where it stands.
    pub(crate) fn at(&self) -> Position {
        self.at
    }

    /// Forgets where it stands.
    pub(crate) fn forget_place(&mut self) {
        self.at = Position::default();
    }

    /// The tree.
    pub(crate) fn root(&self) -> &IdedExpr {
        &self.parsed.root
    }

    /// The stretch of the text that stands for a node of the tree, in characters: its word, as far as it has one.
    pub(crate) fn extent(&self, id: u64) -> (usize, usize) {
        let start = self.parsed.info.offset_for(id).map_or(0, |(start, _)| start as usize);
        guard::word_at(&self.text, start)
    }

    /// The value in this scope.
    ///
    /// # Errors
    ///
    /// If there is none: a key is missing, kinds don't fit, the allowance is used up.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, EvaluationError> {
        Cel.evaluate(&self.parsed, scope, &LIMITS)
    }
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Expression({:?} at {})", self.text, self.at)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.at == other.at
    }
}

impl TryFrom<Written> for Expression {
    type Error = CompileError;

    fn try_from(written: Written) -> Result<Self, CompileError> {
        Expression::compile(&written.cel, written.at)
    }
}

impl From<Expression> for Written {
    fn from(expression: Expression) -> Written {
        Written { cel: expression.text, at: expression.at }
    }
}

#[cfg(test)]
mod bombs;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
