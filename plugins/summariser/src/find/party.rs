//! Finds persons and organisations by the form of their names and the words around them.
//! It has no list of names: it knows legal forms, titles, labels and the words that go with a name.

mod name;
mod organisation;
mod person;

use std::ops::Range;

use super::{Found, Value};
use crate::output::{Party, PartyKind};
use crate::scan::Scan;

impl Value for Party {
    type Key = (String, bool);

    fn key(&self) -> Self::Key {
        (self.value.to_lowercase(), self.kind == PartyKind::Person)
    }
}

/// A name as a range of tokens, and the value it stands for.
type Named = (String, Range<usize>);

/// The parties of a block, in the order of the text.
#[must_use]
pub fn find(scan: &Scan<'_>) -> Found<Party> {
    let organisations = organisation::find(scan);
    let taken: Vec<Range<usize>> = organisations.iter().map(|(_, tokens)| tokens.clone()).collect();
    let persons = person::find(scan, &taken);
    let parties =
        |named: Vec<Named>, kind| named.into_iter().map(move |(value, tokens)| (Party { value, kind }, tokens));
    let mut found: Vec<_> =
        parties(organisations, PartyKind::Organisation).chain(parties(persons, PartyKind::Person)).collect();
    found.sort_by_key(|(_, tokens)| (tokens.start, tokens.end));
    found.into_iter().map(|(party, tokens)| (party, scan.part(tokens))).collect()
}

#[cfg(test)]
mod tests;
