//! What was done to a store, one thing after the other, and what must be found in it. It does not know what happened to
//! the store in between.

mod event;

use std::collections::{BTreeMap, BTreeSet};

use baton_journal::{Claim, Digest, Entry, RunId, StateOp, StateReply, Store, StoreError};

pub use event::{ended, host_call, request, run_id, started};

/// The keys that are used, all in one room.
pub const KEYS: [&str; 3] = ["a", "b", "c"];

/// One change that a store has answered.
#[derive(Clone, Debug)]
pub enum Step {
    /// An entry was appended.
    Entry(RunId, Box<Entry>),
    /// A key has this value; none: it was removed.
    Value(String, Option<String>),
    /// Bytes were put.
    Blob(Digest),
}

/// The changes in their order.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The changes.
    pub steps: Vec<Step>,
}

/// All that is read from a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    runs: BTreeMap<RunId, Vec<Entry>>,
    values: BTreeMap<String, String>,
    blobs: BTreeSet<Digest>,
}

impl History {
    /// The number of the change after which the store was as it was found, from the given one on.
    #[must_use]
    pub fn place_of(&self, found: &Found, from: usize) -> Option<usize> {
        let mut expected = Found::default();
        for place in 0..=self.steps.len() {
            if place >= from && expected == *found {
                return Some(place);
            }
            if let Some(step) = self.steps.get(place) {
                expected.apply(step);
            }
        }
        None
    }

    /// Whether what was found is what all changes have made, and at most so many changes more, of which nobody knows.
    #[must_use]
    pub fn agrees(&self, found: &Found, unknown: usize) -> bool {
        let mut expected = Found::default();
        self.steps.iter().for_each(|step| expected.apply(step));
        found.changes_since(&expected).is_some_and(|changes| changes <= unknown)
    }

    /// How many entries the first changes have appended, and how many of these were not found as they were.
    #[must_use]
    pub fn lost(&self, found: &Found, acknowledged: usize) -> (usize, usize) {
        let mut places = BTreeMap::<&RunId, usize>::new();
        let (mut entries, mut lost) = (0, 0);
        for step in &self.steps[..acknowledged] {
            let Step::Entry(run, entry) = step else { continue };
            let place = places.entry(run).or_default();
            entries += 1;
            lost += usize::from(found.runs.get(run).and_then(|entries| entries.get(*place)) != Some(&**entry));
            *place += 1;
        }
        (entries, lost)
    }

    fn runs(&self) -> BTreeSet<&RunId> {
        self.steps.iter().filter_map(|step| if let Step::Entry(run, _) = step { Some(run) } else { None }).collect()
    }

    fn blobs(&self) -> impl Iterator<Item = Digest> {
        self.steps.iter().filter_map(|step| if let Step::Blob(digest) = step { Some(*digest) } else { None })
    }
}

impl Found {
    /// Reads all of which a history tells.
    ///
    /// # Errors
    /// Something can't be read, or the list of runs tells something else than their journals.
    pub async fn of(store: &dyn Store, history: &History) -> Result<Found, StoreError> {
        let mut found = Found::default();
        for run in history.runs() {
            match store.entries(run.clone()).await {
                Ok(entries) => drop(found.runs.insert(run.clone(), entries)),
                Err(StoreError::NoSuchRun(_)) => {}
                Err(error) => return Err(error),
            }
        }
        for key in KEYS {
            if let Some(value) = value(store, key).await? {
                found.values.insert(key.to_owned(), value);
            }
        }
        for digest in history.blobs() {
            match store.blob(digest).await {
                Ok(_) => drop(found.blobs.insert(digest)),
                Err(StoreError::Corrupt { what }) if what.ends_with("is missing") => {}
                Err(error) => return Err(error),
            }
        }
        found.compare_list(store).await.map(|()| found)
    }

    async fn compare_list(&self, store: &dyn Store) -> Result<(), StoreError> {
        let listed = store.runs(1000).await?;
        let listed: BTreeMap<&RunId, u64> = listed.iter().map(|run| (&run.run, run.entries)).collect();
        let read: BTreeMap<&RunId, u64> = self.runs.iter().map(|(run, entries)| (run, entries.len() as u64)).collect();
        if listed == read {
            return Ok(());
        }
        Err(StoreError::Corrupt { what: format!("the list has {listed:?}, the journals have {read:?}") })
    }

    /// The runs that were found.
    pub fn runs(&self) -> impl Iterator<Item = &RunId> {
        self.runs.keys()
    }

    /// How many changes lead here; none: something that was there is missing.
    fn changes_since(&self, before: &Found) -> Option<usize> {
        let none = Vec::new();
        let kept = |(run, entries): (&RunId, &Vec<Entry>)| self.runs.get(run).unwrap_or(&none).starts_with(entries);
        if !before.runs.iter().all(kept) || !before.blobs.is_subset(&self.blobs) {
            return None;
        }
        let entries = |found: &Found| found.runs.values().map(Vec::len).sum::<usize>();
        let values = KEYS.iter().filter(|key| self.values.get(**key) != before.values.get(**key)).count();
        Some(entries(self) - entries(before) + values + self.blobs.len() - before.blobs.len())
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Entry(run, entry) => self.runs.entry(run.clone()).or_default().push((**entry).clone()),
            Step::Value(key, Some(value)) => drop(self.values.insert(key.clone(), value.clone())),
            Step::Value(key, None) => drop(self.values.remove(key)),
            Step::Blob(digest) => drop(self.blobs.insert(*digest)),
        }
    }
}

/// The value of a key, which everybody may read.
///
/// # Errors
/// It can't be read.
pub async fn value(store: &dyn Store, key: &str) -> Result<Option<String>, StoreError> {
    let nobody = Claim { run: run_id(0), epoch: 0 };
    match store.state(&nobody, request(&nobody.run, 0, StateOp::Get { key: key.to_owned() })).await? {
        StateReply::Value(value) => Ok(value),
        other => panic!("a value was asked for, not {other:?}"),
    }
}
