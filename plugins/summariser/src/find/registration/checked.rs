//! Numbers that prove themselves by check digits (ISO 7064, modulo 97): IBAN and LEI.

use std::ops::Range;

use crate::output::Scheme;
use crate::scan::Scan;
use crate::token::{Gap, Kind};

const IBAN_LENGTH: Range<usize> = 15..35;
const LEI_LENGTH: usize = 20;

/// The IBAN or LEI that begins at a token.
pub(super) fn checked(scan: &Scan<'_>, at: usize) -> Option<(Scheme, Range<usize>)> {
    let starts = at == 0 || scan.gap(at) != Gap::None;
    if !starts || !is_part(scan, at) {
        return None;
    }
    lei(scan, at).or_else(|| iban(scan, at))
}

/// Twenty capitals and digits without a space.
fn lei(scan: &Scan<'_>, at: usize) -> Option<(Scheme, Range<usize>)> {
    let end = run(scan, at, |gap| gap == Gap::None, LEI_LENGTH);
    let part = scan.part(at..end);
    let valid = part.len() == LEI_LENGTH && remainder(scan.text()[part].bytes()) == 1;
    valid.then_some((Scheme::Lei, at..end))
}

/// Two capitals, two check digits and the rest, perhaps in groups. The longest that proves itself is taken.
fn iban(scan: &Scan<'_>, at: usize) -> Option<(Scheme, Range<usize>)> {
    if scan.raw(at).len() != 2 || scan.number(at + 1).len() < 2 || scan.gap(at + 1) != Gap::None {
        return None;
    }
    let longest = run(scan, at, |gap| gap != Gap::Break, IBAN_LENGTH.end);
    (at + 2..=longest).rev().find_map(|end| {
        let bytes: Vec<u8> = scan.text()[scan.part(at..end)].bytes().filter(u8::is_ascii_alphanumeric).collect();
        let valid = IBAN_LENGTH.contains(&bytes.len()) && remainder(turned(&bytes)) == 1;
        valid.then_some((Scheme::Iban, at..end))
    })
}

/// The end of the run of capitals and digits that begins at a token.
fn run(scan: &Scan<'_>, at: usize, joins: impl Fn(Gap) -> bool, most: usize) -> usize {
    let mut end = at + 1;
    while end < at + most && is_part(scan, end) && joins(scan.gap(end)) {
        end += 1;
    }
    end
}

fn is_part(scan: &Scan<'_>, at: usize) -> bool {
    match scan.kind(at) {
        Some(Kind::Number) => true,
        Some(Kind::Word) => scan.raw(at).bytes().all(|byte| byte.is_ascii_uppercase()),
        _ => false,
    }
}

/// An IBAN is checked with its first four characters at the end.
fn turned(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    bytes.iter().skip(4).chain(bytes.iter().take(4)).copied()
}

/// The number modulo 97, a letter counting as two digits: A is 10, Z is 35.
fn remainder(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0, |sum, byte| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        _ => (sum * 100 + u32::from(byte.wrapping_sub(b'A')) + 10) % 97,
    })
}
