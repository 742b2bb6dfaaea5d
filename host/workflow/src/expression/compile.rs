//! From text to tree, with errors that say where. It does not evaluate.

use cel::Env;
use cel::common::ast::{Expr, IdedExpr, SourceInfo};
use cel::parser::ParseErrors;

use super::{Limits, Parsed, guard};

/// A text that is no expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CompileError {
    /// What is wrong.
    pub(crate) message: String,
    /// The character at which it is wrong, from 0.
    pub(crate) offset: usize,
    /// How many characters are wrong.
    pub(crate) length: usize,
    /// What would be right.
    pub(crate) hint: Option<String>,
}

impl CompileError {
    fn new(message: impl Into<String>, offset: usize) -> CompileError {
        CompileError { message: message.into(), offset, length: 1, hint: None }
    }

    /// The same error in a text that begins earlier.
    pub(crate) fn moved(mut self, by: usize) -> CompileError {
        self.offset += by;
        self
    }
}

/// Parses a text.
///
/// # Errors
///
/// If it is no expression, uses what we leave out, or is beyond the limits.
pub(crate) fn compile(text: &str, limits: &Limits) -> Result<Parsed, CompileError> {
    guard::check(text, limits)?;
    if text.trim().is_empty() {
        return Err(CompileError::new("the expression is empty", 0));
    }
    let parser = Env::default().parser().enable_ident_escape_syntax(true);
    let parsed = parser.parse_with_source_info(text);
    let (root, info) = parsed.map_err(|errors| first_error(text, &errors))?;
    guard::check_depth(&root, limits)?;
    refuse_foreign(&root, &info)?;
    Ok(Parsed { root, info })
}

/// The first of the parser's errors, in our words.
fn first_error(text: &str, errors: &ParseErrors) -> CompileError {
    let Some(error) = errors.errors.first() else {
        return CompileError::new("this is not an expression", 0);
    };
    let end = text.chars().count();
    let offset = offset_of(text, error.pos).min(end.saturating_sub(1));
    let found = error.msg.split(" expecting ").next().unwrap_or_default();
    let ends = found.contains("<EOF>") || (found.contains("no viable") && offset + 1 >= end);
    let message = match token_at(text, offset) {
        _ if !error.msg.contains("input") && !error.msg.contains("recognition") => error.msg.clone(),
        Some(token) if !ends => format!("`{token}` is not expected here"),
        _ => "the expression ends too early".to_owned(),
    };
    CompileError::new(message, offset)
}

/// The word or the sign at an offset.
fn token_at(text: &str, offset: usize) -> Option<String> {
    let first = text.chars().nth(offset)?;
    let is_word = |c: &char| c.is_alphanumeric() || *c == '_';
    let word: String = text.chars().skip(offset).take_while(is_word).collect();
    Some(if word.is_empty() { first.to_string() } else { word })
}

/// The offset of a line and column.
fn offset_of(text: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line).unwrap_or(1).max(1);
    let before: usize = text.split_inclusive('\n').take(line - 1).map(|line| line.chars().count()).sum();
    before + usize::try_from(column - 1).unwrap_or(0)
}

/// Refuses messages: a host whose values are JSON has none.
fn refuse_foreign(node: &IdedExpr, info: &SourceInfo) -> Result<(), CompileError> {
    let refuse = |what: &str, hint: Option<&str>| {
        let offset = info.offset_for(node.id).map_or(0, |(start, _)| start as usize);
        let error = CompileError::new(format!("{what} are not supported"), offset);
        Err(CompileError { hint: hint.map(str::to_owned), ..error })
    };
    match &node.expr {
        Expr::Struct(_) => refuse("messages", Some("write a map: `{'name': …}`")),
        Expr::Unspecified | Expr::Comprehension(_) => refuse("such expressions", None),
        _ => children(node).into_iter().try_for_each(|child| refuse_foreign(child, info)),
    }
}

/// The nodes directly below a node.
pub(crate) fn children(node: &IdedExpr) -> Vec<&IdedExpr> {
    match &node.expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(|entry| entry_children(&entry.expr)).collect(),
        Expr::Select(select) => vec![&select.operand],
        _ => Vec::new(),
    }
}

fn entry_children(entry: &cel::common::ast::EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        cel::common::ast::EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
        cel::common::ast::EntryExpr::StructField(field) => vec![&field.value],
    }
}
