//! Organisations: a name before a legal form (`Holm & Berg Ltd`), or one that says what it is (`Nordic Bank`).

use super::Named;
use super::name;
use crate::scan::Scan;
use crate::token::{Gap, Kind};

/// Legal forms as they are written: in capitals, or with a capital first, where lower case would be a common word.
/// They are sorted by their first part; of those with the same, the longest comes first.
const FORMS: &[&[&str]] = &[
    &["A", "/", "S"],
    &["AB"],
    &["AG"],
    &["AS"],
    &["ASA"],
    &["ApS"],
    &["B", ".", "V", "."],
    &["BV"],
    &["Corp"],
    &["Corporation"],
    &["FZCO"],
    &["FZE"],
    &["GmbH", "&", "Co", ".", "KG"],
    &["GmbH"],
    &["Inc"],
    &["Incorporated"],
    &["JSC"],
    &["KG"],
    &["KGaA"],
    &["Kft"],
    &["LIMITED"],
    &["LLC"],
    &["LLP"],
    &["LP"],
    &["LTD"],
    &["Limited"],
    &["Ltd"],
    &["N", ".", "V", "."],
    &["NV"],
    &["OOO"],
    &["Oy"],
    &["Oyj"],
    &["OÜ"],
    &["PJSC"],
    &["PLC"],
    &["Private", "Limited"],
    &["Pte", ".", "Ltd"],
    &["Pte", "Ltd"],
    &["Pty", "Ltd"],
    &["S", ".", "à", "r", ".", "l", "."],
    &["S", ".", "p", ".", "A", "."],
    &["S", ".", "r", ".", "l", "."],
    &["S", ".", "A", "."],
    &["SA"],
    &["SARL"],
    &["SAS"],
    &["SE"],
    &["SIA"],
    &["SL"],
    &["Sdn", "Bhd"],
    &["SpA"],
    &["Srl"],
    &["UAB"],
    &["UG"],
    &["d", ".", "o", ".", "o", "."],
    &["plc"],
    &["s", ".", "r", ".", "o", "."],
];

/// Last words of a name that say what it is.
const KINDS: &[&str] = &["Bank", "Foundation", "Stiftung", "Trust", "University", "Anstalt", "Verein"];

/// Words that begin no organisation's name though they are capitalised: they begin a sentence or are a role.
const NO_START: &[&str] = &[
    "a",
    "after",
    "all",
    "also",
    "an",
    "and",
    "any",
    "as",
    "before",
    "both",
    "each",
    "its",
    "later",
    "since",
    "then",
    "therefore",
    "at",
    "between",
    "but",
    "by",
    "certifies",
    "company",
    "companies",
    "customer",
    "director",
    "employer",
    "for",
    "from",
    "hereby",
    "if",
    "in",
    "is",
    "landlord",
    "name",
    "no",
    "of",
    "on",
    "our",
    "owner",
    "parent",
    "shareholder",
    "sole",
    "supplier",
    "tenant",
    "that",
    "the",
    "this",
    "to",
    "trustee",
    "under",
    "when",
    "while",
    "with",
    "your",
    "registered",
];

/// Small words inside a name.
const INSIDE: &[&str] = &[
    "and", "de", "del", "der", "des", "du", "et", "for", "für", "la", "of", "och", "og", "the", "und", "van", "von",
    "y",
];
/// A name has at most so many tokens before its form.
const REACH: usize = 10;

/// The organisations of a block.
pub(super) fn find(scan: &Scan<'_>) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    let mut at = 0;
    while at < scan.len() {
        let taken = found.last().map_or(0, |(_, tokens)| tokens.end);
        let length = form(scan, at).or_else(|| kind(scan, at));
        let start = length.and_then(|_| start(scan, at, taken));
        match (length, start) {
            (Some(length), Some(start)) => {
                let tokens = start..at + length;
                found.push((value(scan, &tokens), tokens.clone()));
                at = tokens.end;
            }
            _ => at += 1,
        }
    }
    found
}

