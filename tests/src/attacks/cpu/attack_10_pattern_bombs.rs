//! Patterns made to be slow, in `matches()` of an expression and in `pattern` of a schema.

use std::time::Duration;

use serde_json::json;

use crate::attacks::arena::timed;
use crate::attacks::documents::{evaluate, plan_with_schema};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 10, name: "pattern bombs", run };

/// Time for all patterns together, on a machine that is busy; a backtracking engine takes years for one.
const SOON: Duration = Duration::from_secs(10);

const PATTERNS: [&str; 6] = [
    "(a+)+$",
    "(a|aa)+$",
    "(.*a){20}$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "((a{100}){100}){100}",
    "(?:x{0,1000}){0,1000}",
];

fn run(arena: &Arena) -> Verdict {
    let (told, took) = arena.watch(|| (timed(|| (in_expressions(), in_schemas())), 0));
    assert!(took < SOON, "{took:?}");
    let (expression, schema) = told;
    Verdict::of([Verdict::contained("linear or refused", expression), Verdict::contained("linear or refused", schema)])
}

/// Each pattern on a text that it almost matches; tells the last refusal.
fn in_expressions() -> String {
    let text = json!({ "text": format!("{}!", "a".repeat(100_000)) });
    let tried = PATTERNS.map(|pattern| evaluate(&format!("input.text.matches('{pattern}')"), &text));
    let refusals: Vec<String> = tried.into_iter().filter_map(Result::err).collect();
    assert!(!refusals.is_empty(), "a pattern that is too large is refused");
    refusals[0].clone()
}

fn in_schemas() -> String {
    let text = json!(format!("{}!", "a".repeat(100_000)));
    let mut refusals = Vec::new();
    for pattern in PATTERNS {
        match plan_with_schema(&json!({ "type": "string", "pattern": pattern })) {
            Ok(plan) => refusals.extend(plan.check_input(&text).err().into_iter().flatten()),
            Err(problems) => refusals.push(problems.to_string()),
        }
    }
    refusals.concat()
}
