//! Random components do no harm. `scoreboard smith --count 10000` tries more of them.

use baton_tests::attacks::{Arena, Mode};
use baton_tests::smith::{Tally, attempt};

/// Enough that each kind of random component is among them.
const COUNT: u64 = 200;

#[test]
fn random_components_are_refused_or_run_to_their_limits() {
    let arena = Arena::new(Mode::Shared);
    let mut tally = Tally::default();
    for seed in 0..COUNT {
        attempt(&arena, seed, &mut tally).unwrap();
    }
    assert!(tally.called > COUNT / 10 && tally.refused < COUNT / 2, "{tally:?}");
}
