//! A block of a text as tokens, with the questions that the finders ask. It knows nothing of what is looked for.

use std::ops::Range;

use crate::output::Place;
use crate::token::{self, Gap, Kind, Token};

/// No block is longer than this, so that memory stays small whatever the text: a token takes eight times the byte it stands for.
pub const MAX_BLOCK: usize = 32 * 1024;

/// The blocks of a text: what stands between blank lines, cut further where that is longer than [`MAX_BLOCK`].
pub fn blocks(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        (start < text.len()).then(|| {
            let block = start..start + block_length(&text[start..]);
            start = block.end;
            block
        })
    })
}

fn block_length(rest: &str) -> usize {
    let window = &rest[..rest.floor_char_boundary(MAX_BLOCK)];
    let breaks = window.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
    let blank = breaks.into_iter().find_map(|at| {
        let next = &window[at..];
        ["\n", "\r\n"].iter().find(|end| next.starts_with(**end)).map(|end| at + end.len())
    });
    if let Some(length) = blank {
        return length;
    }
    if window.len() == rest.len() {
        return rest.len();
    }
    let cut = window.rfind('\n').or_else(|| window.rfind(char::is_whitespace));
    cut.map_or(window.len(), |at| rest.ceil_char_boundary(at + 1))
}

/// The places where the lines of a text begin.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// The lines of a text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1).collect();
        Self { text, starts }
    }

    /// A part of the text with its position.
    #[must_use]
    pub fn place(&self, part: Range<usize>) -> Place {
        let text = self.text[part.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        let line = self.starts.partition_point(|start| *start <= part.start) + 1;
        Place { text, start: part.start, end: part.end, line }
    }
}

/// A block as tokens.
#[derive(Debug)]
pub struct Scan<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    lower: Vec<String>,
}

impl<'a> Scan<'a> {
    /// Scans a part of a text. Positions are those in the whole text.
    #[must_use]
    pub fn new(text: &'a str, part: Range<usize>) -> Self {
        let tokens = token::tokens(text, part);
        let lower = tokens.iter().map(|token| lower(text, token)).collect();
        Self { text, tokens, lower }
    }

    /// The number of tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there is no token at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// A token as it is written; empty beyond the end.
    #[must_use]
    pub fn raw(&self, index: usize) -> &'a str {
        self.tokens.get(index).map_or("", |token| &self.text[token.start..token.end])
    }

    /// A word in lower case; empty when the token is no word or beyond the end.
    #[must_use]
    pub fn word(&self, index: usize) -> &str {
        self.lower.get(index).map_or("", String::as_str)
    }

    /// A number as it is written; empty when the token is none or beyond the end.
    #[must_use]
    pub fn number(&self, index: usize) -> &'a str {
        if self.kind(index) == Some(Kind::Number) { self.raw(index) } else { "" }
    }

    /// What a token is made of.
    #[must_use]
    pub fn kind(&self, index: usize) -> Option<Kind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// What stands before a token; a break beyond the end.
    #[must_use]
    pub fn gap(&self, index: usize) -> Gap {
        self.tokens.get(index).map_or(Gap::Break, |token| token.gap)
    }

    /// Whether a token is written like this and follows the one before without white space.
    #[must_use]
    pub fn glued(&self, index: usize, raw: &str) -> bool {
        self.gap(index) == Gap::None && self.raw(index) == raw
    }

    /// Whether a word or number follows the token before without white space.
    #[must_use]
    pub fn glued_on(&self, index: usize) -> bool {
        self.gap(index) == Gap::None && self.kind(index) != Some(Kind::Symbol)
    }

    /// Whether a token is a word that begins with a capital.
    #[must_use]
    pub fn capitalised(&self, index: usize) -> bool {
        self.kind(index) == Some(Kind::Word) && self.raw(index).starts_with(char::is_uppercase)
    }

    /// The part of the text from one token up to (not with) another.
    #[must_use]
    pub fn part(&self, tokens: Range<usize>) -> Range<usize> {
        match (self.tokens.get(tokens.start), self.tokens.get(tokens.end.wrapping_sub(1))) {
            (Some(first), Some(last)) => first.start..last.end.max(first.start),
            _ => self.text.len()..self.text.len(),
        }
    }

    /// The first token that starts at a position or after it.
    #[must_use]
    pub fn at(&self, position: usize) -> usize {
        self.tokens.partition_point(|token| token.start < position)
    }

    /// Whether the words from a token on are these, on one line.
    #[must_use]
    pub fn words(&self, index: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(step, word)| self.word(index + step) == *word && (step == 0 || self.gap(index + step) != Gap::Break))
    }
}

fn lower(text: &str, token: &Token) -> String {
    match token.kind {
        Kind::Word => text[token.start..token.end].to_lowercase(),
        Kind::Number | Kind::Symbol => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_at_blank_lines_and_lose_nothing() {
        let text = "one\ntwo\n\nthree\r\n\r\nfour";
        let found: Vec<_> = blocks(text).map(|block| &text[block]).collect();
        assert_eq!(found, ["one\ntwo\n\n", "three\r\n\r\n", "four"]);
    }

    #[test]
    fn a_block_is_cut_at_white_space_and_between_characters() {
        let words = "wörd ".repeat(20_000);
        assert!(blocks(&words).all(|block| block.len() <= MAX_BLOCK && words[block].ends_with(' ')));
        let solid = "ö".repeat(50_000);
        assert_eq!(blocks(&solid).map(|block| block.len()).sum::<usize>(), solid.len());
    }

    #[test]
    fn a_place_has_its_line() {
        let text = "a\nbc\n\nd  e";
        let place = Lines::new(text).place(6..10);
        assert_eq!((place.line, place.text.as_str()), (4, "d e"));
        assert_eq!(Lines::new(text).place(2..4).line, 2);
    }
}
