//! A file while a disk works, and what a power cut leaves of it. It knows no names.
//!
//! A sector is as it was after some of the writes to it, none and all included, whatever became of other sectors: so
//! writes are kept, dropped, torn and reordered. The length is one that the file had since the sync. Where it is longer than
//! what was written, there are zeros, or what somebody else left there.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::seeded::Seeded;

/// What becomes of writes that were not synced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Dropped,
    Kept,
    /// Those before this one are kept, and none after it; this one is torn.
    Until(usize),
    /// Each sector for itself.
    Any,
}

/// A file, whatever its name: what is durable, and what was done since, numbered over the whole disk.
#[derive(Default)]
pub(super) struct Node {
    pub(super) durable: Vec<u8>,
    pub(super) since: Vec<(usize, Change)>,
}

/// What was done to a file.
pub(super) enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Length(usize),
}

impl Node {
    /// Makes all durable that was done.
    pub(super) fn sync(&mut self) {
        for (_, change) in std::mem::take(&mut self.since) {
            let length = change.length(self.durable.len());
            self.durable.resize(length, 0);
            if let Change::Write { offset, bytes } = change {
                self.durable[offset..offset + bytes.len()].copy_from_slice(&bytes);
            }
        }
    }

    /// The writes since the sync: where, and what.
    pub(super) fn writes(&self) -> impl Iterator<Item = (Range<usize>, &[u8])> {
        self.since.iter().filter_map(|(_, change)| match change {
            Change::Write { offset, bytes } => Some((*offset..offset + bytes.len(), bytes.as_slice())),
            Change::Length(_) => None,
        })
    }

    /// Its bytes after the cut.
    pub(super) fn after_cut(&self, fate: Fate, sector: usize, seeded: &mut Seeded) -> Vec<u8> {
        let mut bytes = self.durable.clone();
        let filling = if seeded.below(2) == 0 { 0 } else { seeded.next() as u8 };
        bytes.resize(self.length(fate, seeded), filling);
        for (number, changes) in self.sectors(sector) {
            let kept = fate.keeps(&changes, seeded);
            let end = bytes.len().min((number + 1) * sector);
            let place = (number * sector).min(end)..end;
            changes[..kept].iter().for_each(|(_, change)| change.apply(place.clone(), &mut bytes));
        }
        bytes
    }

    /// Of all the lengths that the file had since the sync; the last write to its end may be torn.
    fn length(&self, fate: Fate, seeded: &mut Seeded) -> usize {
        let kept = fate.keeps(&self.since.iter().map(|(at, change)| (*at, change)).collect::<Vec<_>>(), seeded);
        let length = self.since[..kept].iter().fold(self.durable.len(), |length, (_, change)| change.length(length));
        let torn = if fate == Fate::Any { 512 * seeded.below(8) } else { 0 };
        if length > self.durable.len() { (length - torn.min(length)).max(self.durable.len()) } else { length }
    }

    /// The changes by the sectors that they touch.
    fn sectors(&self, sector: usize) -> BTreeMap<usize, Vec<(usize, &Change)>> {
        let mut sectors = BTreeMap::<usize, Vec<(usize, &Change)>>::new();
        for (at, change) in &self.since {
            if let Change::Write { offset, bytes } = change {
                (offset / sector..(offset + bytes.len()).div_ceil(sector))
                    .for_each(|number| sectors.entry(number).or_default().push((*at, change)));
            }
        }
        sectors
    }
}

impl Change {
    fn length(&self, before: usize) -> usize {
        match self {
            Change::Write { offset, bytes } => before.max(offset + bytes.len()),
            Change::Length(length) => *length,
        }
    }

    /// Writes what of it falls into a place.
    fn apply(&self, place: Range<usize>, file: &mut [u8]) {
        let Change::Write { offset, bytes } = self else { return };
        let (from, to) = (place.start.max(*offset), place.end.min(offset + bytes.len()));
        if from < to {
            file[from..to].copy_from_slice(&bytes[from - offset..to - offset]);
        }
    }
}

impl Fate {
    /// One of them; so many changes were made to the disk.
    pub(super) fn chosen(seeded: &mut Seeded, changes: usize) -> Fate {
        match seeded.below(8) {
            0 => Fate::Dropped,
            1 => Fate::Kept,
            2 | 3 => Fate::Until(changes.saturating_sub(seeded.below(64))),
            _ => Fate::Any,
        }
    }

    /// How many of these changes are there.
    fn keeps(self, changes: &[(usize, &Change)], seeded: &mut Seeded) -> usize {
        match self {
            Fate::Dropped => 0,
            Fate::Kept => changes.len(),
            Fate::Until(last) => {
                let torn = usize::from(seeded.below(2) == 0);
                changes.iter().take_while(|(at, _)| *at < last + torn).count()
            }
            Fate::Any => seeded.below(changes.len() + 1),
        }
    }
}
