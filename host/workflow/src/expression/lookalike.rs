//! Texts that look like an expression and are none: `{{ input.name }}`, `${ input.name }`. Who writes one means an
//! expression, and would find the text itself in a letter. It does not know what a path leads to.

use super::template::{CLOSE, OPEN};
use super::{CompileError, Expression, Root, path};
use crate::problem::Position;

/// The longest path that is looked for, in bytes.
const LONGEST: usize = 256;

/// What a path can begin with.
const ROOTS: &[&str] = &["input", "data", "steps", "item", "index", "output"];

/// Refuses a text without expressions that has something in it which looks like one.
///
/// # Errors
///
/// The first of them, with its place in the text.
pub(super) fn refuse(text: &str) -> Result<(), CompileError> {
    for (at, _) in text.match_indices('{') {
        let (before, after) = text.split_at(at);
        let (start, open, close) = match (after.starts_with("{{"), before.ends_with('$')) {
            (true, _) => (at, "{{", CLOSE),
            (false, true) => (at - 1, "${", "}"),
            (false, false) => continue,
        };
        let body = &text[start + open.len()..];
        let near = &body[..body.floor_char_boundary(LONGEST)]; // so that many braces cost no more than few
        if let Some(inner) = near.find(close).map(|end| &near[..end]).filter(|inner| is_path(inner)) {
            return Err(mistaken(&text[..start], inner, &format!("{open}{inner}{close}")));
        }
    }
    Ok(())
}

/// Whether a text spells a path to something that an expression sees.
fn is_path(text: &str) -> bool {
    let text = text.trim();
    let begins = |root: &&str| text.strip_prefix(*root).is_some_and(|rest| !rest.starts_with(is_word));
    if !ROOTS.iter().any(begins) {
        return false;
    }
    let Ok(expression) = Expression::compile(text, Position::default()) else { return false };
    path(expression.root()).is_some_and(|path| match path.root {
        Root::Variable(name) => ROOTS.contains(&name),
        Root::Output(_) | Root::Outcome(_) | Root::Context(_) => true,
    })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn mistaken(before: &str, inner: &str, written: &str) -> CompileError {
    CompileError {
        message: format!("`{written}` is a text, not an expression"),
        offset: before.chars().count(),
        length: written.chars().count(),
        hint: Some(format!("write `{OPEN} {} {CLOSE}`", inner.trim())),
    }
}
