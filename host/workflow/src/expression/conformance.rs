//! CEL's own conformance cases. A case passes, or is refused when it is loaded; no value is ever another than CEL's.

use std::collections::BTreeMap;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::convert::TYPES;
use super::evaluate::Evaluator;
use super::key::Key;
use super::scope::NoSteps;
use super::value::{Entries, Shared, Value};
use super::{Expression, LIMITS, Limits, Scope, compile, names};
use crate::problem::Position;
use crate::suites;

/// Suites about protobuf's messages: a host whose values are JSON has none.
const OF_MESSAGES: &[&str] = &["dynamic", "enums", "proto2", "proto2_ext", "proto3", "wrappers"];

/// What a case came to.
#[derive(Debug)]
enum Verdict {
    Pass,
    /// It is about messages, or names within a container.
    Messages,
    /// It asks a type checker of CEL's for a type, and for no value.
    Types,
    /// It is refused when it is loaded.
    Refused(String),
    /// It has no value, and should have one.
    NoValue(String),
    /// It has another value than it should have.
    Wrong(String),
}

#[test]
fn no_value_is_another_than_cels() {
    let Some(folder) = suites::folder("cel") else { return };
    let cases = std::fs::read_to_string(folder.join("conformance.jsonl")).expect("there are cases");
    let cases: Vec<Json> = cases.lines().map(|line| serde_json::from_str(line).expect("a case is JSON")).collect();
    assert!(cases.len() > 2_000, "there are {} cases", cases.len());
    let judged: Vec<(&Json, Verdict)> = cases.iter().map(|case| (case, judge(case))).collect();
    let wrong: Vec<String> = judged.iter().filter_map(|(case, verdict)| wrong(case, verdict)).collect();
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    suites::compare_with_readme("cel", &table(&judged));
}

fn wrong(case: &Json, verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Wrong(how) | Verdict::NoValue(how) => {
            Some(format!("{} {}: {}: {how}", suite(case), case["name"], case["expr"]))
        }
        _ => None,
    }
}

fn suite(case: &Json) -> &str {
    case["suite"].as_str().expect("a case has a suite")
}

fn judge(case: &Json) -> Verdict {
    let file = suite(case).split('/').next().unwrap_or_default();
    if OF_MESSAGES.contains(&file) || is_contained(case) {
        return Verdict::Messages;
    }
    let text = case["expr"].as_str().expect("a case has an expression");
    let Some(bindings) = bindings(case) else { return Verdict::Messages };
    let expected = expected(case);
    let verdict = match evaluate(text, bindings, |value| matches(expected.as_ref(), value)) {
        Err(Failed::Load(message)) if message.contains("messages") => return Verdict::Messages,
        _ if case["typedResult"].is_object() && case["typedResult"]["result"].is_null() => return Verdict::Types,
        found => found,
    };
    match (verdict, case["evalError"].is_object()) {
        (Ok((false, value)), false) => Verdict::Wrong(format!("it is {value}")),
        (Ok((_, value)), true) => Verdict::Wrong(format!("it is {value}, and should be an error")),
        (Ok((true, _)), false) | (Err(_), true) => Verdict::Pass,
        (Err(Failed::Load(message)), false) => Verdict::Refused(message),
        (Err(Failed::Evaluate(message)), false) => Verdict::NoValue(message),
    }
}

/// Whether a case names a variable within a container: a workflow has none.
fn is_contained(case: &Json) -> bool {
    let mut bindings = case["bindings"].as_object().into_iter().flatten();
    bindings.any(|(name, _)| name.contains('.'))
}

/// Why there is no value.
enum Failed {
    Load(String),
    Evaluate(String),
}

/// Loads and evaluates as a workflow does, and asks something of the value.
fn evaluate<T>(
    text: &str,
    bindings: BTreeMap<&str, Value<'static>>,
    ask: impl Fn(&Value<'_>) -> T,
) -> Result<(T, String), Failed> {
    let compiled = Expression::compile(text, Position::default()).map_err(|error| Failed::Load(error.message))?;
    let found = names(compiled.root());
    if let Some((_, message, _)) = found.faults.first() {
        return Err(Failed::Load(message.clone()));
    }
    if let Some(unknown) = found.variables.iter().find(|variable| !bindings.contains_key(variable.name)) {
        return Err(Failed::Load(format!("there is no `{}`", unknown.name)));
    }
    let context = serde_json::Map::new();
    let scope = Scope::new(&Json::Null, &Json::Null, &NoSteps, &context);
    let mut evaluator = Evaluator::new(scope, &LIMITS);
    evaluator.locals.extend(bindings);
    let value = evaluator.value(compiled.root()).map_err(|error| Failed::Evaluate(error.to_string()))?;
    Ok((ask(&value), format!("{value:?}")))
}

fn bindings(case: &Json) -> Option<BTreeMap<&str, Value<'static>>> {
    let bindings = case["bindings"].as_object().into_iter().flatten();
    bindings.map(|(name, binding)| Some((name.as_str(), value(&binding["value"])?))).collect()
}

