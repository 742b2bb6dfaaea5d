//! Cuts a text into words, numbers and symbols. It knows nothing of what they mean.

use std::ops::Range;

/// What a token is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Letters, with the apostrophes and combining marks among them.
    Word,
    /// The digits 0 to 9.
    Number,
    /// One character of anything else but white space.
    Symbol,
}

/// What stands between a token and the one before it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Gap {
    /// Nothing.
    None,
    /// White space, perhaps with the line break of a wrapped line.
    Space,
    /// A line break that ends a line on purpose.
    Break,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is made of.
    pub kind: Kind,
    /// What stands before it.
    pub gap: Gap,
    /// Where it starts in the text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// A line of at least this many bytes may have been broken because it was full; a shorter one was ended on purpose.
pub const WRAPPED_LINE: usize = 56;

/// The tokens of a part of a text.
#[must_use]
pub fn tokens(text: &str, part: Range<usize>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = part.start;
    let mut line_start = part.start;
    let mut gap = Gap::Break;
    while let Some(first) = text[at..part.end].chars().next() {
        if first.is_whitespace() {
            gap = widen(gap, first, at - line_start);
            at += first.len_utf8();
            if first == '\n' {
                line_start = at;
            }
            continue;
        }
        let (kind, length) = measure(&text[at..part.end], first);
        tokens.push(Token { kind, gap, start: at, end: at + length });
        at += length;
        gap = Gap::None;
    }
    tokens
}

fn widen(gap: Gap, space: char, line_length: usize) -> Gap {
    match gap {
        Gap::Break => Gap::Break,
        _ if space == '\n' && line_length < WRAPPED_LINE => Gap::Break,
        // The second of two line breaks follows an empty line: its length is 0, so it is a break.
        _ => Gap::Space,
    }
}

fn measure(rest: &str, first: char) -> (Kind, usize) {
    if first.is_ascii_digit() {
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        (Kind::Number, length)
    } else if first.is_alphabetic() {
        (Kind::Word, word_length(rest))
    } else {
        (Kind::Symbol, first.len_utf8())
    }
}

fn word_length(rest: &str) -> usize {
    let mut length = 0;
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        let inside = c.is_alphabetic()
            || ('\u{300}'..='\u{36f}').contains(&c)
            || (matches!(c, '\'' | '’') && chars.peek().is_some_and(|next| next.is_alphabetic()));
        if !inside {
            break;
        }
        length += c.len_utf8();
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<_> = tokens(text, 0..text.len()).iter().map(|t| &text[t.start..t.end]).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn cuts_words_numbers_and_symbols() {
        check("O'Neil owes EUR1,250.", &["O'Neil", "owes", "EUR", "1", ",", "250", "."]);
        check("Zoë’s café – n°7", &["Zoë’s", "café", "–", "n", "°", "7"]);
        check("  \n ", &[]);
    }

    #[test]
    fn tells_a_wrapped_line_from_an_ended_one() {
        let long = "a ".repeat(40);
        let gaps = |text: &str| tokens(text, 0..text.len()).last().map(|t| t.gap);
        assert_eq!(gaps(&format!("{long}\nend")), Some(Gap::Space));
        assert_eq!(gaps("Name: Ada\nend"), Some(Gap::Break));
        assert_eq!(gaps(&format!("{long}\n\nend")), Some(Gap::Break));
    }
}
