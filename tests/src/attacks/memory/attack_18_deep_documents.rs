//! Documents that nest without end, for each of the host's parsers.

use serde_json::json;

use crate::attacks::documents::{evaluate, plan};
use crate::attacks::{Arena, Attack, Verdict};
use crate::{Call, Scratch};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 18, name: "deep documents", run };

const DEPTH: usize = 200_000;

fn run(arena: &Arena) -> Verdict {
    let deep = format!("{}1{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    Verdict::of([
        refused(arena, || plan(&format!("workflow: w\nsteps: {deep}")).unwrap_err().to_string()),
        refused(arena, || plan(&format!("workflow: w\nsteps:\n{}", "- ".repeat(DEPTH))).unwrap_err().to_string()),
        refused(arena, || evaluate(&format!("{}1{}", "(".repeat(DEPTH), ")".repeat(DEPTH)), &json!({})).unwrap_err()),
        refused(arena, || evaluate(&format!("{}true", "!".repeat(4_000)), &json!({})).unwrap_err()),
        refused(arena, || manifest(&format!("deep = {deep}"))),
        refused(arena, || manifest(&format!("{}a = 1", "a.".repeat(DEPTH / 2)))),
        arena
            .text(TAKES_A_LIST, Call { input: format!("{{\"list\": {deep}}}"), ..Call::default() })
            .refused("nested deeper"),
        value_of_state(arena, &deep),
    ])
}

const TAKES_A_LIST: &str = r#"(component
    (core module $m (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
        (func (export "run") (param i32 i32)))
    (core instance $i (instantiate $m))
    (func (export "run") (param "list" (list u32)) (canon lift (core func $i "run")
        (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"#;

fn refused(arena: &Arena, read: impl FnOnce() -> String) -> Verdict {
    Verdict::contained("refused", arena.watch(|| (read(), 0)).lines().next().unwrap_or_default())
}

fn manifest(line: &str) -> String {
    let project = Scratch::new("").plugin("p", b"", line, "");
    baton_runtime::bundle::Project::load(project.path()).unwrap_err().to_string()
}

/// A value of state is compared as JSON, so it is read before it is kept.
fn value_of_state(arena: &Arena, deep: &str) -> Verdict {
    let acts = json!({ "acts": [
        { "act": "set-text", "scope": "run", "key": "a", "text": deep },
        { "act": "swap", "scope": "run", "key": "a", "expected": 1, "value": 2 },
    ] });
    let grants = serde_json::from_str(r#"{"state": ["run"]}"#).unwrap();
    let told = arena.guest("acts", Call { input: acts.to_string(), grants, ..Call::default() }).completed();
    let refusal = told[0]["err"].as_str().expect("it is not kept");
    assert!(refusal.contains("nested deeper than 64 levels"), "{refusal}");
    assert_eq!(told[1], json!({ "ok": false }), "and there is nothing that it could equal");
    Verdict::contained("refused", refusal)
}
