//! Expressions: CEL over JSON. The parser is the `cel` crate's; evaluation is ours, because a workflow's author is not
//! trusted with the host's time and memory: every node visited and every byte made is paid from a fixed allowance.
//! It does not know steps, plans or files.
//!
//! The language is CEL's with JSON's values: null, booleans, integers of 64 bits, doubles, strings, lists and maps with
//! string keys. Integers and doubles may be mixed, and then count as doubles. There are no bytes, durations, timestamps
//! or types. The functions are listed in [`function`], the macros are `has`, `all`, `exists`, `exists_one`, `map` and
//! `filter`.

use std::sync::Arc;

use cel::IdedExpr;
use cel::common::ast::SourceInfo;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::Position;

mod compile;
mod evaluate;
mod function;
mod guard;
mod lookalike;
mod macros;
mod meter;
mod names;
mod operator;
mod path;
mod scope;
mod template;

pub(crate) use compile::CompileError;
pub(crate) use evaluate::{is_operator, literal_value};
pub(crate) use function::{FUNCTIONS, MACROS};
pub(crate) use names::names;
pub(crate) use path::{Root, Segment, path, selection};
pub(crate) use scope::{Scope, StepOutputs};
pub(crate) use template::{Piece, Template, TemplateError, evaluate};

/// A compiled expression.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub(crate) struct Expression {
    text: String,
    at: Position,
    parsed: Arc<Parsed>,
}

/// The parser's tree.
struct Parsed {
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
#[error("{message}")]
pub(crate) struct EvaluationError {
    pub(crate) message: String,
}

impl Expression {
    /// Compiles a text which stands at that place.
    ///
    /// # Errors
    ///
    /// If it is no expression, or beyond the limits.
    pub(crate) fn compile(text: &str, at: Position) -> Result<Expression, CompileError> {
        let (root, info) = compile::compile(text)?;
        Ok(Expression { text: text.to_owned(), at, parsed: Arc::new(Parsed { root, info }) })
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
        evaluate::evaluate(&self.parsed.root, scope)
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
mod tests;
