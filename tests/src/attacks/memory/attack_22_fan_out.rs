//! Work that makes more work: calls of many tools at once that do the same, and a step over too many items.

use serde_json::json;

use crate::Scratch;
use crate::attacks::caller::{IDLE, spreader};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 22, name: "fan-out", run };

const SPREADS: &str = "workflow: w
budget: { calls: 5000 }
steps:
  only: { tool: spread/run, input: {}, timeout: 5s }
";

const ITEMS: &str = "workflow: w
steps:
  each: { for_each: \"${{ input.items }}\", tool: idle/run, input: {} }
";

fn run(arena: &Arena) -> Verdict {
    Verdict::of([calls(arena), items(arena)])
}

fn calls(arena: &Arena) -> Verdict {
    let project = Scratch::new(SPREADS).text("spread", &spreader("spread/run", 64), "tools = [\"spread/*\"]");
    let (desk, ending) = arena.run(&project, &json!({}));
    let ending = ending.unwrap();
    let invocations = arena.block_on(desk.outcomes(&ending.run)).len();
    assert_eq!(ending.outcome, "failed");
    assert!(invocations < 50_000, "{invocations} invocations");
    Verdict::contained("run out of calls or time", ending.error.unwrap().message)
}

fn items(arena: &Arena) -> Verdict {
    let project = Scratch::new(ITEMS).text("idle", IDLE, "");
    let (_, ending) = arena.run(&project, &json!({ "items": vec![0; 10_001] }));
    let ending = ending.unwrap();
    assert_eq!(ending.outcome, "failed");
    Verdict::contained("too many items", ending.error.unwrap().message)
}
