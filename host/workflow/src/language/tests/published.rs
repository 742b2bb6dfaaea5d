//! The published schema says what the parser says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use baton_policy::MicroUsd;
use baton_policy::name::is_event_name;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::fields::{NAME, is_name};
use super::super::published;
use super::super::wait::EVENT_NAME;
use crate::fixture::{fits_published, parse};
use crate::problem::Code;
use crate::source;
use crate::units::{Bytes, Count, Millis, Quantity};

const EVERYTHING: &str = include_str!("everything.workflow.yaml");

fn everything() -> Value {
    source::parse(EVERYTHING.as_bytes()).expect("it is YAML").to_value()
}

/// The codes of what the parser says of a file.
fn codes(file: &Value) -> BTreeSet<Code> {
    match parse(&file.to_string()) {
        Ok(_) => BTreeSet::new(),
        Err(problems) => problems.0.iter().map(|problem| problem.code).collect(),
    }
}

/// The same file with each of its values replaced in turn, with the place.
fn each_replaced(file: &Value, by: &dyn Fn(&Value) -> Option<Value>) -> Vec<(String, Value)> {
    let mut places = Vec::new();
    collect(file, String::new(), &mut places);
    let replaced = places.into_iter().filter_map(|place| {
        let mut file = file.clone();
        let value = file.pointer_mut(&place)?;
        *value = by(value)?;
        Some((place, file))
    });
    replaced.collect()
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| collect(value, format!("{place}/{key}"), places));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| collect(value, format!("{place}/{index}"), places));
        }
        _ => {}
    }
    places.push(place);
}

