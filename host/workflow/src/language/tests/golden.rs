//! Plans that journals have are read for ever: a run goes on with the plan that it began with.

use super::{Plan, WHOLE, plan};

/// The plan of [`WHOLE`] as format 1 was first written. Never changed: a format that reads it otherwise is another one.
const GOLDEN: &str = include_str!("golden-1.json");

/// Its digest, which headers of runs have.
const DIGEST: &str = "3e76f9d0bf045537de9927441bb953875df12c92976177bc6f268bd6f9262e2d";

#[test]
fn the_golden_plan_is_read_as_it_was_meant() {
    let golden = Plan::from_json(GOLDEN.trim_end()).expect("it is a plan");
    assert_eq!(golden, plan(WHOLE));
    assert_eq!(golden.digest().to_string(), DIGEST);
}

#[test]
fn the_format_is_the_golden_one() {
    assert_eq!(plan(WHOLE).to_json(), GOLDEN.trim_end());
}
