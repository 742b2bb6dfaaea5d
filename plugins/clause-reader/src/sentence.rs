//! Where sentences begin and end. It does not know what they say.

use std::ops::Range;

/// The sentences of a text, as ranges of bytes. One ends with a full stop or a semicolon before a space, with a colon at the
/// end of a line, and with an empty line: clauses of lists are sentences of their own.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut start) = (Vec::new(), 0);
    for (at, letter) in text.char_indices() {
        let rest = &text[at + letter.len_utf8()..];
        if ends(letter, rest) {
            found.extend(trimmed(text, start..at + letter.len_utf8()));
            start = at + letter.len_utf8();
        }
    }
    found.extend(trimmed(text, start..text.len()));
    found
}

fn ends(letter: char, rest: &str) -> bool {
    match letter {
        '.' | ';' => rest.starts_with(char::is_whitespace),
        ':' => rest.starts_with('\n'),
        '\n' => rest.trim_start_matches([' ', '\t']).starts_with('\n'),
        _ => false,
    }
}

/// The range without space at its ends; nothing if there is nothing else, or only the number of a clause.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let whole = &text[range.clone()];
    let start = range.start + (whole.len() - whole.trim_start().len());
    let sentence = whole.trim();
    let has_word = sentence.split(|letter: char| !letter.is_alphabetic()).any(|word| word.len() > 1);
    has_word.then(|| start..start + sentence.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_of_a_list_are_sentences_of_their_own() {
        let text =
            "1. You may copy it, provided that\nyou meet these:\n\n (a) keep the notice; and\n (b) say so.\n\nEND";
        let found: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(
            found,
            ["You may copy it, provided that\nyou meet these:", "(a) keep the notice;", "and\n (b) say so.", "END"]
        );
    }

    #[test]
    fn nothing_has_no_sentences() {
        assert!(["", "\n\n", "1. 2. ;"].iter().all(|text| sentences(text).is_empty()));
    }
}
