//! Names behind a label at the start of a line: `Director: Ida Holm`, and `Surname: HOLM` with `Given names: IDA`.

use std::ops::Range;

use super::super::{Named, name};
use crate::scan::Scan;
use crate::token::Gap;

/// Words of a label that announce a person.
const LABELS: &[&str] = &[
    "accountant",
    "applicant",
    "attorney",
    "beneficiary",
    "by",
    "chair",
    "chairman",
    "chairwoman",
    "contact",
    "controller",
    "customer",
    "director",
    "holder",
    "manager",
    "name",
    "notary",
    "occupier",
    "officer",
    "owner",
    "partner",
    "person",
    "president",
    "registrar",
    "representative",
    "resident",
    "secretary",
    "settlor",
    "shareholder",
    "signatory",
    "taxpayer",
    "tenant",
    "trustee",
    "witness",
];
/// Labels with one of these words announce something else.
const OTHERS: &[&str] = &[
    "company", "date", "place", "number", "no", "address", "trading", "trade", "brand", "document", "file", "street",
    "former",
];

/// A label has at most so many tokens. The surname and the given names stand at most so many tokens apart.
const LABEL: usize = 8;
const APART: usize = 24;

/// The persons behind labels.
pub(super) fn find(scan: &Scan<'_>) -> Vec<Named> {
    let mut found = Vec::new();
    let mut surname: Option<Range<usize>> = None;
    for label in labels(scan) {
        let Some(name) = value(scan, &label, fewest(scan, &label)) else { continue };
        if is_surname(scan, &label) {
            surname = Some(name);
        } else if is_given(scan, &label) {
            let family = surname.take().filter(|family| name.start - family.end <= APART);
            found.extend(family.map(|family| joined(scan, &name, &family)));
        } else {
            found.push(ordered(scan, name));
        }
    }
    found
}

/// The ranges from the start of a line to its colon, if the words announce a person.
fn labels(scan: &Scan<'_>) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..scan.len()).filter(|at| scan.gap(*at) == Gap::Break);
    starts.filter_map(|start| {
        let colon =
            (start + 1..start + LABEL).take_while(|at| scan.gap(*at) != Gap::Break).find(|at| scan.raw(*at) == ":")?;
        let label = start..colon;
        let any = |words: &[&str]| label.clone().any(|at| words.contains(&scan.word(at)));
        let announces = is_surname(scan, &label) || is_given(scan, &label) || any(LABELS);
        (announces && !any(OTHERS)).then_some(label)
    })
}

fn is_surname(scan: &Scan<'_>, label: &Range<usize>) -> bool {
    label
        .clone()
        .any(|at| matches!(scan.word(at), "surname" | "nachname" | "nom") || scan.words(at, &["family", "name"]))
}

fn is_given(scan: &Scan<'_>, label: &Range<usize>) -> bool {
    label.clone().any(|at| {
        matches!(scan.word(at), "given" | "forename" | "forenames" | "vornamen" | "vorname" | "prénoms")
            || scan.words(at, &["first", "name"])
    })
}

fn fewest(scan: &Scan<'_>, label: &Range<usize>) -> usize {
    if is_surname(scan, label) || is_given(scan, label) { 1 } else { 2 }
}

/// The name behind a label's colon, on the same line.
fn value(scan: &Scan<'_>, label: &Range<usize>, fewest: usize) -> Option<Range<usize>> {
    let start = super::after_titles(scan, label.end + 1);
    if scan.gap(start) == Gap::Break {
        return None;
    }
    turned(scan, start).or_else(|| name::person(scan, start, fewest))
}

/// `VON HOLM, Ida Marie`: a surname in capitals, a comma, given names.
fn turned(scan: &Scan<'_>, start: usize) -> Option<Range<usize>> {
    let family = name::person(scan, start, 1).filter(|family| family.clone().all(|at| is_capitals(scan.raw(at))))?;
    let comma = scan.glued(family.end, ",") && scan.gap(family.end + 1) == Gap::Space;
    let given = if comma { name::person(scan, family.end + 1, 1) } else { None }?;
    Some(start..given.end)
}

fn is_capitals(raw: &str) -> bool {
    !raw.contains(char::is_lowercase)
}

fn joined(scan: &Scan<'_>, given: &Range<usize>, family: &Range<usize>) -> Named {
    let value = format!("{} {}", name::value(scan, given.clone()), name::value(scan, family.clone()));
    (value, family.start..given.end)
}

/// A name with the given names first.
fn ordered(scan: &Scan<'_>, name: Range<usize>) -> Named {
    let value = match name.clone().find(|at| scan.raw(*at) == ",") {
        Some(comma) => {
            format!("{} {}", name::value(scan, comma + 1..name.end), name::value(scan, name.start..comma))
        }
        None => name::value(scan, name.clone()),
    };
    (value, name)
}
