//! The sentences of a text, and where they stand. Items of a list and headings are sentences of their own. It does not know
//! what they say.

use std::ops::Range;

/// The sentences of a text, each as its part of the text, in bytes.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    paragraphs(text).into_iter().flat_map(|paragraph| split(text, paragraph)).collect()
}

/// Parts between blank lines; an item of a list begins one too.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let (mut at, mut open) = (0, false);
    for line in text.split_inclusive('\n') {
        let part = at..at + line.len();
        at = part.end;
        match parts.last_mut() {
            _ if line.trim().is_empty() => open = false,
            Some(last) if open && !is_item(line) => last.end = part.end,
            _ => {
                parts.push(part);
                open = true;
            }
        }
    }
    parts
}

/// Whether a line begins with a bullet or a label such as `(a)`, `2.` or `3.4`.
fn is_item(line: &str) -> bool {
    let Some(first) = line.split_whitespace().next() else { return false };
    let label = first.trim_matches(['(', ')', '.']);
    let is_number = label.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()));
    let is_letter = first.starts_with('(') && first.ends_with(')') && label.chars().count() <= 4;
    matches!(first, "-" | "*" | "•") || is_letter || is_number && first.ends_with(['.', ')'])
}

/// Cuts a paragraph behind each full stop that ends a sentence.
fn split(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = part.start;
    let inside = text.get(part.clone()).unwrap_or_default();
    for (place, mark) in inside.match_indices(['.', ';', '!', '?']) {
        let end = part.start + place + mark.len();
        if ends(text.get(start..end).unwrap_or_default(), text.get(end..part.end).unwrap_or_default()) {
            push(text, start..end, &mut sentences);
            start = end;
        }
    }
    push(text, start..part.end, &mut sentences);
    sentences
}

/// Whether a sentence ends between these: a space follows, and what stands before is no label, initial or abbreviation.
fn ends(before: &str, after: &str) -> bool {
    let last = before.split_whitespace().last().unwrap_or_default().trim_start_matches(['(', '"', '“']);
    let word = last.trim_end_matches(['.', ';', '!', '?']);
    let is_label = before.split_whitespace().count() == 1;
    let is_short =
        last.ends_with('.') && (word.chars().count() == 1 || word.contains('.') || ABBREVIATIONS.contains(&word));
    after.starts_with(char::is_whitespace) && !is_label && !is_short
}

/// Words that a full stop shortens.
const ABBREVIATIONS: &[&str] = &["Inc", "Ltd", "Co", "Corp", "No", "Art", "Sec", "etc", "vs", "cf"];

fn push(text: &str, part: Range<usize>, sentences: &mut Vec<Range<usize>>) {
    let sentence = text.get(part.clone()).unwrap_or_default();
    let start = part.start + (sentence.len() - sentence.trim_start().len());
    let end = start + sentence.trim().len();
    if sentence.chars().any(char::is_alphabetic) {
        sentences.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|part| &text[part]).collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = "1. Grant. Acme Inc. grants e.g. a licence;\n   it ends. Then\nmore!\n\n2.1 Term\n(a) one year\n- or two\n---\n";
        let expect = [
            "1. Grant.",
            "Acme Inc. grants e.g. a licence;",
            "it ends.",
            "Then\nmore!",
            "2.1 Term",
            "(a) one year",
            "- or two\n---",
        ];
        assert_eq!(cut(text), expect);
    }

    #[test]
    fn any_text_is_cut_in_order_and_at_letters() {
        for text in ["", ".", "ä.ö; ü", "\u{feff}x", "a.\u{2003}b", "(a) (b). c", "9.9.9 . . ."] {
            let parts = sentences(text);
            assert!(parts.windows(2).all(|two| two[0].end <= two[1].start), "{text}");
            assert!(parts.iter().all(|part| text.get(part.clone()).is_some()), "{text}");
        }
    }
}
