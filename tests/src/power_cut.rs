//! Works on a store, cuts the power at some moment, and looks at what is there afterwards. It does not know how a disk
//! forgets.

mod workload;

use std::fs;
use std::ops::AddAssign;
use std::path::Path;

use baton_journal::{Store, Timestamp};
use baton_store::SqliteStore;

use crate::disk::{Image, Syncs};
use crate::history::{Found, host_call};
use crate::seeded::Seeded;
pub use workload::Worked;

/// How many cuts one work is used for: it takes as long as several of them.
const CUTS: u64 = 20;

/// What cuts have come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often the power was cut.
    pub cuts: u64,
    /// Entries that were acknowledged by a flush before the cut.
    pub acknowledged: u64,
    /// Of these, those that were not there as they were.
    pub lost: u64,
    /// Writes that were not synced at the cut.
    pub unsynced: u64,
    /// Of these, those that were dropped or torn.
    pub damaged: u64,
    /// Stores that did not open or could not be read.
    pub closed: u64,
    /// Stores that were at no point at which they had been since the last flush, or on which nobody could go on.
    pub inconsistent: u64,
}

impl Tally {
    /// Whether nothing was lost.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.lost == 0 && self.closed == 0 && self.inconsistent == 0
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.cuts += other.cuts;
        self.acknowledged += other.acknowledged;
        self.lost += other.lost;
        self.unsynced += other.unsynced;
        self.damaged += other.damaged;
        self.closed += other.closed;
        self.inconsistent += other.inconsistent;
    }
}

/// Cuts the power once for each seed from the first on, and tells of each cut after which something was missing.
pub async fn cut(first: u64, count: u64, syncs: Syncs, mut tell: impl FnMut(String)) -> Tally {
    let mut tally = Tally::default();
    let mut last = None::<(u64, Worked)>;
    for seed in first..first + count {
        let worked = match last.take() {
            Some((number, worked)) if number == seed / CUTS => worked,
            _ => Worked::with(seed / CUTS).await,
        };
        if let Err(problem) = once(&worked, seed, syncs, &mut tally).await {
            tell(format!("seed {seed}: {problem}\n  again: scoreboard power-cut --count 1 --seed {seed}"));
        }
        last = Some((seed / CUTS, worked));
    }
    tally
}

async fn once(worked: &Worked, seed: u64, syncs: Syncs, tally: &mut Tally) -> Result<(), String> {
    let moment = Seeded::new(!seed).below(worked.recording.log.len() + 1);
    let acknowledged = worked.recording.point_at(moment).unwrap_or_default();
    let image = Image::after_cut(&worked.recording, moment, syncs, seed);
    tally.cuts += 1;
    tally.unsynced += image.unsynced as u64;
    tally.damaged += image.damaged as u64;
    let folder = tempfile::tempdir().unwrap();
    image.files.iter().for_each(|(name, bytes)| fs::write(folder.path().join(name), bytes).unwrap());
    if seed.is_multiple_of(2) {
        fs::write(folder.path().join(workload::SHARED), Seeded::new(seed).bytes(4096)).unwrap();
    }
    let found = look(folder.path(), worked).await;
    let found = found.inspect_err(|_| tally.closed += 1).map_err(|problem| format!("not readable: {problem}"));
    let (entries, lost) = worked.history.lost(found.as_ref().unwrap_or(&Found::default()), acknowledged);
    tally.acknowledged += entries as u64;
    tally.lost += lost as u64;
    let at = |what: &str| format!("{what}: {lost} of {entries} acknowledged entries lost at operation {moment}");
    let found = found?;
    let consistent = worked.history.place_of(&found, acknowledged).is_some();
    let goes_on = go_on(folder.path(), &found).await;
    tally.inconsistent += u64::from(!consistent || goes_on.is_err());
    goes_on.map_err(|problem| at(&format!("can't go on ({problem})")))?;
    if consistent { Ok(()) } else { Err(at("no point since the last flush is the one found")) }
}

async fn look(folder: &Path, worked: &Worked) -> Result<Found, String> {
    let store = SqliteStore::open(folder.join(workload::FILE)).map_err(|error| error.to_string())?;
    Found::of(&store, &worked.history).await.map_err(|error| error.to_string())
}

/// Appends to all open runs in the reopened store.
async fn go_on(folder: &Path, found: &Found) -> Result<(), String> {
    let store = SqliteStore::open(folder.join(workload::FILE)).map_err(|error| error.to_string())?;
    for run in found.runs() {
        let Ok(claim) = store.claim(run.clone()).await else { continue }; // it has ended
        let appended =
            store.append(&claim, Timestamp(0), host_call(7, 6000)).await.map_err(|error| error.to_string())?;
        store.flush().await.map_err(|error| error.to_string())?;
        let last = store.entries(run.clone()).await.map_err(|error| error.to_string())?.pop();
        if last != Some(appended) {
            return Err("what was appended was not read".to_owned());
        }
    }
    Ok(())
}
