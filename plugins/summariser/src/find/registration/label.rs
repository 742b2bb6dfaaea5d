//! The labels that announce a registration number.

use crate::output::Scheme;
use crate::scan::Scan;
use crate::token::Gap;

/// Labels in lower case. Those that end with `#` need a word for `number` after them; those with `+` are part of the number.
const LABELS: &[(&[&str], Scheme)] = &[
    (&["company", "#"], Scheme::Company),
    (&["companies", "house", "#"], Scheme::Company),
    (&["registration", "#"], Scheme::Company),
    (&["registered", "#"], Scheme::Company),
    (&["register", "#"], Scheme::Company),
    (&["registry", "#"], Scheme::Company),
    (&["chamber", "of", "commerce", "#"], Scheme::Company),
    (&["corporate", "#"], Scheme::Company),
    (&["organisation", "#"], Scheme::Company),
    (&["org", "#"], Scheme::Company),
    (&["organisasjonsnummer"], Scheme::Company),
    (&["organisationsnummer"], Scheme::Company),
    (&["handelsregister"], Scheme::Company),
    (&["commercial", "register"], Scheme::Company),
    (&["hrb", "+"], Scheme::Company),
    (&["hra", "+"], Scheme::Company),
    (&["crn"], Scheme::Company),
    (&["kvk"], Scheme::Company),
    (&["siren"], Scheme::Company),
    (&["siret"], Scheme::Company),
    (&["rcs"], Scheme::Company),
    (&["uid"], Scheme::Company),
    (&["vat"], Scheme::Vat),
    (&["ust"], Scheme::Vat),
    (&["tva"], Scheme::Vat),
    (&["tax", "#"], Scheme::Tax),
    (&["taxpayer", "#"], Scheme::Tax),
    (&["tin"], Scheme::Tax),
    (&["utr"], Scheme::Tax),
    (&["steuernummer"], Scheme::Tax),
    (&["passport", "#"], Scheme::Passport),
    (&["pass", "#"], Scheme::Passport),
    (&["passeport", "#"], Scheme::Passport),
    (&["identity", "card", "#"], Scheme::Identity),
    (&["national", "identity", "#"], Scheme::Identity),
    (&["national", "id"], Scheme::Identity),
    (&["id", "#"], Scheme::Identity),
    (&["personal", "#"], Scheme::Identity),
    (&["document", "#"], Scheme::Identity),
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

/// The label that begins at a token: what it announces, and the token where the number begins.
pub(super) fn label(scan: &Scan<'_>, at: usize) -> Option<(Scheme, usize)> {
    LABELS.iter().find_map(|(words, scheme)| {
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
