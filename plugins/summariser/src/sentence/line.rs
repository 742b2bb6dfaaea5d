//! Tells what a line is: a heading, a labelled field, an item of a list, or running text.

use std::ops::Range;

use crate::token::WRAPPED_LINE;

/// A heading has no more words than this, a label no more than [`LABEL_WORDS`].
const HEADING_WORDS: usize = 12;
const LABEL_WORDS: usize = 7;
/// A field's value has no more words than this: beyond, it is a sentence after a colon.
const VALUE_WORDS: usize = 14;

/// What a line is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum LineKind {
    Heading,
    Field,
    Item,
    Text,
}

/// A line without its white space and without the marker of its list.
#[derive(Debug)]
pub(super) struct Line<'a> {
    text: &'a str,
    marked: bool,
    /// Where it stands in the whole text.
    pub(super) part: Range<usize>,
    /// Whether it goes on with the line before, which was broken because it was full.
    pub(super) continues: bool,
}

/// The lines of a block that have a letter or a digit.
pub(super) fn lines(text: &str, block: Range<usize>) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut start = block.start;
    let mut before = 0;
    for raw in text[block].split_inclusive('\n') {
        let trimmed = raw.trim();
        if trimmed.contains(char::is_alphanumeric) {
            let marker = marker(trimmed);
            let from = start + (raw.len() - raw.trim_start().len()) + marker;
            lines.push(Line {
                text: &trimmed[marker..],
                marked: marker > 0,
                part: from..start + raw.trim_end().len(),
                continues: before >= WRAPPED_LINE,
            });
        }
        before = trimmed.len();
        start += raw.len();
    }
    lines
}

impl Line<'_> {
    /// What the line is, in a block of so many lines.
    pub(super) fn kind(&self, block_lines: usize) -> LineKind {
        if self.is_heading(block_lines) {
            LineKind::Heading
        } else if self.is_field() {
            LineKind::Field
        } else if self.marked {
            LineKind::Item
        } else {
            LineKind::Text
        }
    }

    fn is_heading(&self, block_lines: usize) -> bool {
        let open = !self.text.ends_with(['.', '!', '?', ';', ':', ',', '…', '”', '"']);
        let short = self.text.split_whitespace().count() <= HEADING_WORDS;
        let shouted = !self.text.contains(char::is_lowercase);
        let alone = block_lines == 1;
        self.text.starts_with('#') || (open && short && !self.is_field() && (shouted || alone) && !self.continues)
    }

    fn is_field(&self) -> bool {
        let row = self.text.contains(['|', '\t']) || self.text.contains("   ");
        row || self.text.split_once(':').is_some_and(|(label, value)| {
            label.split_whitespace().count() <= LABEL_WORDS
                && label.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                && value.starts_with(char::is_whitespace)
                && value.split_whitespace().count() <= VALUE_WORDS
        })
    }
}

/// The length of the marker before an item, its white space included: `- `, `• `, `(a) `, `iv) `, `3. `, `12.4 `.
fn marker(line: &str) -> usize {
    let Some((head, rest)) = line.split_once(char::is_whitespace) else { return 0 };
    let bullet = matches!(head, "-" | "*" | "•" | "–" | "—" | "·" | "▪" | "o");
    let inner = head.trim_start_matches('(').trim_end_matches(['.', ')']);
    let closed = inner.len() < head.len() || inner.contains('.');
    if bullet || (closed && is_numbered(inner)) || (head.ends_with(')') && is_lettered(inner)) {
        line.len() - rest.trim_start().len()
    } else {
        0
    }
}

/// `3`, `12.4`, but no year: `2025.` ends a sentence.
fn is_numbered(inner: &str) -> bool {
    let parts = inner.split('.').all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    parts && inner.len() <= 8
}

/// `a`, or a small Roman number.
fn is_lettered(inner: &str) -> bool {
    match inner.len() {
        1 => inner.bytes().all(|byte| byte.is_ascii_lowercase()),
        2..=4 => inner.bytes().all(|byte| b"ivx".contains(&byte)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_told_from_text() {
        for (line, expect) in [
            ("- one", 2),
            ("(a) one", 4),
            ("iv) one", 4),
            ("12.4  one", 6),
            ("3. one", 3),
            ("2025. All is paid.", 0),
            ("14 March 2024", 0),
            ("Mr. Holm", 0),
            ("word", 0),
        ] {
            assert_eq!(marker(line), expect, "{line}");
        }
    }
}
