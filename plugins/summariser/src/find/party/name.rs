//! What a name is made of.

use std::ops::Range;

use crate::scan::Scan;
use crate::token::Gap;

/// Small words inside names.
const PARTICLES: &[&str] = &[
    "af", "al", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "ibn", "la", "le", "ten",
    "ter", "van", "von", "zu",
];

/// Words, sorted, that are part of no person's name though they may be capitalised.
const NO_NAMES: &[&str] = &[
    "a",
    "account",
    "act",
    "address",
    "an",
    "and",
    "annual",
    "april",
    "article",
    "articles",
    "as",
    "at",
    "august",
    "authority",
    "avenue",
    "bank",
    "beneficial",
    "board",
    "branch",
    "business",
    "by",
    "capital",
    "certificate",
    "chair",
    "chairman",
    "chairwoman",
    "city",
    "companies",
    "company",
    "country",
    "court",
    "customer",
    "date",
    "december",
    "declaration",
    "deputy",
    "director",
    "directors",
    "document",
    "dr",
    "email",
    "executive",
    "expiry",
    "february",
    "federal",
    "floor",
    "for",
    "foreign",
    "general",
    "group",
    "he",
    "holder",
    "house",
    "i",
    "if",
    "in",
    "international",
    "it",
    "its",
    "january",
    "july",
    "june",
    "law",
    "limited",
    "manager",
    "managing",
    "march",
    "may",
    "member",
    "members",
    "ministry",
    "miss",
    "mr",
    "mrs",
    "ms",
    "national",
    "nationality",
    "no",
    "none",
    "not",
    "notary",
    "november",
    "number",
    "october",
    "of",
    "office",
    "officer",
    "on",
    "ordinary",
    "owner",
    "page",
    "partner",
    "passport",
    "place",
    "president",
    "prof",
    "public",
    "register",
    "registered",
    "registrar",
    "registry",
    "republic",
    "road",
    "schedule",
    "secretary",
    "section",
    "september",
    "shareholder",
    "shareholders",
    "shares",
    "she",
    "sole",
    "state",
    "statement",
    "street",
    "supervisory",
    "the",
    "there",
    "they",
    "this",
    "to",
    "trustee",
    "type",
    "united",
    "we",
    "with",
    "witness",
    "yes",
];

/// A person's name has at most so many words.
pub(super) const MOST_WORDS: usize = 6;

/// The person's name that begins at a token: two words or more, or one after a title.
pub(super) fn person(scan: &Scan<'_>, at: usize, fewest: usize) -> Option<Range<usize>> {
    let mut end = at;
    let mut words = 0;
    while end < scan.len() && words < MOST_WORDS && (end == at || scan.gap(end) != Gap::Break) {
        match step(scan, end) {
            Some(next) => {
                words += usize::from(scan.capitalised(end));
                end = next;
            }
            None => break,
        }
    }
    (words >= fewest).then_some(at..end)
}

/// The token after one part of a name: a word, an initial with its point, a hyphened pair, or particles before a word.
fn step(scan: &Scan<'_>, at: usize) -> Option<usize> {
    if is_particle(scan, at) {
        let next = (at..).find(|at| !is_particle(scan, *at))?;
        return (scan.gap(next) == Gap::Space && is_name_word(scan, next)).then_some(next);
    }
    if !is_name_word(scan, at) {
        return None;
    }
    let initial = scan.raw(at).chars().count() == 1 && scan.glued(at + 1, ".");
    let hyphen =
        matches!(scan.raw(at + 1), "-" | "‑") && scan.gap(at + 1) == Gap::None && scan.gap(at + 2) == Gap::None;
    Some(at + 1 + usize::from(initial || (hyphen && scan.capitalised(at + 2))))
}

fn is_particle(scan: &Scan<'_>, at: usize) -> bool {
    !scan.capitalised(at) && PARTICLES.contains(&scan.word(at))
}

/// Whether a token can be part of a person's name.
pub(super) fn is_name_word(scan: &Scan<'_>, at: usize) -> bool {
    scan.capitalised(at) && NO_NAMES.binary_search(&scan.word(at)).is_err()
}

/// A name with single spaces, and with only the first letters large if it was written in capitals.
pub(super) fn value(scan: &Scan<'_>, tokens: Range<usize>) -> String {
    let raw = &scan.text()[scan.part(tokens)];
    raw.split_whitespace().map(calm).collect::<Vec<_>>().join(" ")
}

/// `VON HOLM-BERG` becomes `Von Holm-Berg`; `Holm` and `J.` stay as they are.
pub(super) fn calm(word: &str) -> String {
    let shouted = word.chars().filter(|c| c.is_alphabetic()).count() > 1 && !word.contains(char::is_lowercase);
    if !shouted {
        return word.to_owned();
    }
    let mut inside = false;
    word.chars()
        .flat_map(|c| {
            let lower = inside;
            inside = c.is_alphabetic();
            if lower { c.to_lowercase().collect::<Vec<_>>() } else { vec![c] }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_are_sorted_because_they_are_searched_so() {
        assert!(super::NO_NAMES.is_sorted());
    }
}