/// What a case should come to; true if it says nothing.
fn expected(case: &Json) -> Option<Json> {
    let typed = &case["typedResult"]["result"];
    match (&case["value"], typed) {
        (Json::Null, Json::Null) => Some(serde_json::json!({ "boolValue": true })),
        (Json::Null, typed) => Some(typed.clone()),
        (value, _) => Some(value.clone()),
    }
}

/// A value as the cases write it; nothing for a message.
fn value(json: &Json) -> Option<Value<'static>> {
    let (kind, written) = json.as_object()?.iter().next()?;
    let text = || written.as_str().map(str::to_owned);
    Some(match kind.as_str() {
        "nullValue" => Value::Null,
        "boolValue" => Value::Bool(written.as_bool()?),
        "int64Value" => Value::Int(text()?.parse().ok()?),
        "uint64Value" => Value::Uint(text()?.parse().ok()?),
        "doubleValue" => Value::Double(written.as_f64().or_else(|| text()?.parse().ok())?),
        "stringValue" => Value::text(text()?),
        "bytesValue" => Value::Bytes(Shared::Made(STANDARD.decode(text()?).ok()?.into())),
        "typeValue" => Value::Type(TYPES.iter().find(|name| Some(**name) == written.as_str()).copied().or(
            match text()?.as_str() {
                "google.protobuf.Timestamp" => Some("google.protobuf.Timestamp"),
                "google.protobuf.Duration" => Some("google.protobuf.Duration"),
                "optional_type" => Some("optional_type"),
                _ => None,
            },
        )?),
        "listValue" => {
            let items = written["values"].as_array().into_iter().flatten();
            Value::list(items.map(value).collect::<Option<_>>()?)
        }
        "mapValue" => {
            let entries = written["entries"].as_array().into_iter().flatten();
            let entries = entries.map(|entry| Some((Key::of(&value(&entry["key"])?)?, value(&entry["value"])?)));
            Value::map(entries.collect::<Option<Entries<'static>>>()?)
        }
        "objectValue" if written["@type"].as_str()?.ends_with("google.protobuf.Duration") => {
            let text = Value::text(written["value"].as_str()?);
            let duration = super::Function::named("duration")?;
            duration.call(&[text], &mut super::function::Tools::new(&LIMITS)).ok()?
        }
        _ => return None,
    })
}

/// Whether a value is the expected one, and of its kind.
fn matches(expected: Option<&Json>, found: &Value<'_>) -> bool {
    expected.and_then(value).is_some_and(|expected| same(&expected, found))
}

fn same(one: &Value<'_>, other: &Value<'_>) -> bool {
    match (one, other) {
        (Value::Double(one), Value::Double(other)) => one == other || (one.is_nan() && other.is_nan()),
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| same(&one, &other))
        }
        (Value::Map(one), Value::Map(other)) => {
            let is_there = |(key, value): (Key<'_>, Value<'_>)| {
                other.iter().any(|(name, found)| same(&key.clone().into(), &name.into()) && same(&value, &found))
            };
            one.len() == other.len() && one.iter().all(is_there)
        }
        _ => {
            let mut tools = super::function::Tools::new(&LIMITS);
            std::mem::discriminant(one) == std::mem::discriminant(other)
                && super::compare::equal(one, other, &mut tools.meter).unwrap_or(false)
        }
    }
}

/// The table of `README.md`, and the gaps.
fn table(judged: &[(&Json, Verdict)]) -> String {
    let mut rows: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut gaps: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (case, verdict) in judged {
        let file = suite(case).split('/').next().unwrap_or_default();
        let column = match verdict {
            Verdict::Pass => 0,
            Verdict::Refused(message) => {
                gaps.entry(message).or_default().push(format!(
                    "{}/{}",
                    suite(case),
                    case["name"].as_str().unwrap_or_default()
                ));
                1
            }
            Verdict::Messages => 2,
            Verdict::Types => 3,
            Verdict::NoValue(_) | Verdict::Wrong(_) => continue,
        };
        rows.entry(file).or_default()[column] += 1;
    }
    let mut text = String::from(
        "\n| suite | pass | refused at load | about messages | about types only |\n|---|---|---|---|---|\n",
    );
    let mut all = [0; 4];
    for (file, counts) in &rows {
        all.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        row(&mut text, file, counts);
    }
    row(&mut text, "**all**", &all);
    text.push_str("\nRefused at load, each with its place in the file:\n\n");
    for (message, cases) in &gaps {
        let named = if cases.len() > 3 {
            format!("{} and {} more", cases[..2].join(", "), cases.len() - 2)
        } else {
            cases.join(", ")
        };
        writeln!(text, "- “{message}”: {} ({named})", cases.len()).expect("writing to a text does not fail");
    }
    text.push('\n');
    text
}

fn row(text: &mut String, name: &str, counts: &[usize; 4]) {
    let counts = counts.map(|count| if count == 0 { "-".to_owned() } else { count.to_string() });
    writeln!(text, "| {name} | {} |", counts.join(" | ")).expect("writing to a text does not fail");
}

#[test]
fn the_parser_is_bounded_by_the_limits_it_is_given() {
    let small = Limits { length: 10, brackets: 1, operators: 1, depth: 2, ..LIMITS };
    for text in ["1 + 1 + 1 + 1", "((1))", "1+1+1", "[[]]"] {
        assert!(compile::compile(text, &small).is_err(), "{text}");
    }
}
