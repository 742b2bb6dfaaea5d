//! Cuts running text into sentences at the full stops that end one.

use std::ops::Range;

/// Words before a full stop that never end a sentence.
const NEVER_LAST: &[&str] = &[
    "abs", "adv", "al", "approx", "apr", "arch", "art", "arts", "aug", "ave", "bzw", "ca", "capt", "cf", "cl", "col",
    "dec", "dept", "dir", "dott", "dr", "ed", "eds", "e.g", "ext", "feb", "fig", "fr", "gen", "gov", "hon", "i.e",
    "ing", "jan", "jul", "jun", "lt", "ltda", "m", "max", "messrs", "min", "mlle", "mme", "mr", "mrs", "ms", "mt",
    "no", "nos", "nov", "nr", "nrs", "oct", "op", "p", "pag", "para", "paras", "ph.d", "pp", "prof", "ref", "reg",
    "rep", "rev", "sec", "sen", "sep", "sept", "sr", "sra", "st", "str", "tel", "u.a", "v", "vgl", "vol", "vs", "z.b",
];

/// Abbreviations that end a sentence only when the next word looks like the first of one.
const SOMETIMES_LAST: &[&str] = &[
    "a.m", "a.s", "b.v", "bros", "co", "corp", "d.c", "etc", "inc", "jr", "ltd", "n.v", "p.m", "pte", "pty", "s.a",
    "s.l", "s.p.a", "s.r.l", "u.k", "u.s", "u.s.a",
];

/// Words that often begin a sentence and seldom go on with a name.
const STARTERS: &[&str] = &[
    "A", "After", "All", "An", "Any", "As", "At", "Before", "Both", "But", "By", "Das", "Der", "Die", "Each", "Every",
    "For", "From", "He", "However", "I", "If", "Il", "In", "It", "Its", "La", "Le", "Les", "No", "On", "Our", "She",
    "Since", "That", "The", "Their", "There", "These", "They", "This", "Those", "To", "Under", "We", "When", "While",
    "With", "You",
];

/// No sentence is longer than this; what goes on is cut at white space, so that a text without full stops does no harm.
const LONGEST: usize = 1_500;

/// The sentences of a run of text.
pub(super) fn split(text: &str, run: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = run.start;
    let mut chars = text[run.clone()].char_indices().map(|(at, c)| (run.start + at, c)).peekable();
    while let Some((at, c)) = chars.next() {
        if !matches!(c, '.' | '!' | '?' | '…' | '。') {
            continue;
        }
        let mut end = at + c.len_utf8();
        while let Some((next_at, next)) = chars.next_if(|(_, next)| is_tail(*next)) {
            end = next_at + next.len_utf8();
        }
        if ends(c, &text[start..at], &text[end..run.end]) {
            push(text, start..end, &mut parts);
            start = end;
        }
    }
    push(text, start..run.end, &mut parts);
    parts
}

/// What may follow the mark that ends a sentence and still belongs to it.
fn is_tail(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | ')' | ']' | '"' | '”' | '’' | '»')
}

fn ends(mark: char, before: &str, after: &str) -> bool {
    let next = after.trim_start();
    if next.is_empty() || mark == '。' {
        return true;
    }
    let spaced = after.starts_with(char::is_whitespace);
    let begins = next.starts_with(|c: char| !c.is_lowercase() && !matches!(c, ',' | ';' | ':' | ')'));
    if !spaced || !begins {
        return false;
    }
    mark != '.' || !is_abbreviation(last_word(before), first_word(next))
}

fn is_abbreviation(word: &str, next: &str) -> bool {
    let lower = word.to_lowercase();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() == 1);
    let ordinal = !word.is_empty() && word.len() <= 2 && word.bytes().all(|b| b.is_ascii_digit()) && is_month(next);
    if NEVER_LAST.contains(&lower.as_str()) || ordinal {
        return true;
    }
    let may_end = SOMETIMES_LAST.contains(&lower.as_str()) || initial || dotted;
    may_end && !STARTERS.contains(&next)
}

/// `14. März`: after a day the point is part of the date.
fn is_month(word: &str) -> bool {
    crate::find::month::month(&word.to_lowercase()).is_some()
}

fn last_word(before: &str) -> &str {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.trim_start_matches(|c: char| !c.is_alphanumeric())
}

fn first_word(after: &str) -> &str {
    let word = after.trim_start_matches(|c: char| !c.is_alphanumeric());
    word.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

fn push(text: &str, mut part: Range<usize>, parts: &mut Vec<Range<usize>>) {
    while part.len() > LONGEST {
        let head = &text[part.start..text.floor_char_boundary(part.start + LONGEST)];
        let cut = part.start + head.rfind(char::is_whitespace).filter(|cut| *cut > 0).unwrap_or(head.len());
        push(text, part.start..cut, parts);
        part.start = cut;
    }
    let raw = &text[part.clone()];
    if raw.contains(char::is_alphanumeric) {
        let start = part.start + (raw.len() - raw.trim_start().len());
        parts.push(start..part.start + raw.trim_end().len());
    }
}
