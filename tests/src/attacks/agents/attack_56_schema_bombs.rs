//! Schemas that reach out, go round, or cost more than what they check.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::attacks::documents::plan_with_schema;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 56, name: "schema bombs", run };

/// Time for one schema and one small value.
const SOON: Duration = Duration::from_secs(10);

fn run(arena: &Arena) -> Verdict {
    let reaches_out = [
        json!({ "$ref": "https://evil.example/schema.json" }),
        json!({ "$ref": "file:///etc/passwd" }),
        json!({ "$schema": "https://evil.example/meta", "type": "object" }),
        json!({ "allOf": [{ "$ref": "http://127.0.0.1:1/s#/a" }] }),
    ];
    let refused = reaches_out.map(|schema| refused(&schema));
    let small = json!({ "a": { "a": { "a": [[[1]]] } } });
    let bombs = [
        json!({ "$ref": "#" }),
        json!({ "allOf": [{ "$ref": "#" }, { "$ref": "#" }] }),
        json!({ "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } }, "$ref": "#/$defs/a" }),
        json!({ "enum": (0..100_000).collect::<Vec<u32>>() }),
        doubling("allOf"),
        doubling("anyOf"),
        doubling("oneOf"),
        json!({ "properties": { "a": { "allOf": [{ "$ref": "#" }, { "$ref": "#" }, { "$ref": "#" }] } } }),
    ];
    Verdict::of(refused).and(Verdict::of(bombs.map(|schema| arena.watch(|| (in_time(schema, &small), 0)))))
}

fn refused(schema: &Value) -> Verdict {
    let problems = plan_with_schema(schema).expect_err("nothing is fetched").to_string();
    Verdict::contained("refused", problems.lines().next().unwrap_or_default())
}

/// Each definition is twice the one before it: thirty lines that check a value a billion times.
fn doubling(keyword: &str) -> Value {
    let mut definitions = Map::new();
    definitions.insert("d0".to_owned(), json!({ "type": "string" }));
    for level in 1..=40 {
        let half = json!({ "$ref": format!("#/$defs/d{}", level - 1) });
        definitions.insert(format!("d{level}"), json!({ keyword: [half, half] }));
    }
    json!({ "$defs": definitions, "$ref": "#/$defs/d40" })
}

/// Compiles and checks beside, because what hangs cannot be stopped.
fn in_time(schema: Value, value: &Value) -> Verdict {
    let (tell, told) = mpsc::channel();
    let (value, text) = (value.clone(), schema.to_string());
    std::thread::spawn(move || {
        let checked =
            plan_with_schema(&schema).map_err(|problems| problems.to_string()).map(|plan| plan.check_input(&value));
        let _ = tell.send(checked); // nobody may wait any more
    });
    match told.recv_timeout(SOON) {
        Ok(Ok(Ok(()) | Err(_))) => Verdict::contained("checked", ""),
        Ok(Err(problems)) => Verdict::contained("refused", problems),
        Err(error) => panic!("{error}: {text:.200}"),
    }
}
