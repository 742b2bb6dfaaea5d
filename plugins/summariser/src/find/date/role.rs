//! Tells from the words around a date what happens on it.

use std::ops::Range;

use crate::output::DateRole;
use crate::scan::Scan;
use crate::token::{Gap, Kind};

/// So many tokens before a date are looked at, and so many after it.
const BEFORE: usize = 16;
const AFTER: usize = 9;
/// A line of at most so many tokens may be the label of the line under it.
const LABEL: usize = 8;

/// Beginnings of words in lower case that tell a role.
const STEMS: &[(&str, DateRole)] = &[
    ("expir", DateRole::Expires),
    ("ablauf", DateRole::Expires),
    ("caduc", DateRole::Expires),
    ("issu", DateRole::Issued),
    ("dated", DateRole::Issued),
    ("délivr", DateRole::Issued),
    ("ausgestellt", DateRole::Issued),
    ("ausstell", DateRole::Issued),
    ("expedi", DateRole::Issued),
    ("birth", DateRole::Born),
    ("born", DateRole::Born),
    ("dob", DateRole::Born),
    ("gebor", DateRole::Born),
    ("geburt", DateRole::Born),
    ("naiss", DateRole::Born),
    ("née", DateRole::Born),
    ("né", DateRole::Born),
    ("nacid", DateRole::Born),
    ("nacim", DateRole::Born),
    ("incorporat", DateRole::Incorporated),
    ("founded", DateRole::Incorporated),
    ("formed", DateRole::Incorporated),
    ("established", DateRole::Incorporated),
    ("gegründet", DateRole::Incorporated),
    ("gründung", DateRole::Incorporated),
    ("constitu", DateRole::Incorporated),
    ("sign", DateRole::Signed),
    ("executed", DateRole::Signed),
    ("unterzeichn", DateRole::Signed),
    ("firmado", DateRole::Signed),
];

/// The role of the date of these tokens. Only the tokens of `free` belong to it: beyond stand other dates.
pub(super) fn role(scan: &Scan<'_>, date: &Range<usize>, free: Range<usize>) -> Option<DateRole> {
    let from = date.start.saturating_sub(BEFORE).max(free.start);
    before(scan, from, date.start).or_else(|| {
        let to = (date.end + AFTER).min(free.end);
        after(scan, date.end, to)
    })
}

/// The role that the nearest word before tells, in the same sentence or in the label above.
fn before(scan: &Scan<'_>, from: usize, date: usize) -> Option<DateRole> {
    if scan.gap(date) == Gap::Break {
        return label_above(scan, from, date);
    }
    for at in (from..date).rev() {
        if ends_sentence(scan, at) {
            return None;
        }
        if let Some(role) = told(scan, at) {
            return Some(role);
        }
        if scan.gap(at) == Gap::Break {
            break;
        }
    }
    label_date(scan, from, date)
}

/// The role that a line tells which is nothing but a label for the line under it.
fn label_above(scan: &Scan<'_>, from: usize, date: usize) -> Option<DateRole> {
    let start = (from..date).rev().find(|at| scan.gap(*at) == Gap::Break)?;
    let is_label = date - start <= LABEL && (start..date).all(|at| scan.kind(at) != Some(Kind::Number));
    if is_label { (start..date).rev().find_map(|at| told(scan, at)) } else { None }
}

/// The role that the nearest word after tells, up to the next mark.
fn after(scan: &Scan<'_>, date: usize, to: usize) -> Option<DateRole> {
    let inside = |at: &usize| scan.gap(*at) != Gap::Break && !matches!(scan.raw(*at), "." | ";" | "," | ")");
    (date..to).take_while(inside).find_map(|at| told(scan, at))
}

/// `Date: 14 March 2024` with no more of a label is the date of issue.
fn label_date(scan: &Scan<'_>, from: usize, date: usize) -> Option<DateRole> {
    let labelled = date >= from + 2 && scan.raw(date - 1) == ":" && scan.word(date - 2) == "date";
    (labelled && scan.gap(date - 2) == Gap::Break).then_some(DateRole::Issued)
}

fn ends_sentence(scan: &Scan<'_>, at: usize) -> bool {
    let stop = matches!(scan.raw(at), "." | ";" | "?" | "!") && scan.gap(at + 1) != Gap::None;
    stop && scan.raw(at.wrapping_sub(1)).len() > 3
}

fn told(scan: &Scan<'_>, at: usize) -> Option<DateRole> {
    let (word, next) = (scan.word(at), scan.word(at + 1));
    match (word, next) {
        ("valid" | "validity" | "gültig" | "válido" | "valable", _) => {
            let until = (at + 1..at + 4).any(|at| {
                matches!(
                    scan.word(at),
                    "until" | "till" | "to" | "through" | "thru" | "bis" | "hasta" | "jusqu'au" | "jusqu’au"
                )
            });
            until.then_some(DateRole::Expires)
        }
        // `issued share capital` and `signatory` are no events.
        ("issued", "share" | "shares" | "capital" | "and") | ("signatory" | "signatories" | "significant", _) => None,
        _ => STEMS.iter().find(|(stem, _)| word.starts_with(stem)).map(|(_, role)| *role),
    }
}
