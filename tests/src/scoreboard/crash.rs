//! `scoreboard crash`: the kill sweep, and what came of it as a table. It does not know how anything is killed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::table::table;
use super::{Options, print, tell};
use crate::crash::{Aim, Row, Sweep, Tally};

/// Seconds from one line of progress to the next.
const PAUSE: u64 = 5;

/// Kills at each passing of each place, or at the one that was chosen, and so many times at random. Whether everything
/// that must hold does.
pub(super) fn run(options: &Options) -> Result<bool, String> {
    tell("each workload runs undisturbed, twice");
    let sweep = Sweep::prepare()?;
    let aims = match &options.only {
        Some(aim) => vec![aim.parse::<Aim>()?],
        None => sweep.aims(),
    };
    let tally = sweep.kill(&aims, &progress(aims.len()))?;
    print(&shown(&tally));
    let mut held = told(&tally, &format!("points {}", tally.rows.len()));
    if let Some(count) = options.random.filter(|count| *count > 0) {
        let seed = options.seed.unwrap_or_default();
        let total = usize::try_from(count).unwrap_or(usize::MAX);
        held &= told(&sweep.kill_randomly(count, seed, &progress(total)), &format!("random {count}, seed {seed}"));
    }
    Ok(held)
}

fn shown(tally: &Tally) -> String {
    let cells = |row: &Row| [row.occurrences, row.kills, row.recovered, row.asked].map(|number| number.to_string());
    let rows = tally.rows.iter().filter_map(|(point, row)| {
        let point = point.as_ref()?;
        Some([point.deed.to_string(), point.side.to_string()].into_iter().chain(cells(row)).collect::<Vec<_>>())
    });
    table(&["point", "killed", "occurrences", "kills", "recovered", "asked"], &rows.collect::<Vec<_>>())
}

/// The last line, with what is wrong above it.
fn told(tally: &Tally, head: &str) -> bool {
    tally.problems.iter().for_each(|problem| print(problem));
    if !tally.problems.is_empty() {
        print("to repeat one: scoreboard crash --only WORKLOAD/POINT/SIDE/N, as it is written above");
    }
    let Row { kills, recovered, asked, .. } = tally.total();
    print(&format!(
        "{head}, kills {kills}, recovered {recovered}, asked {asked}, finished calls repeated {}, results differing {}",
        tally.repeated, tally.differing
    ));
    tally.problems.is_empty() && tally.rows.values().all(|row| row.kills > 0)
}

/// Tells once in a while how far it is.
#[expect(clippy::disallowed_methods, reason = "who waits is told something once in a while")]
fn progress(total: usize) -> impl Fn(usize) + Sync {
    let (begun, last) = (Instant::now(), AtomicU64::new(0));
    move |done| {
        let moment = begun.elapsed().as_secs() / PAUSE;
        if last.swap(moment, Ordering::Relaxed) != moment {
            tell(&format!("{done} of {total}"));
        }
    }
}
