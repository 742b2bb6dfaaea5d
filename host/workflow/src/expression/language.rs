//! What a language of expressions does for a workflow, and CEL as the one there is. It does not know how.

use serde_json::Value;

use super::evaluate::Evaluator;
use super::{CompileError, EvaluationError, Limits, Parsed, Scope, compile, json};

/// A language of expressions.
pub(crate) trait Language {
    /// What a text is parsed into.
    type Tree;

    /// Parses a text, in time and memory that the limits bound.
    ///
    /// # Errors
    ///
    /// If it is no expression, or beyond the limits.
    fn parse(&self, text: &str, limits: &Limits) -> Result<Self::Tree, CompileError>;

    /// The value in a scope, at a cost that the limits bound. It depends on nothing else: no clock, no chance.
    ///
    /// # Errors
    ///
    /// If there is none, or it costs too much.
    fn evaluate(&self, tree: &Self::Tree, scope: &Scope<'_>, limits: &Limits) -> Result<Value, EvaluationError>;
}

/// CEL.
pub(crate) struct Cel;

impl Language for Cel {
    type Tree = Parsed;

    fn parse(&self, text: &str, limits: &Limits) -> Result<Parsed, CompileError> {
        compile::compile(text, limits)
    }

    fn evaluate(&self, tree: &Parsed, scope: &Scope<'_>, limits: &Limits) -> Result<Value, EvaluationError> {
        let mut evaluator = Evaluator::new(*scope, limits);
        let value = evaluator.value(&tree.root)?;
        json::result(&value, &mut evaluator.tools.meter)
    }
}
