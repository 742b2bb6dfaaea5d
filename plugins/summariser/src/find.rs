//! Finds who, when, how much and where in a text: one file for each kind of finding.
//! Each finder walks over the tokens of a block and knows nothing of the others.

pub mod amount;
pub mod country;
pub mod date;
pub mod month;
pub mod party;
pub mod registration;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::output::{Amount, Country, Date, Finding, Party, Registration};
use crate::scan::{Lines, Scan};

/// At most this many findings of each kind are reported; the report says how many were left out.
pub const MAX_FINDINGS: usize = 200;

/// Something that can be found.
pub trait Value {
    /// What makes two findings the same.
    type Key: Ord;

    /// The key of this one.
    fn key(&self) -> Self::Key;
}

/// The findings of one kind, each once, in the order of the text.
#[derive(Debug)]
pub struct Findings<T: Value> {
    found: Vec<Finding<T>>,
    index: BTreeMap<T::Key, usize>,
    omitted: usize,
}

impl<T: Value> Default for Findings<T> {
    fn default() -> Self {
        Self { found: Vec::new(), index: BTreeMap::new(), omitted: 0 }
    }
}

impl<T: Value> Findings<T> {
    fn add(&mut self, what: T, part: Range<usize>, lines: &Lines<'_>) {
        let key = what.key();
        if let Some(at) = self.index.get(&key) {
            self.found[*at].mentions += 1;
        } else if self.found.len() == MAX_FINDINGS {
            self.omitted += 1;
        } else {
            self.index.insert(key, self.found.len());
            self.found.push(Finding { what, place: lines.place(part), mentions: 1 });
        }
    }

    /// The number of findings left out.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// The findings.
    #[must_use]
    pub fn into_vec(self) -> Vec<Finding<T>> {
        self.found
    }
}

/// Everything found in a text.
#[derive(Debug, Default)]
pub struct Everything {
    /// Persons and organisations.
    pub parties: Findings<Party>,
    /// Dates.
    pub dates: Findings<Date>,
    /// Amounts of money.
    pub amounts: Findings<Amount>,
    /// Registration numbers.
    pub registrations: Findings<Registration>,
    /// Countries.
    pub countries: Findings<Country>,
}

impl Everything {
    /// Finds everything in a block.
    pub fn find(&mut self, scan: &Scan<'_>, lines: &Lines<'_>) {
        let parties = party::find(scan);
        for (what, part) in country::find(scan, &parties) {
            self.countries.add(what, part, lines);
        }
        for (what, part) in parties {
            self.parties.add(what, part, lines);
        }
        for (what, part) in date::find(scan) {
            self.dates.add(what, part, lines);
        }
        for (what, part) in amount::find(scan) {
            self.amounts.add(what, part, lines);
        }
        for (what, part) in registration::find(scan) {
            self.registrations.add(what, part, lines);
        }
    }

    /// The number of findings left out.
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.parties.omitted()
            + self.dates.omitted()
            + self.amounts.omitted()
            + self.registrations.omitted()
            + self.countries.omitted()
    }
}

/// What a finder answers: each finding with its part of the text.
pub type Found<T> = Vec<(T, Range<usize>)>;
