//! The currencies, as codes, signs and words.

use crate::scan::Scan;
use crate::token::{Gap, Kind};

/// The ISO 4217 codes that are recognised as such. `ALL` and `TOP` are left out: in documents they are words.
const CODES: &[&str] = &[
    "AED", "ARS", "AUD", "AZN", "BAM", "BGN", "BHD", "BRL", "BYN", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK",
    "EGP", "EUR", "GBP", "GEL", "HKD", "HRK", "HUF", "IDR", "ILS", "INR", "IRR", "ISK", "JPY", "KES", "KRW", "KWD",
    "KZT", "LBP", "MAD", "MDL", "MXN", "MYR", "NGN", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PLN", "QAR", "RON",
    "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "USD", "UYU", "VND", "ZAR",
];

/// Signs, and letters before a `$`.
const SIGNS: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("£", "GBP"),
    ("$", "USD"),
    ("¥", "JPY"),
    ("₽", "RUB"),
    ("₴", "UAH"),
    ("₺", "TRY"),
    ("₹", "INR"),
    ("₪", "ILS"),
    ("₩", "KRW"),
];
const DOLLARS: &[(&str, &str)] = &[
    ("US", "USD"),
    ("A", "AUD"),
    ("AU", "AUD"),
    ("C", "CAD"),
    ("CA", "CAD"),
    ("HK", "HKD"),
    ("NZ", "NZD"),
    ("S", "SGD"),
];

/// Words after a number, each with a second word that must follow it, if any.
const NAMES: &[(&str, &str, &str)] = &[
    ("euro", "", "EUR"),
    ("euros", "", "EUR"),
    ("pounds", "", "GBP"),
    ("dollars", "", "USD"),
    ("us", "dollars", "USD"),
    ("canadian", "dollars", "CAD"),
    ("australian", "dollars", "AUD"),
    ("singapore", "dollars", "SGD"),
    ("swiss", "francs", "CHF"),
    ("schweizer", "franken", "CHF"),
    ("norwegian", "kroner", "NOK"),
    ("danish", "kroner", "DKK"),
    ("swedish", "kronor", "SEK"),
    ("yen", "", "JPY"),
    ("zł", "", "PLN"),
    ("zloty", "", "PLN"),
];

/// The currency that begins at a token, and the token after it.
pub(super) fn before(scan: &Scan<'_>, at: usize) -> Option<(&'static str, usize)> {
    if scan.kind(at) == Some(Kind::Number) {
        return None;
    }
    let dollar = (scan.glued(at + 1, "$")).then(|| find(DOLLARS, scan.raw(at))).flatten();
    let (code, next) = match dollar {
        Some(code) => (code, at + 2),
        None => (code(scan.raw(at)).or_else(|| sign(scan, at))?, at + 1),
    };
    (scan.gap(next) != Gap::Break).then_some((code, next))
}

/// The currency that follows a number, and the token after it.
pub(super) fn after(scan: &Scan<'_>, at: usize) -> Option<(&'static str, usize)> {
    if scan.gap(at) == Gap::Break {
        return None;
    }
    let sign = code(scan.raw(at)).or_else(|| sign(scan, at));
    sign.map(|code| (code, at + 1)).or_else(|| named(scan, at))
}

fn named(scan: &Scan<'_>, at: usize) -> Option<(&'static str, usize)> {
    let (_, second, code) = NAMES
        .iter()
        .find(|(first, second, _)| scan.word(at) == *first && (second.is_empty() || scan.word(at + 1) == *second))?;
    let sterling = scan.words(at, &["pounds", "sterling"]);
    Some((code, at + 1 + usize::from(!second.is_empty() || sterling)))
}

fn code(raw: &str) -> Option<&'static str> {
    let may_be = raw.len() == 3 && raw.starts_with(|c: char| c.is_ascii_uppercase());
    if may_be { CODES.binary_search(&raw).ok().map(|at| CODES[at]) } else { None }
}

/// The currency of a sign.
fn sign(scan: &Scan<'_>, at: usize) -> Option<&'static str> {
    if scan.kind(at) == Some(Kind::Symbol) { find(SIGNS, scan.raw(at)) } else { None }
}

fn find(table: &[(&str, &'static str)], raw: &str) -> Option<&'static str> {
    table.iter().find(|(sign, _)| *sign == raw).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_codes_are_sorted_because_they_are_searched_so() {
        assert!(super::CODES.is_sorted());
    }
}
