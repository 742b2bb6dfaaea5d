//! Finds countries by their names, and by their codes and nationalities where a label asks for one.
//! It skips a name that is part of a person's name: `Jordan Miller` is no country.

mod table;

use std::ops::Range;

use self::table::{Entry, Sort, table};
use super::{Found, Value};
use crate::output::{Country, Party, PartyKind};
use crate::scan::Scan;
use crate::token::{Gap, Kind};

impl Value for Country {
    type Key = String;

    fn key(&self) -> Self::Key {
        self.value.clone()
    }
}

/// A label that asks for a country stands at most so many tokens before it, and its words begin with one of [`LABELS`].
const LABEL_REACH: usize = 7;
const LABELS: &[&str] = &["national", "countr", "citizen", "jurisdiction", "domicil", "residen"];

/// The countries of a block, in which these parties were found.
#[must_use]
pub fn find(scan: &Scan<'_>, parties: &Found<Party>) -> Found<Country> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < scan.len() {
        match country(scan, at) {
            Some((country, end)) => {
                let part = scan.part(at..end);
                if !is_in_person(&part, parties) {
                    found.push((country, part));
                }
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

fn country(scan: &Scan<'_>, at: usize) -> Option<(Country, usize)> {
    if !scan.capitalised(at) || follows_name(scan, at) {
        return None;
    }
    let entry = table().entries(scan.word(at)).find(|entry| matches(scan, at, entry))?;
    let country = Country { value: entry.code.to_owned(), name: entry.name.to_owned() };
    Some((country, at + entry.words.len()))
}

/// `New Jersey` is not Jersey, nor is `Mr Jordan` Jordan.
fn follows_name(scan: &Scan<'_>, at: usize) -> bool {
    let before = if at > 0 && scan.gap(at) == Gap::Space { scan.word(at - 1) } else { "" };
    matches!(before, "new" | "mr" | "mrs" | "ms" | "dr" | "mount" | "lake") && scan.word(at) != "new"
}

fn matches(scan: &Scan<'_>, at: usize, entry: &Entry) -> bool {
    let same = entry.words.iter().enumerate().all(|(step, word)| {
        let raw = scan.raw(at + step);
        let here = if scan.kind(at + step) == Some(Kind::Word) { scan.word(at + step) } else { raw };
        (step == 0 || scan.gap(at + step) != Gap::Break) && here.replace('’', "'") == *word
    });
    same && match entry.sort {
        Sort::Name => entry.words.len() > 1 || entry.words[0].len() > 3 || is_capitals(scan.raw(at)),
        Sort::Nationality => is_asked_for(scan, at),
        Sort::Code => is_capitals(scan.raw(at)) && is_asked_for(scan, at) && stands_alone(scan, at),
    }
}

fn is_capitals(raw: &str) -> bool {
    !raw.contains(char::is_lowercase)
}

/// Whether a label before on the same line, or the line above, asks for a country; or `citizen` follows.
fn is_asked_for(scan: &Scan<'_>, at: usize) -> bool {
    let follows = ["citizen", "national", "passport"].iter().any(|word| scan.word(at + 1).starts_with(word));
    let mut breaks = 0;
    let asked = (at.saturating_sub(LABEL_REACH)..at).rev().any(|before| {
        breaks += usize::from(scan.gap(before + 1) == Gap::Break);
        breaks < 2 && is_label(scan.word(before))
    });
    follows || asked
}

fn is_label(word: &str) -> bool {
    word == "state" || LABELS.iter().any(|label| word.starts_with(label))
}

/// A code is followed by the end of its line or a mark, not by more of a sentence.
fn stands_alone(scan: &Scan<'_>, at: usize) -> bool {
    scan.gap(at + 1) == Gap::Break || scan.kind(at + 1) == Some(Kind::Symbol)
}

fn is_in_person(part: &Range<usize>, parties: &Found<Party>) -> bool {
    parties
        .iter()
        .any(|(party, whole)| party.kind == PartyKind::Person && whole.start <= part.start && part.end <= whole.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[&str]) {
        let scan = Scan::new(text, 0..text.len());
        let found = find(&scan, &crate::find::party::find(&scan));
        let codes: Vec<_> = found.iter().map(|(country, _)| country.value.as_str()).collect();
        assert_eq!(codes, expect, "{text}");
    }

    #[test]
    fn names_and_other_names_are_found() {
        check("from Norway to the United Kingdom", &["NO", "GB"]);
        check("in the Islamic Republic of Iran and NORTH KOREA", &["IR", "KP"]);
        check("Côte d’Ivoire, Cote d'Ivoire, Guinea-Bissau and Guinea", &["CI", "CI", "GW", "GN"]);
        check("the U.A.E., the BVI and the USA", &["AE", "VG", "US"]);
        check("Sitz in Deutschland, filiale en Suisse", &["DE", "CH"]);
        check("the Republic of\nKorea", &[]);
    }

    #[test]
    fn codes_and_nationalities_need_a_label() {
        check("Nationality: NOR", &["NO"]);
        check("Country: IR", &["IR"]);
        check("Nationality\nNorwegian", &["NO"]);
        check("an Iranian national", &["IR"]);
        check("Statement number: PG-24-3", &[]);
        check("He wrote to ME and US; the Swiss franc rose. IN GOOD STANDING", &[]);
    }

    #[test]
    fn names_of_people_and_places_are_no_countries() {
        check("Mr Jordan Miller of New Jersey", &[]);
        check("turkey for lunch, china on the table", &[]);
    }
}
