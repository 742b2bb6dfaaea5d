//! Work that makes more work: calls of many tools at once that do the same, and a step over too many items.

use baton_policy::ceiling::NESTED_AT_ONCE;
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

/// Answers with three mebibytes.
const LARGE: &str = r#"(component
    (core module $m (memory (export "memory") 50)
        (func (export "run") (result i32)
            (memory.fill (i32.const 16) (i32.const 120) (i32.const 3145728))
            (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 3145728))
            (i32.const 0)))
    (core instance $i (instantiate $m))
    (func (export "run") (result string) (canon lift (core func $i "run") (memory (core memory $i "memory")))))"#;

const LARGE_AT_ONCE: &str = "workflow: w
steps:
  only: { tool: spread/run, input: {}, timeout: 20s }
";

fn run(arena: &Arena) -> Verdict {
    Verdict::of([calls(arena), replies(arena), items(arena)])
}

/// Many large replies at once.
fn replies(arena: &Arena) -> Verdict {
    let spreads = spreader("large/run", 64);
    let project =
        Scratch::new(LARGE_AT_ONCE).text("spread", &spreads, "tools = [\"large/*\"]").text("large", LARGE, "");
    // Each of those at work has its output until it is recorded.
    let (_, ending) = arena.run_beside(u64::from(NESTED_AT_ONCE) * (3 << 20), &project, &json!({}));
    let ending = ending.unwrap();
    assert_eq!(ending.outcome, "failed");
    Verdict::contained("out of bytes", ending.error.unwrap().message)
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
