//! What of a text stands in no string literal and no comment, as the parser reads it. It does not know grammar.

/// The characters that stand in no literal, each with its offset in characters.
pub(crate) fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let characters: Vec<char> = text.chars().collect();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let character = *characters.get(at)?;
            match character {
                '"' | '\'' | '`' => at = end_of_literal(&characters, at),
                '/' if characters.get(at + 1) == Some(&'/') => {
                    at += characters[at..].iter().take_while(|c| **c != '\n').count();
                }
                other => {
                    at += 1;
                    return Some((at - 1, other));
                }
            }
        }
    })
}

/// The offset behind a literal that begins at a quote; the end of the text if it has no end.
fn end_of_literal(characters: &[char], start: usize) -> usize {
    let quote = characters[start];
    let is_triple = quote != '`' && characters[start..].starts_with(&[quote; 3]);
    let length = if is_triple { 3 } else { 1 };
    let is_raw = quote == '`' || is_raw(characters, start);
    let mut at = start + length;
    while at < characters.len() {
        match characters[at] {
            '\\' if !is_raw => at += 2,
            character if character == quote && characters[at..].starts_with(&[quote; 3][..length]) => {
                return at + length;
            }
            '\n' | '\r' if !is_triple => return at, // it has no end: the parser goes on behind the quote
            _ => at += 1,
        }
    }
    characters.len()
}

/// Whether `r` stands before a quote, with `b` or without, and is no word's end.
fn is_raw(characters: &[char], start: usize) -> bool {
    let word = characters[..start].iter().rev().take_while(|c| c.is_alphanumeric() || **c == '_').count();
    let prefix = &characters[start - word..start];
    prefix.iter().any(|c| matches!(c, 'r' | 'R')) && prefix.iter().all(|c| matches!(c, 'r' | 'R' | 'b' | 'B'))
}
