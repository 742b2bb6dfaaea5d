//! Limits on an expression, checked before and after the parser sees it: the parser recurses, and the evaluator after it.
//! It does not know grammar, only brackets, quotes and operators.

use cel::IdedExpr;

use super::compile::children;
use super::quotes::outside_quotes;
use super::{CompileError, Limits};

/// Checks a text against the limits.
///
/// # Errors
///
/// Names the limit and where it was passed.
pub(crate) fn check(text: &str, limits: &Limits) -> Result<(), CompileError> {
    if text.len() > limits.length {
        return Err(beyond(0, format!("the expression is longer than {} bytes", limits.length)));
    }
    let mut depth = 0usize;
    let mut operators = 0usize;
    for (offset, character) in outside_quotes(text) {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if is_operator(character) => operators += 1,
            _ => {}
        }
        if depth > limits.brackets {
            return Err(beyond(offset, format!("brackets nest deeper than {} levels", limits.brackets)));
        }
        if operators > limits.operators {
            return Err(beyond(offset, format!("the expression has more than {} operators", limits.operators)));
        }
    }
    Ok(())
}

/// Checks a tree against the limit of depth, without recursion.
///
/// # Errors
///
/// Names the limit.
pub(crate) fn check_depth(root: &IdedExpr, limits: &Limits) -> Result<(), CompileError> {
    let mut open = vec![(root, 1usize)];
    while let Some((node, depth)) = open.pop() {
        if depth > limits.depth {
            return Err(beyond(0, format!("the expression nests deeper than {} levels", limits.depth)));
        }
        open.extend(children(node).into_iter().map(|child| (child, depth + 1)));
    }
    Ok(())
}

fn is_operator(character: char) -> bool {
    !character.is_alphanumeric() && !character.is_whitespace() && character != '_'
}

fn beyond(offset: usize, message: String) -> CompileError {
    CompileError { message, offset, length: 1, hint: Some("split it into several, or let a tool do it".to_owned()) }
}

/// The word that a sign at an offset belongs to: the field after a dot, the key in a bracket, the function before its
/// arguments. Otherwise the word that begins there, or the sign itself.
pub(crate) fn word_at(text: &str, offset: usize) -> (usize, usize) {
    let characters: Vec<char> = text.chars().collect();
    let is_word = |index: &usize| characters.get(*index).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    let start = match characters.get(offset) {
        Some('.' | '[') => (offset + 1..characters.len()).find(|index| !characters[*index].is_whitespace()),
        Some('(') => (0..offset).rev().take_while(is_word).last(),
        _ => None,
    };
    let start = start.unwrap_or(offset);
    let mut end = start + (start..characters.len()).take_while(is_word).count();
    if let Some(quote @ ('"' | '\'')) = characters.get(start) {
        end = (start + 1..characters.len()).find(|index| characters[*index] == *quote).map_or(start, |index| index + 1);
    }
    (start, end.max(start + 1))
}
