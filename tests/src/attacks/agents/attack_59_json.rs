//! JSON that is read differently by different parsers, or that is not JSON at all.

use serde_json::{Value, json};

use crate::attacks::documents::plan_with_schema;
use crate::attacks::{Arena, Attack, Verdict};
use crate::{Call, Scratch};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 59, name: "JSON that is ambiguous", run };

/// None of these is a value.
const REFUSED: [&str; 14] = [
    r#"{"a": 1, "a": 2}"#,
    r#"{"a": 1, "\u0061": 2}"#,
    r#""\ud800""#,
    r#""\udc00\ud800""#,
    "NaN",
    "-Infinity",
    "1e400",
    "-1e999999999",
    "01",
    "1.",
    "[1,]",
    "{'a': 1}",
    "1 2",
    "\u{feff}1",
];

/// These are, and stay what they are.
const EXACT: [&str; 6] =
    ["18446744073709551615", "-9223372036854775808", "9007199254740993", "1e308", "-0.0", "\"\\u0000\\ud83d\\ude00\""];

fn run(arena: &Arena) -> Verdict {
    let deep = "[".repeat(1_000_000);
    let inputs: Vec<Verdict> = REFUSED.into_iter().chain([deep.as_str()]).map(|text| input(arena, text)).collect();
    let outputs: Vec<Verdict> = REFUSED.into_iter().map(|text| arguments(arena, text)).collect();
    for text in EXACT {
        let value: Value = serde_json::from_str(text).unwrap();
        let plan = plan_with_schema(&json!({ "const": value })).unwrap();
        let file = Scratch::new("").file("i.json", text);
        assert_eq!(baton_runtime::workflow::read_input(&file.path().join("i.json"), &plan).unwrap(), value, "{text}");
    }
    Verdict::of(inputs).and(Verdict::of(outputs))
}

/// As the input of a run.
fn input(arena: &Arena, text: &str) -> Verdict {
    let plan = plan_with_schema(&json!(true)).unwrap();
    let file = Scratch::new("").file("i.json", text);
    let read = arena.watch(|| (baton_runtime::workflow::read_input(&file.path().join("i.json"), &plan), 0));
    let error = read.expect_err(text).to_string();
    Verdict::contained("refused", error.replace(&file.path().display().to_string(), "[project]"))
}

/// As the arguments of a tool, which a guest writes.
fn arguments(arena: &Arena, text: &str) -> Verdict {
    const TAKES: &str = r#"(component
        (type $r (record (field "a" (option u32)))) (export $record "taken" (type $r))
        (core module $m (func (export "run") (param i32 i32)))
        (core instance $i (instantiate $m))
        (func (export "run") (param "value" $record) (canon lift (core func $i "run"))))"#;
    arena.text(TAKES, Call { input: format!("{{\"value\": {text}}}"), ..Call::default() }).refused("")
}
