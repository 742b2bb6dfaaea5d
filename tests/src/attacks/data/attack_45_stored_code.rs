//! Stored values that become more than data when they are read: they come back byte for byte, and what is no JSON is
//! refused when it is written.

use serde_json::{Value, json};

use crate::Call;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 45, name: "code in stored values", run };

const VALUES: [&str; 7] = [
    r#"{"__class__": "os.system", "args": ["id"]}"#,
    r#"{"lc": 1, "type": "constructor", "id": ["langchain", "llms"]}"#,
    r#"{"__proto__": {"admin": true}}"#,
    r#"{"$ref": "file:///etc/passwd"}"#,
    r#""${{ steps.secret.output }}""#,
    r#""!!python/object/apply:os.system [id]""#,
    r#"{"op": "set", "scope": "agent", "$serde_json::private::RawValue": "1"}"#,
];

const NO_JSON: [&str; 5] =
    ["!!python/object:x {}", "\u{80}\u{4}cposix\nsystem\n", "O:8:\"stdClass\":0:{}", "NaN", "{'a': 1}"];

fn run(arena: &Arena) -> Verdict {
    let acts: Vec<Value> = VALUES.iter().chain(&NO_JSON).flat_map(|text| [set(text), get()]).collect();
    let grants = serde_json::from_str(r#"{"state": ["run"]}"#).unwrap();
    let input = json!({ "acts": acts }).to_string();
    let told = arena.guest("acts", Call { input, grants, ..Call::default() }).completed();
    for (number, value) in VALUES.iter().enumerate() {
        assert_eq!(told[2 * number + 1], json!({ "ok": value }), "{told}");
    }
    let refusals = told.as_array().unwrap()[2 * VALUES.len()..].iter().step_by(2);
    let refusals: Vec<&str> = refusals.map(|refusal| refusal["err"].as_str().expect("it is refused")).collect();
    Verdict::contained("data, or refused", refusals[0])
}

fn set(text: &str) -> Value {
    json!({ "act": "set-text", "scope": "run", "key": "k", "text": text })
}

fn get() -> Value {
    json!({ "act": "get", "scope": "run", "key": "k" })
}
