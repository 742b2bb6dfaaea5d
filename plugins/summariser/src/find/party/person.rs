//! Persons: a name after a title, after a label, beside a role, or before `born`.

mod label;

use std::ops::Range;

use super::{Named, name, organisation};
use crate::scan::Scan;
use crate::token::Gap;

const TITLES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "prof",
    "professor",
    "sir",
    "dame",
    "lord",
    "lady",
    "herr",
    "frau",
    "mme",
    "señor",
    "señora",
];

/// Nobody has more titles.
const MOST_TITLES: usize = 4;

/// Words before a name in running text; a comma, `is`, `was` or a title may stand between.
const ROLES: &[&str] = &[
    "accountant",
    "by",
    "chair",
    "chairman",
    "chairwoman",
    "director",
    "holder",
    "manager",
    "notary",
    "officer",
    "owner",
    "partner",
    "president",
    "principal",
    "representative",
    "secretary",
    "settlor",
    "shareholder",
    "signatory",
    "solicitor",
    "tenant",
    "trustee",
    "witness",
    "beneficiary",
    "protector",
    "nominee",
    "attorney",
    "spouse",
    "husband",
    "wife",
];

/// Words after a name, behind a comma or a bracket.
const AFTER: &[&str] = &[
    "born",
    "director",
    "chair",
    "chairman",
    "chairwoman",
    "holder",
    "manager",
    "managing",
    "notary",
    "partner",
    "president",
    "registrar",
    "secretary",
    "shareholder",
    "trustee",
    "geboren",
    "née",
    "nationality",
    "who",
    "aged",
    "finance",
    "branch",
    "relationship",
];

/// The persons of a block, none of them inside the names of organisations.
pub(super) fn find(scan: &Scan<'_>, organisations: &[Range<usize>]) -> Vec<Named> {
    let mut found = label::find(scan);
    found.retain(|(_, tokens)| !organisation::is_inside(organisations, tokens));
    let mut at = 0;
    while at < scan.len() {
        let name = titled(scan, at).or_else(|| beside_role(scan, at)).or_else(|| introduced(scan, at));
        match name.filter(|name| is_free(name, &found, organisations)) {
            Some(name) => {
                at = name.end;
                found.push((name::value(scan, name.clone()), name));
            }
            None => at += 1,
        }
    }
    let companions = companions(scan, &found, organisations);
    found.extend(companions);
    found
}

/// The persons named together with those found: `Ida Holm and Jon Berg`.
fn companions(scan: &Scan<'_>, found: &[Named], organisations: &[Range<usize>]) -> Vec<Named> {
    let beside = found.iter().flat_map(|(_, tokens)| [name_after(scan, tokens), name_before(scan, tokens)]);
    let mut new: Vec<Named> = Vec::new();
    for name in beside.flatten() {
        let free = is_free(&name, found, organisations) && is_free(&name, &new, organisations);
        if free && organisation::is_person_like(scan, &name) {
            new.push((name::value(scan, name.clone()), name));
        }
    }
    new
}

fn name_after(scan: &Scan<'_>, tokens: &Range<usize>) -> Option<Range<usize>> {
    let joined = scan.word(tokens.end) == "and" && scan.gap(tokens.end + 1) == Gap::Space;
    if joined { name::person(scan, tokens.end + 1, 2) } else { None }
}

fn name_before(scan: &Scan<'_>, tokens: &Range<usize>) -> Option<Range<usize>> {
    let and = tokens.start.checked_sub(1).filter(|at| scan.word(*at) == "and")?;
    let reaching = |start| name::person(scan, start, 2).filter(|name| name.end == and);
    (and.saturating_sub(name::MOST_WORDS)..and).find_map(reaching)
}

fn is_free(name: &Range<usize>, found: &[Named], organisations: &[Range<usize>]) -> bool {
    let known = found.iter().any(|(_, tokens)| tokens.start < name.end && name.start < tokens.end);
    !known && !organisation::is_inside(organisations, name)
}

/// `Dr. Ida Holm`: the name without the title.
fn titled(scan: &Scan<'_>, at: usize) -> Option<Range<usize>> {
    let start = after_titles(scan, at);
    if start == at || scan.gap(start) == Gap::Break { None } else { name::person(scan, start, 1) }
}

fn after_titles(scan: &Scan<'_>, mut at: usize) -> usize {
    for _ in 0..MOST_TITLES {
        if !(scan.capitalised(at) && TITLES.contains(&scan.word(at))) {
            break;
        }
        at += 1 + usize::from(scan.glued(at + 1, "."));
    }
    at
}

/// `director Ida Holm`, `signed by Ida Holm`, `The sole director is Ida Holm`.
fn beside_role(scan: &Scan<'_>, at: usize) -> Option<Range<usize>> {
    let name_follows = scan.capitalised(at + 1) || scan.capitalised(at + 2);
    if !name_follows || !ROLES.contains(&scan.word(at)) {
        return None;
    }
    let between = |at: usize| scan.gap(at) != Gap::Break && matches!(scan.raw(at), "," | "is" | "was" | ":" | "–");
    let start = at + 1 + usize::from(between(at + 1));
    if scan.gap(start) == Gap::Break { None } else { name::person(scan, start, 2) }
}

/// `Ida Holm, born ...`, `Ida Holm (director)`.
fn introduced(scan: &Scan<'_>, at: usize) -> Option<Range<usize>> {
    if !scan.capitalised(at) {
        return None;
    }
    let continues = at > 0 && scan.gap(at) != Gap::Break && name::is_name_word(scan, at - 1);
    let name = if continues { None } else { name::person(scan, at, 2) }?;
    let mark = matches!(scan.raw(name.end), "," | "(" | "–") && scan.gap(name.end) != Gap::Break;
    let next = name.end + usize::from(mark);
    let next = next + usize::from(matches!(scan.word(next), "a" | "the" | "its" | "is" | "as" | "was"));
    let told = AFTER.contains(&scan.word(next)) && scan.gap(next) != Gap::Break;
    (told && organisation::is_person_like(scan, &name)).then_some(name)
}
