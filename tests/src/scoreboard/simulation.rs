//! `scoreboard simulation [--count N] [--seed N]`: simulated runs whose hosts die, from a seed on.

use std::time::Instant;

use super::table::table;
use super::{print, tell};
use crate::simulation::{Simulation, Tally};

/// Simulates runs; whether all promises were kept.
#[expect(clippy::disallowed_methods, reason = "it tells how many runs it simulates in a second")]
pub(super) fn run(count: u64, first: u64) -> bool {
    let (simulation, mut tally, started) = (Simulation::default(), Tally::default(), Instant::now());
    for seed in first..first + count {
        if let Err(broken) = simulation.run(seed, &mut tally) {
            tell(&format!("{broken}\nto repeat it: scoreboard simulation --seed {seed} --count 1"));
            return false;
        }
        if (seed - first) % 1_000 == 999 {
            tell(&format!("{} runs", seed - first + 1));
        }
    }
    let rate = count as f64 / started.elapsed().as_secs_f64();
    let Tally { runs, deaths, lost, requests, again } = tally;
    let rows = [[runs, deaths, lost, requests, again].iter().map(ToString::to_string).collect()];
    print(&table(&["runs ended", "hosts died", "writes lost", "requests", "made again, in flight at a death"], &rows));
    print(&format!("results differing 0, answers asked for again 0; {rate:.0} runs/s"));
    true
}
