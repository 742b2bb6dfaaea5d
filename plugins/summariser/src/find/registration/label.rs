//! The labels that announce a registration number.

use crate::output::Scheme;
use crate::scan::Scan;
use crate::token::Gap;

/// Labels in lower case, sorted by their first word. Those that end with `#` need a word for `number` after them; those with `+` are part of the number.
const LABELS: &[(&[&str], Scheme)] = &[
    (&["chamber", "of", "commerce", "#"], Scheme::Company),
    (&["commercial", "register"], Scheme::Company),
    (&["companies", "house", "#"], Scheme::Company),
    (&["company", "#"], Scheme::Company),
    (&["corporate", "#"], Scheme::Company),
    (&["crn"], Scheme::Company),
    (&["document", "#"], Scheme::Identity),
    (&["handelsregister"], Scheme::Company),
    (&["hra", "+"], Scheme::Company),
    (&["hrb", "+"], Scheme::Company),
    (&["id", "#"], Scheme::Identity),
    (&["identity", "card", "#"], Scheme::Identity),
    (&["kvk"], Scheme::Company),
    (&["national", "identity", "#"], Scheme::Identity),
    (&["national", "id"], Scheme::Identity),
    (&["org", "#"], Scheme::Company),
    (&["organisasjonsnummer"], Scheme::Company),
    (&["organisation", "#"], Scheme::Company),
    (&["organisationsnummer"], Scheme::Company),
    (&["pass", "#"], Scheme::Passport),
    (&["passeport", "#"], Scheme::Passport),
    (&["passport", "#"], Scheme::Passport),
    (&["personal", "#"], Scheme::Identity),
    (&["rcs"], Scheme::Company),
    (&["register", "#"], Scheme::Company),
    (&["registered", "#"], Scheme::Company),
    (&["registration", "#"], Scheme::Company),
    (&["registry", "#"], Scheme::Company),
    (&["siren"], Scheme::Company),
    (&["siret"], Scheme::Company),
    (&["steuernummer"], Scheme::Tax),
    (&["tax", "#"], Scheme::Tax),
    (&["taxpayer", "#"], Scheme::Tax),
    (&["tin"], Scheme::Tax),
    (&["tva"], Scheme::Vat),
    (&["uid"], Scheme::Company),
    (&["ust"], Scheme::Vat),
    (&["utr"], Scheme::Tax),
    (&["vat"], Scheme::Vat),
];

/// Words and marks that may stand between a label and its number.
const BETWEEN: &[&str] = &[
    "number",
    "no",
    "nr",
    "num",
    "code",
    "id",
    "identification",
    "registration",
    "reference",
    "is",
    "under",
    "the",
    "in",
    "of",
    ".",
    ":",
    "#",
    "(",
    ")",
    "°",
    "º",
    "-",
    "/",
    "n",
];
const MOST_BETWEEN: usize = 7;
/// No label begins with a shorter word.
const SHORTEST: usize = 2;

/// The label that begins at a token: what it announces, and the token where the number begins.
pub(super) fn label(scan: &Scan<'_>, at: usize) -> Option<(Scheme, usize)> {
    let first = scan.word(at);
    if first.len() < SHORTEST {
        return None;
    }
    let known = &LABELS[LABELS.partition_point(|(words, _)| words[0] < first)..];
    known.iter().take_while(|(words, _)| words[0] == first).find_map(|(words, scheme)| {
        let (words, mark) = match words.split_last() {
            Some((mark @ (&"#" | &"+"), words)) => (words, *mark),
            _ => (*words, ""),
        };
        if !scan.words(at, words) {
            return None;
        }
        if mark == "+" {
            return Some((*scheme, at));
        }
        let next = at + words.len();
        let number = skip(scan, next);
        let announced = (next..number).any(|at| is_number_word(scan, at));
        (mark != "#" || announced).then(|| (*scheme, number - usize::from(belongs(scan, number))))
    })
}

fn skip(scan: &Scan<'_>, from: usize) -> usize {
    let passes = |at: &usize| {
        let raw = scan.raw(*at).to_lowercase();
        scan.gap(*at) != Gap::Break && BETWEEN.contains(&raw.as_str())
    };
    from + (from..from + MOST_BETWEEN).take_while(passes).count()
}

fn is_number_word(scan: &Scan<'_>, at: usize) -> bool {
    matches!(scan.word(at), "number" | "no" | "nr" | "num" | "code" | "id") || matches!(scan.raw(at), "#" | "°" | "º")
}

/// `NO 923609016`: the capitals belong to the number when they are glued to it.
fn belongs(scan: &Scan<'_>, number: usize) -> bool {
    number > 0 && scan.gap(number) == Gap::None && !scan.word(number - 1).is_empty()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_labels_are_sorted_because_they_are_searched_so() {
        assert!(super::LABELS.is_sorted_by_key(|(words, _)| words[0]));
    }
}
