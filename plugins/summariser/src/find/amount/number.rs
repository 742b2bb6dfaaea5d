//! Reads a number with its separators, whichever way round they are, and the word that multiplies it.

use crate::scan::Scan;
use crate::token::Gap;

/// Longer numbers are no amounts, and their groups are not read to the end.
const MAX_DIGITS: usize = 18;
const MAX_GROUPS: usize = 7;

/// A number as a decimal, multiplied by the word after it if that is one like `million`, and the token after both.
pub(super) fn scaled(scan: &Scan<'_>, at: usize) -> Option<(String, usize)> {
    let (decimal, next) = number(scan, at)?;
    let power = if scan.gap(next) == Gap::Break { None } else { power(scan.word(next)) };
    let Some(power) = power else { return Some((decimal, next)) };
    let dotted =
        scan.glued(next + 1, ".") && scan.word(next).starts_with(['m', 'b']) && scan.gap(next + 2) != Gap::Break;
    Some((shift(&decimal, power), next + 1 + usize::from(dotted)))
}

/// The number that begins at a token, as a decimal, and the token after it.
pub(super) fn number(scan: &Scan<'_>, at: usize) -> Option<(String, usize)> {
    let mut groups = vec![non_empty(scan.number(at))?];
    let mut marks = Vec::new();
    let mut next = at + 1;
    while let Some((mark, group, after)) = group(scan, next, groups[groups.len() - 1].len()) {
        if groups.len() == MAX_GROUPS {
            return None;
        }
        marks.push(mark);
        groups.push(group);
        next = after;
    }
    let digits: usize = groups.iter().map(|group| group.len()).sum();
    (digits <= MAX_DIGITS).then(|| (join(&groups, &marks), next))
}

/// A separator and the digits after it: `,000`, `.50`, or a space with three digits.
fn group<'a>(scan: &Scan<'a>, at: usize, before: usize) -> Option<(&'a str, &'a str, usize)> {
    let spaced = scan.gap(at) == Gap::Space && scan.number(at).len() == 3 && before <= 3;
    if spaced {
        return Some((" ", scan.number(at), at + 1));
    }
    let mark = scan.raw(at);
    let inside = scan.gap(at) == Gap::None && scan.gap(at + 1) == Gap::None && matches!(mark, "," | "." | "'" | "’");
    if inside { Some((mark, non_empty(scan.number(at + 1))?, at + 2)) } else { None }
}

/// The last mark is a decimal point if no other is like it and it does not set off thousands.
fn join(groups: &[&str], marks: &[&str]) -> String {
    let Some((last, others)) = marks.split_last() else { return groups.concat() };
    let decimals = groups[groups.len() - 1];
    let thousands = decimals.len() == 3 && (groups.len() > 2 || groups[0] != "0");
    let mixed = others.iter().any(|mark| mark != last);
    let pointed = matches!(*last, "," | ".") && !others.contains(last) && (mixed || !thousands);
    if pointed { format!("{}.{decimals}", groups[..groups.len() - 1].concat()) } else { groups.concat() }
}

fn power(word: &str) -> Option<usize> {
    match word {
        "k" | "thousand" | "tsd" => Some(3),
        "m" | "mn" | "mio" | "million" | "millions" | "millionen" => Some(6),
        "bn" | "mrd" | "billion" | "milliarden" | "milliards" => Some(9),
        _ => None,
    }
}

/// Moves the decimal point to the right.
fn shift(decimal: &str, places: usize) -> String {
    let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
    let padded = format!("{part:0<places$}");
    let (up, rest) = padded.split_at(places);
    let whole = format!("{whole}{up}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }
}

fn non_empty(digits: &str) -> Option<&str> {
    if digits.is_empty() { None } else { Some(digits) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_is_moved_exactly() {
        assert_eq!(shift("12.5", 6), "12500000");
        assert_eq!(shift("0.0000001", 6), "0.1");
        assert_eq!(shift("3", 3), "3000");
    }
}
