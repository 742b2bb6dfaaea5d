//! Two tools that call each other: they end at the depth limit, and what all of them use is the run's.

use serde_json::json;

use crate::Scratch;
use crate::attacks::caller::{caller, repeats};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 5, name: "calls in a circle", run };

const WORKFLOW: &str = "workflow: w
budget: { calls: 500 }
steps:
  only: { tool: ping/run, input: {} }
";

fn run(arena: &Arena) -> Verdict {
    Verdict::of([once(arena), again_and_again(arena)])
}

/// Whoever acts for another has no more than both: in a circle each must have both.
const BOTH: &str = "tools = [\"ping/*\", \"pong/*\"]";

/// Each calls the other once: a chain as deep as the limit.
fn once(arena: &Arena) -> Verdict {
    let (desk, ending) = arena.run(&circle(1), &json!({}));
    let ending = ending.unwrap();
    let invocations = arena.block_on(desk.outcomes(&ending.run)).len();
    assert_eq!(invocations, 9, "the outermost, and eight inside each other");
    let told = arena.block_on(desk.story(&ending.run)).entries().iter().map(|entry| entry.body()).collect::<String>();
    let error = "more than 8 invocations wait for each other (limit `depth`)";
    assert!(told.contains(error), "the innermost is told why");
    Verdict::contained("out of depth", error)
}

/// Each calls the other whatever it is told: a tree, which the budget of the run cuts.
fn again_and_again(arena: &Arena) -> Verdict {
    let (desk, ending) = arena.run(&circle(repeats::FOREVER), &json!({}));
    let ending = ending.unwrap();
    let invocations = arena.block_on(desk.outcomes(&ending.run)).len();
    assert_eq!(ending.outcome, "failed");
    assert!(invocations < 20_000, "{invocations} invocations");
    Verdict::contained("run out of calls", ending.error.unwrap().message)
}

fn circle(times: i32) -> Scratch {
    Scratch::new(WORKFLOW).text("ping", &caller("pong/run", times), BOTH).text("pong", &caller("ping/run", times), BOTH)
}
