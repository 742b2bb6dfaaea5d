//! What JSON looks like to people.

use serde_json::json;

use super::*;

fn check(json: &Value, detail: &Detail, expect: &[&str]) {
    assert_eq!(value(json, detail).lines, expect);
}

#[test]
fn findings_are_a_list_with_headings() {
    let assessment = json!({
        "risk": "medium", "decision": "review", "score": 35, "missing": [],
        "findings": [
            {"code": "screening", "severity": "high", "message": "the name is like one on the list",
             "evidence": [{"document": "passport.txt", "text": "I. Petrov", "start": 612, "end": 621, "line": 14},
                {"list": "Ivan Petrov", "matched": "I. Petrov", "program": "X-1", "score": 0.93, "country": null}]},
            {"code": "expiry", "severity": "low", "message": "the passport expires soon", "evidence": []},
        ],
    });
    let expect = [
        "risk: medium",
        "decision: review",
        "score: 35",
        "missing: (none)",
        "findings:",
        "  - [high] the name is like one on the list (screening)",
        "    evidence:",
        "      - passport.txt:14 I. Petrov",
        "      - list: Ivan Petrov, matched: I. Petrov, program: X-1, score: 0.93, country: -",
        "  - [low] the passport expires soon (expiry)",
        "    evidence: (none)",
    ];
    check(&assessment, &Detail::QUESTION, &expect);
}

#[test]
fn short_lists_are_a_line_and_long_ones_are_cut() {
    check(&json!(["passport", "register extract"]), &Detail::SHORT, &["passport, register extract"]);
    let long: Vec<String> = (0..9).map(|n| format!("{n} {}", "x".repeat(20))).collect();
    let written = value(&json!(long), &Detail::SHORT);
    assert_eq!((written.lines.len(), written.lines[5].as_str(), written.shortened), (6, "… 4 more", true));
    assert!(!value(&json!(long), &Detail::FULL).shortened);
}

#[test]
fn long_texts_are_cut_by_characters_and_lines() {
    let written = value(&json!({"text": "ü".repeat(2_000)}), &Detail::SHORT);
    assert_eq!(written.lines, [format!("text: {}… (3.9 KiB)", "ü".repeat(160))]);
    let written = value(&json!({"text": "line\n".repeat(9)}), &Detail::SHORT);
    assert_eq!(written.lines, ["text:", "  line", "  line", "  line", "  line… (45 B)"]);
    assert!(written.shortened);
}

#[test]
fn foreign_text_is_escaped_in_keys_and_values() {
    check(&json!({"\x1b[1m": "\u{202e}x"}), &Detail::SHORT, &["\\u{1b}[1m: \\u{202e}x"]);
    check(&json!([{"message": "a\x07\nb", "severity": "\x1b"}]), &Detail::SHORT, &["- [\\u{1b}] a\\u{7} b"]);
}

#[test]
fn what_is_odd_is_written_all_the_same() {
    check(&json!(null), &Detail::SHORT, &["-"]);
    check(&json!({}), &Detail::SHORT, &["(empty)"]);
    check(&json!(""), &Detail::SHORT, &["\"\""]);
    check(&json!([[1, 2], [3]]), &Detail::SHORT, &["- 1, 2", "- 3"]);
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep, deep.is_null()]);
    }
    assert!(value(&deep, &Detail::FULL).shortened);
    assert_eq!(payload(&Payload::text("no json"), &Detail::SHORT).lines, ["no json"]);
}

#[test]
fn one_line_is_the_json_itself_cut() {
    assert_eq!(one_line(&Payload::text("{\"a\":\"b\"}"), 20), ("{\"a\":\"b\"}".to_owned(), false));
    assert_eq!(one_line(&Payload::text("[1,2,3]"), 3), ("[1,… (7 B)".to_owned(), true));
}
