//! All places of all workloads, each tried, and the tally. It does not know how the tally is shown.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::judge::Verdict;
use super::point::{Aim, Deed, Mark, Point, Side};
use super::trial::{Bed, Death, History};
use super::workload::Workload;
use crate::seeded::Seeded;

/// Trials at once: as many as small machines have processors.
const LANES: usize = 2;

/// One trial of so many is killed once more while it goes on.
const KILLED_AGAIN: u32 = 5;

/// The longest from an entry to a random kill, in microseconds: several entries follow in that time.
const LATER: usize = 20_000;

/// Workloads, and what they come to when nobody disturbs them.
pub struct Sweep {
    bed: Bed,
    workloads: Vec<(Workload, History)>,
    trials: AtomicU32,
}

/// What came of the kills at one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// How often undisturbed runs pass it.
    pub occurrences: u32,
    /// Processes that were killed there, and on their way on from there.
    pub kills: u32,
    /// Of these, those whose run ended as it must.
    pub recovered: u32,
    /// Runs that ended with a call declined that was in flight and may not be repeated.
    pub asked: u32,
}

/// What came of all kills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By place; those of random kills have none.
    pub rows: BTreeMap<Option<Point>, Row>,
    /// Finished calls that were made once more.
    pub repeated: usize,
    /// Runs that came out differently.
    pub differing: usize,
    /// What is wrong, and with which trial.
    pub problems: Vec<String>,
}

impl Tally {
    /// All rows together.
    #[must_use]
    pub fn total(&self) -> Row {
        self.rows.values().fold(Row::default(), |total, row| Row {
            occurrences: total.occurrences + row.occurrences,
            kills: total.kills + row.kills,
            recovered: total.recovered + row.recovered,
            asked: total.asked + row.asked,
        })
    }
}

/// One trial: its name, the place that it counts for, and its deaths.
struct Planned {
    name: String,
    workload: usize,
    point: Option<Point>,
    deaths: Vec<Death>,
}

impl Sweep {
    /// Runs each workload undisturbed, twice: what differs between two such runs could not be compared.
    ///
    /// # Errors
    /// A workload does not run, or not twice the same.
    pub fn prepare() -> Result<Self, String> {
        let bed = Bed::new();
        let mut sweep = Sweep { workloads: Vec::new(), trials: AtomicU32::new(0), bed };
        for workload in Workload::all(&sweep.bed.ledger) {
            let first = sweep.attempt(&workload, &[])?;
            let second = sweep.attempt(&workload, &[])?;
            let problems = Verdict::on(&second, &first, workload.leeway).problems();
            if let Some(problem) = problems.first() {
                return Err(format!("{}, undisturbed: {problem}", workload.name));
            }
            sweep.workloads.push((workload, second));
        }
        Ok(sweep)
    }

    /// Every passing of each place.
    #[must_use]
    pub fn aims(&self) -> Vec<Aim> {
        let mut aims = Vec::new();
        for (workload, undisturbed) in &self.workloads {
            for (point, times) in &undisturbed.told.passed {
                let marks = (1..=*times).map(|occurrence| Mark { point: *point, occurrence });
                aims.extend(marks.map(|mark| Aim { workload: workload.name.to_owned(), mark }));
            }
        }
        aims
    }

    /// Kills a process at each of these places. The progress is the number of trials done.
    ///
    /// # Errors
    /// There is no such workload.
    pub fn kill(&self, aims: &[Aim], progress: &(dyn Fn(usize) + Sync)) -> Result<Tally, String> {
        let planned = aims.iter().map(|aim| self.planned(aim)).collect::<Result<Vec<_>, _>>()?;
        let mut tally = self.all(&planned, progress);
        for (point, times) in self.workloads.iter().flat_map(|(_, undisturbed)| &undisturbed.told.passed) {
            if let Some(row) = tally.rows.get_mut(&Some(*point)) {
                row.occurrences += times;
            }
        }
        Ok(tally)
    }

    /// Kills so many processes from outside, each at a moment that follows from the seed.
    #[must_use]
    pub fn kill_randomly(&self, count: u64, seed: u64, progress: &(dyn Fn(usize) + Sync)) -> Tally {
        let mut dice = Seeded::new(seed);
        let planned: Vec<Planned> = (0..count).map(|number| self.planned_randomly(number, seed, &mut dice)).collect();
        self.all(&planned, progress)
    }

    fn planned(&self, aim: &Aim) -> Result<Planned, String> {
        let found = self.workloads.iter().position(|(workload, _)| workload.name == aim.workload);
        let workload = found.ok_or_else(|| format!("there is no workload `{}`", aim.workload))?;
        let (point, deaths) = (Some(aim.mark.point), [Some(aim.mark), again(aim.mark)]);
        let deaths = deaths.into_iter().flatten().map(Death::At).collect();
        Ok(Planned { name: aim.to_string(), workload, point, deaths })
    }

    fn planned_randomly(&self, number: u64, seed: u64, dice: &mut Seeded) -> Planned {
        let workload = dice.below(self.workloads.len());
        let (Workload { name, .. }, undisturbed) = &self.workloads[workload];
        let told = undisturbed.told.times(Point { deed: Deed::Notify, side: Side::After });
        let (entries, micros) = (dice.below(told as usize), dice.below(LATER));
        let name = format!("random kill {number} of seed {seed}, {name} {micros} µs after {entries} entries");
        let deaths = vec![Death::After(entries, Duration::from_micros(micros as u64))];
        Planned { name, workload, point: None, deaths }
    }

    fn all(&self, planned: &[Planned], progress: &(dyn Fn(usize) + Sync)) -> Tally {
        let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let tally = Mutex::new(Tally::default());
        thread::scope(|scope| {
            for _ in 0..LANES {
                scope.spawn(|| {
                    while let Some(planned) = planned.get(next.fetch_add(1, Ordering::Relaxed)) {
                        self.one(planned, &tally);
                        progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                    }
                });
            }
        });
        tally.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn one(&self, planned: &Planned, tally: &Mutex<Tally>) {
        let (workload, undisturbed) = &self.workloads[planned.workload];
        let attempted = self.attempt(workload, &planned.deaths);
        let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        let (kills, verdict) = match attempted {
            Ok(history) => (history.deaths.len(), Verdict::on(&history, undisturbed, workload.leeway)),
            Err(problem) => (1, Verdict { broken: vec![problem], ..Verdict::default() }),
        };
        let problems = verdict.problems();
        let kills = u32::try_from(kills).unwrap_or_default();
        let row = tally.rows.entry(planned.point).or_default();
        row.kills += kills;
        row.recovered += if problems.is_empty() { kills } else { 0 };
        row.asked += u32::from(!verdict.declined.is_empty());
        tally.repeated += verdict.repeated.len();
        tally.differing += usize::from(verdict.differing.is_some());
        tally.problems.extend(problems.into_iter().map(|problem| format!("{}: {problem}", planned.name)));
    }

    fn attempt(&self, workload: &Workload, deaths: &[Death]) -> Result<History, String> {
        self.bed.attempt(workload, self.trials.fetch_add(1, Ordering::Relaxed), deaths)
    }
}

/// Where the process that goes on dies too, for some.
fn again(mark: Mark) -> Option<Mark> {
    let points: Vec<Point> = Point::all().collect();
    let place = points.iter().position(|point| *point == mark.point).unwrap_or_default();
    let number = u32::try_from(place).unwrap_or_default() + mark.occurrence;
    let point = *points.get((number * 7) as usize % points.len())?;
    number.is_multiple_of(KILLED_AGAIN).then_some(Mark { point, occurrence: 1 + number % 3 })
}
