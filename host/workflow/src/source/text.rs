//! The text of a file, and where in it a character of a decoded scalar stands. It does not know YAML's structure.

use super::Node;
use crate::problem::{Position, Span};

/// The characters of a file and where its lines begin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    characters: Vec<char>,
    /// The index of the first character of each line.
    lines: Vec<usize>,
}

impl Text {
    /// Takes a file's text.
    pub(crate) fn new(text: &str) -> Text {
        let characters: Vec<char> = text.chars().collect();
        let after_breaks = characters.iter().enumerate().filter(|(_, c)| **c == '\n').map(|(index, _)| index + 1);
        let lines = std::iter::once(0).chain(after_breaks).collect();
        Text { characters, lines }
    }

    /// The text of a line, counted from 1; empty if there is no such line.
    pub(crate) fn line(&self, line: u32) -> String {
        let Some(start) = (line as usize).checked_sub(1).and_then(|index| self.lines.get(index)) else {
            return String::new();
        };
        self.characters[*start..].iter().take_while(|c| **c != '\n').filter(|c| **c != '\r').collect()
    }

    /// The position of a character.
    pub(crate) fn position(&self, index: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= index).max(1);
        Position { line: saturate(line), column: saturate(index - self.lines[line - 1] + 1) }
    }

    /// The span of some characters, as far as their first line goes.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        let shown = self.characters.iter().skip(start).take(end.saturating_sub(start));
        let length = shown.take_while(|c| **c != '\n').count();
        Span { start: self.position(start), length: saturate(length.max(1)) }
    }

    /// Where a character of a scalar's decoded text stands in the file.
    pub(crate) fn locate(&self, node: &Node, decoded: &str, offset: usize) -> usize {
        self.follow(node.extent, decoded, offset)
    }

    /// The stretch of the file in which a decoded text that begins at a position has its characters from `start` to `end`.
    pub(crate) fn part(&self, at: Position, decoded: &str, (start, end): (usize, usize)) -> Span {
        let Some(line) = (at.line as usize).checked_sub(1).and_then(|index| self.lines.get(index)) else {
            return Span::default();
        };
        let extent = (line + at.column.saturating_sub(1) as usize, self.characters.len());
        let first = self.follow(extent, decoded, start);
        let last = self.follow(extent, decoded, end.saturating_sub(1).max(start));
        self.span(first, last + 1)
    }

    /// Follows the written and the decoded text, and passes over what a scalar's style adds: quotes, escapes,
    /// indentation, folded breaks.
    fn follow(&self, (start, end): (usize, usize), decoded: &str, offset: usize) -> usize {
        let end = end.min(self.characters.len());
        let mut at = start;
        for (index, wanted) in decoded.chars().enumerate() {
            let found = (at..end).find(|place| same(self.characters[*place], wanted));
            let Some(found) = found else { continue }; // written as an escape
            if index == offset {
                return found;
            }
            at = found + 1;
        }
        at.min(end.saturating_sub(1)).max(start)
    }
}

/// Whether a written character can stand for a decoded one.
fn same(written: char, wanted: char) -> bool {
    written == wanted || (written.is_whitespace() && wanted.is_whitespace())
}

/// As much of a number as fits.
fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
