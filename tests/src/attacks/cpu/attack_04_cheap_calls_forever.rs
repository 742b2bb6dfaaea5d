//! A tool that costs next to nothing, called forever: found as a loop; and where the operator lets that be, counted for the
//! invocation, and for the run.

use baton_journal::Limit;
use baton_policy::Limits;
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

const ASKS: &str = "[tools.run]\neffect = \"none\"\n[asks]\ntools = [\"idle/*\"]\n";
const TERMS: &str = "grants = { tools = [\"idle/*\"] }\nlimits = { repeats = 1_000_000 }";

fn run(arena: &Arena) -> Verdict {
    let within = |limits| {
        let grants = serde_json::from_str(r#"{"tools": ["idle/*"]}"#).unwrap();
        arena.text(&caller("idle/run", repeats::FOREVER), Call { grants, limits, ..Call::default() })
    };
    let patient = Limits { repeats: Limits::MAX.repeats, ..Limits::default() };
    let found = within(Limits::default()).exhausted(Limit::Repeats);
    found.and(within(patient).exhausted(Limit::Calls)).and(of_a_run(arena))
}

/// The callee's own calls are few, and each of its invocations is one: the run ends by its budget.
fn of_a_run(arena: &Arena) -> Verdict {
    let project = Scratch::new(WORKFLOW)
        .plugin("caller", &wat::parse_str(caller("idle/run", repeats::FOREVER)).unwrap(), ASKS, TERMS)
        .text("idle", IDLE, "");
    let (desk, ending) = arena.run(&project, &json!({}));
    let ending = ending.unwrap();
    let calls = arena.block_on(desk.outcomes(&ending.run)).len();
    assert!((ending.outcome, calls <= 2_001) == ("failed", true), "{} after {calls} calls", ending.outcome);
    Verdict::contained("run out of calls", ending.error.unwrap().message)
}
