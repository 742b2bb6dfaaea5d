//! Whatever a host dies of, and whenever, the run comes to the same end, and nothing that was answered is asked again.

use baton_tests::simulation::{Simulation, Tally};

/// Runs; `scoreboard simulation --count N` makes more.
const RUNS: u64 = 300;

#[test]
fn runs_end_as_if_no_host_had_died() {
    let (simulation, mut tally) = (Simulation::default(), Tally::default());
    for seed in 0..RUNS {
        simulation.run(seed, &mut tally).unwrap();
    }
    assert_eq!(tally.runs, RUNS);
    assert!(tally.deaths > RUNS && tally.lost > RUNS && tally.again > 10, "too little happened: {tally:?}");
}
