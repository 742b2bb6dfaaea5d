//! A tool that costs next to nothing, called forever: counted for the invocation, and for the run.

use baton_journal::Limit;
use serde_json::json;

use crate::attacks::caller::{IDLE, caller, repeats};
use crate::attacks::{Arena, Attack, Verdict};
use crate::{Call, Scratch};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 4, name: "cheap calls forever", run };

const WORKFLOW: &str = "workflow: w
budget: { calls: 2000 }
steps:
  only: { tool: caller/run, input: {} }
";

fn run(arena: &Arena) -> Verdict {
    let grants = serde_json::from_str(r#"{"tools": ["idle/*"]}"#).unwrap();
    let one = arena.text(&caller("idle/run", repeats::FOREVER), Call { grants, ..Call::default() });
    one.exhausted(Limit::Calls).and(of_a_run(arena))
}

/// The callee's own calls are few, and each of its invocations is one: the run ends by its budget.
fn of_a_run(arena: &Arena) -> Verdict {
    let project = Scratch::new(WORKFLOW)
        .text("caller", &caller("idle/run", repeats::FOREVER), "tools = [\"idle/*\"]")
        .text("idle", IDLE, "");
    let (desk, ending) = arena.run(&project, &json!({}));
    let ending = ending.unwrap();
    let calls = arena.block_on(desk.outcomes(&ending.run)).len();
    assert!((ending.outcome, calls <= 2_001) == ("failed", true), "{} after {calls} calls", ending.outcome);
    Verdict::contained("run out of calls", ending.error.unwrap().message)
}
