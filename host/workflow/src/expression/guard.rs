//! Limits on an expression's text, checked before the parser sees it: the parser recurses, and the evaluator after it.
//! It does not know grammar, only brackets, quotes and operators.

use super::CompileError;

/// The longest expression, in bytes. Longer logic belongs into a tool, where it can be tested.
pub(crate) const MAX_LENGTH: usize = 4096;

/// How deep brackets may nest. Each level costs the parser a dozen frames; people stop reading at five.
pub(crate) const MAX_BRACKETS: usize = 24;

/// How many operators, dots and commas there may be: a chain of them becomes a tree as deep as the chain is long.
pub(crate) const MAX_OPERATORS: usize = 256;

/// Checks a text against the limits.
///
/// # Errors
///
/// Names the limit and where it was passed.
pub(crate) fn check(text: &str) -> Result<(), CompileError> {
    if text.len() > MAX_LENGTH {
        return Err(beyond(0, format!("the expression is longer than {MAX_LENGTH} bytes")));
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
        if depth > MAX_BRACKETS {
            return Err(beyond(offset, format!("brackets nest deeper than {MAX_BRACKETS} levels")));
        }
        if operators > MAX_OPERATORS {
            return Err(beyond(offset, format!("the expression has more than {MAX_OPERATORS} operators")));
        }
    }
    Ok(())
}

fn is_operator(character: char) -> bool {
    !character.is_alphanumeric() && !character.is_whitespace() && character != '_'
}

fn beyond(offset: usize, message: String) -> CompileError {
    CompileError { message, offset, length: 1, hint: Some("split it into several, or let a tool do it".to_owned()) }
}

/// The characters that stand in no string literal, each with its offset.
pub(crate) fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote: Option<char> = None;
    let mut escaped = false;
    text.chars().enumerate().filter(move |(_, character)| match quote {
        Some(open) => {
            if escaped {
                escaped = false;
            } else if *character == '\\' {
                escaped = true;
            } else if *character == open {
                quote = None;
            }
            false
        }
        None => {
            if matches!(character, '"' | '\'') {
                quote = Some(*character);
            }
            quote.is_none()
        }
    })
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