/// The number of tokens of the legal form at a token.
fn form(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let first = scan.raw(at);
    if !scan.capitalised(at) && !matches!(first, "plc" | "d" | "s") {
        return None;
    }
    let known = &FORMS[FORMS.partition_point(|form| form[0] < first)..];
    let fits = |form: &&&[&str]| {
        let parts = form.iter().enumerate().skip(1);
        parts.into_iter().all(|(step, part)| scan.raw(at + step) == *part && scan.gap(at + step) != Gap::Break)
    };
    let end = at + known.iter().take_while(|form| form[0] == first).find(fits)?.len();
    // `USE OF THIS BILL AS PROOF`: among capitals, a short form that is not the last word is a word.
    let shouted = |at: usize| scan.raw(at).len() > 1 && scan.raw(at).chars().all(char::is_uppercase);
    let is_word = shouted(at) && scan.raw(at).len() <= 3 && scan.gap(end) == Gap::Space && shouted(end);
    (!is_word).then_some(end - at)
}

/// `Nordic Bank`, unless the name goes on: `Nordic Bank Holding Ltd`.
fn kind(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let last = scan.capitalised(at) && KINDS.contains(&scan.raw(at)) && !scan.capitalised(at + 1);
    last.then_some(1)
}

/// The token where the name before a form begins, if there is one.
fn start(scan: &Scan<'_>, form: usize, taken: usize) -> Option<usize> {
    let lowest = form.saturating_sub(REACH).max(taken);
    let mut start = form;
    while start > lowest && scan.gap(start) != Gap::Break && is_part(scan, start - 1) {
        start -= 1;
    }
    if scan.gap(start) != Gap::Break && start > taken && is_title(scan, start - 1) {
        // `Mr Holm and Berg Ltd`: the name begins after the `and`.
        start = (start..form).rev().find(|at| scan.word(*at) == "and").unwrap_or(form);
    }
    while start < form && !begins(scan, start) {
        start += 1;
    }
    (start < form).then_some(start)
}

fn is_title(scan: &Scan<'_>, at: usize) -> bool {
    matches!(scan.word(at), "mr" | "mrs" | "ms" | "dr") || (scan.raw(at) == "." && at > 0 && is_title(scan, at - 1))
}

fn is_part(scan: &Scan<'_>, at: usize) -> bool {
    match scan.kind(at) {
        Some(Kind::Word) if is_title(scan, at) => false,
        Some(Kind::Word) => scan.capitalised(at) || INSIDE.contains(&scan.word(at)) || scan.gap(at) == Gap::None,
        Some(Kind::Number) => scan.raw(at).len() <= 4,
        Some(Kind::Symbol) => {
            matches!(scan.raw(at), "&" | "+") || (scan.raw(at) == "-" && scan.gap(at + 1) == Gap::None)
        }
        None => false,
    }
}

fn begins(scan: &Scan<'_>, at: usize) -> bool {
    scan.capitalised(at) && !NO_START.contains(&scan.word(at))
}

/// The name as it is written; nothing is known of how its capitals are meant.
fn value(scan: &Scan<'_>, tokens: &std::ops::Range<usize>) -> String {
    scan.text()[scan.part(tokens.clone())].split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a token begins an organisation's name of two words or more; persons are not looked for in there.
pub(super) fn is_inside(taken: &[std::ops::Range<usize>], tokens: &std::ops::Range<usize>) -> bool {
    taken.iter().any(|name| name.start < tokens.end && tokens.start < name.end)
}

/// Whether a name has a word that belongs to no person.
pub(super) fn is_person_like(scan: &Scan<'_>, tokens: &std::ops::Range<usize>) -> bool {
    tokens.clone().filter(|at| scan.capitalised(*at)).all(|at| name::is_name_word(scan, at))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_forms_are_sorted_because_they_are_searched_so() {
        assert!(super::FORMS.is_sorted_by_key(|form| (form[0], std::cmp::Reverse(form.len()))));
    }
}