#[test]
fn every_key_is_in_the_file_that_has_every_key() {
    let mut known = BTreeSet::new();
    properties(&published(), &mut known);
    let mut places = Vec::new();
    collect(&everything(), String::new(), &mut places);
    let used: BTreeSet<String> = places.iter().flat_map(|place| place.split('/')).map(str::to_owned).collect();
    assert_eq!(known.difference(&used).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(codes(&everything()), BTreeSet::new(), "{}", parse(EVERYTHING).expect_err("it is bad"));
}

fn properties(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(keywords) => {
            if let Some(properties) = keywords.get("properties").and_then(Value::as_object) {
                found.extend(properties.keys().cloned());
            }
            keywords.values().for_each(|part| properties(part, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| properties(part, found)),
        _ => {}
    }
}

#[test]
fn an_unknown_key_is_refused_by_both_wherever_it_is() {
    let add = |value: &Value| {
        let mut entries: Map<String, Value> = value.as_object()?.clone();
        entries.insert("qqq".to_owned(), json!({ "agent": "any", "merge": "last", "if": 1 }));
        Some(Value::Object(entries))
    };
    let files = each_replaced(&everything(), &add);
    assert!(files.len() > 40, "{}", files.len());
    for (place, file) in files {
        let refused = !codes(&file).is_disjoint(&[Code::UnknownKey, Code::WrongKind].into());
        assert_eq!(fits_published(&file).is_err(), refused, "{place}");
    }
}

#[test]
fn a_key_that_is_needed_is_missed_by_both() {
    let mut missed = 0;
    let mut places = Vec::new();
    collect(&everything(), String::new(), &mut places);
    for place in places.iter().filter(|place| !place.is_empty()) {
        let mut file = everything();
        let (parent, key) = place.rsplit_once('/').expect("it is below something");
        let Some(Value::Object(entries)) = file.pointer_mut(parent) else { continue };
        entries.shift_remove(key);
        let refused = codes(&file).contains(&Code::MissingKey);
        missed += usize::from(refused);
        assert!(!refused || fits_published(&file).is_err(), "{place}");
        assert!(codes(&file) != BTreeSet::new() || fits_published(&file).is_ok(), "{place}");
    }
    assert!(missed > 15, "{missed}");
}

#[test]
fn a_value_of_another_kind_is_refused_by_both() {
    let others = [json!(true), json!(7.5), json!("zz"), json!(""), json!([[]]), json!({ "zz": [[]] }), Value::Null];
    for other in others {
        let files = each_replaced(&everything(), &|value| (*value != other).then(|| other.clone()));
        for (place, file) in files {
            let (codes, fits) = (codes(&file), fits_published(&file));
            assert!(fits.is_ok() || !codes.is_empty(), "{place}: {other} is refused by the schema alone: {fits:?}");
            let is_free = ["/input", "/data", "/initial"].iter().any(|key| place.contains(key));
            let is_wrong = codes.contains(&Code::WrongKind) && !is_free;
            assert!(fits.is_err() || !is_wrong, "{place}: {other} fits the schema alone: {codes:?}");
        }
    }
}

#[test]
fn structural_mistakes_are_refused_by_both() {
    let check = |steps: &str| {
        let text = super::with_steps(steps);
        let file = source::parse(text.as_bytes()).expect("it is YAML").to_value();
        assert!(parse(&text).is_err(), "{steps} is parsed");
        assert!(fits_published(&file).is_err(), "{steps} fits the schema");
    };
    check("  a: {}");
    check("  A: { agent: any }");
    check("  a: { agent: any, tool: crm/contacts.upsert }");
    check("  a: { agent: any, retries: 3 }");
    check("  a: { agent: any, retry: { max: 50 } }");
    check("  a: { agent: any, retry: { on: [transint] } }");
    check("  a: { agent: any, retry: { on: [permanent] } }");
    check("  a: { agent: any, timeout: 3 }");
    check("  a: { agent: any, timeout: 3y }");
    check("  a: { agent: any, budget: { wall: 3s } }");
    check("  a: { agent: any, budget: { calls: 1.5 } }");
    check("  a: { agent: any, max_parallel: 2 }");
    check("  a: { agent: any, else: b }\n  b: { agent: any }");
    check("  a: { agent: any, if: true }");
    check("  a: { agent: any, loop: { until: \"true\" } }");
    check("  a: { agent: any, loop: { until: \"true\", max: 3 }, for_each: \"${{ [1] }}\" }");
    check("  a: { agent: any, join: some, for_each: \"${{ [1] }}\" }");
    check("  a: { agent: any, on_failure: ignore }");
    check("  a: { agent: any, on_failure: {} }");
    check("  a: { agent: any, on_failure: { continue: 1, then: a } }");
    check("  a: { approve: { question: ok? }, timeout: 3d }");
    check("  a: { approve: { question: ok?, roles: [] } }");
    check("  a: { approve: { question: ok?, on_timeout: [] } }");
    check("  a: { approve: { question: ok?, on_timeout: { then: reject } } }");
    check("  a: { approve: {} }");
    check("  a: { workflow: inner.yaml, retry: {} }");
    check("  a: { switch: [] }");
    check("  a: { switch: [{ if: \"true\" }] }");
    check("  a: { switch: [{ else: b, if: \"true\" }] }\n  b: { agent: any }");
    check("  a: { wait: { timer: 5m, event: x } }");
    check("  a: { wait: { timer: 5m, timeout: 1s } }");
    check("  a: { emit: { event: a b } }");
    check("  a: { agent: any, verify: { input: {} } }");
}

/// A regular expression of the schema.
fn fits(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).expect("it is one").is_match(text)
}

proptest! {
    #[test]
    fn what_is_read_as_a_quantity_fits_its_pattern(text in "[ 0-9_.]{0,4}(ms|m|h|d|k|M|G|T|B|MiB|kB|GB)?[ 0-9hms.]{0,3}") {
        prop_assert!(Millis::parse(&text).is_none() || fits(&Millis::pattern(), &text));
        prop_assert!(Bytes::parse(&text).is_none() || fits(&Bytes::pattern(), &text));
        prop_assert!(Count::parse(&text).is_none() || fits(&Count::pattern(), &text));
        prop_assert!(<MicroUsd as Quantity>::parse(&text).is_none() || fits(&MicroUsd::pattern(), &text));
    }

    #[test]
    fn names_are_what_their_pattern_says(text in "[a-cA-C0-9_. -]{0,4}|[a-z_]{62,66}") {
        prop_assert_eq!(is_name(&text), fits(NAME, &text));
        prop_assert_eq!(is_event_name(&text), fits(EVENT_NAME, &text));
    }
}

#[test]
fn every_unit_has_examples_that_can_be_read() {
    assert!(Millis::EXAMPLES.iter().all(|text| Millis::parse(text).is_some()));
    assert!(Bytes::EXAMPLES.iter().all(|text| Bytes::parse(text).is_some()));
    assert!(Count::EXAMPLES.iter().all(|text| Count::parse(text).is_some()));
    assert!(MicroUsd::EXAMPLES.iter().all(|text| <MicroUsd as Quantity>::parse(text).is_some()));
}

/// The workflows that are shipped, and those of other tests.
const SHIPPED: [&str; 2] = ["examples", "tests/src"];

#[test]
fn every_workflow_that_is_shipped_fits() {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    SHIPPED.iter().for_each(|folder| find(&root.join(folder), &mut found));
    assert!(found.len() > 10, "{found:?}");
    for file in found {
        let tree = source::parse(&std::fs::read(&file).expect("it is there")).expect("it is YAML");
        assert_eq!(fits_published(&tree.to_value()), Ok(()), "{}", file.display());
    }
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).expect("it is a folder").map(|entry| entry.expect("it is there").path()) {
        if path.is_dir() {
            find(&path, found);
        } else if path.to_string_lossy().ends_with(".workflow.yaml") {
            found.push(path);
        }
    }
}
