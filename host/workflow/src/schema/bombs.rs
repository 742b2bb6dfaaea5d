//! Schemas and values made to hurt: each is refused or answered, soon, and says what to do.

use std::thread;

use serde_json::{Value, json};

use super::Schema;

fn refused(schema: &Value) -> String {
    Schema::compile("s", schema).expect_err("it is refused")
}

#[test]
fn references_to_other_places_are_refused() {
    for place in ["https://example.com/other.json", "file:///etc/passwd", "other.json", "http://[::1]:1/x"] {
        let error = refused(&json!({"properties": {"a": {"$ref": place}}}));
        assert!(error.contains("nothing is fetched: put that schema under `$defs`"), "{error}");
    }
    let error = refused(&json!({"$schema": "https://example.com/dialect"}));
    assert!(error.contains("leave it out, or write `https://json-schema.org/draft/2020-12/schema`"), "{error}");
    let error = refused(&json!({"$ref": "#/$defs/none"}));
    assert_eq!(error, "it refers to `/$defs/none`, and there is nothing: put a schema there, or correct the reference");
}

#[test]
fn schemas_that_nest_too_deep_are_refused() {
    let work = || {
        let nested = |levels: usize| (0..levels).fold(json!({}), |schema, _| json!({"items": schema}));
        assert!(Schema::compile("s", &nested(100)).is_ok());
        assert_eq!(refused(&nested(200)), "it nests deeper than 128 levels: name its parts under `$defs`");
    };
    let thread = thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread starts");
    thread.join().expect("no overflow");
}

#[test]
fn a_definition_that_only_names_itself_ends() {
    for schema in [
        json!({"$ref": "#"}),
        json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}),
        json!({"$dynamicAnchor": "n", "allOf": [{"$dynamicRef": "#n"}]}),
        json!({"not": {"$ref": "#"}}),
    ] {
        let Ok(compiled) = Schema::compile("s", &schema) else { continue };
        if let Err(misfits) = compiled.check(&json!(1)) {
            assert!(misfits[0].contains("steps") || misfits[0].ends_with("under `not`"), "{schema}: {misfits:?}");
        }
    }
}

#[test]
fn no_pattern_is_catastrophic() {
    let text = json!("a".repeat(1_000_000));
    for pattern in ["(a*)*b", "^(a|a)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a+)+$b", "^(a?){50}a{50}$"] {
        let checked = Schema::compile("s", &json!({"pattern": pattern})).map(|schema| schema.check(&text));
        assert!(checked.is_ok(), "{pattern}: {checked:?}");
        let named = json!({"patternProperties": {pattern: false}, "propertyNames": {"pattern": "^(b*)*$"}});
        assert!(Schema::compile("s", &named).expect("it compiles").check(&json!({"c".repeat(100_000): 1})).is_err());
    }
    for pattern in ["(?=a)b", "(?<!a)b", r"(a)\1", "(a{1000}){1000}", r"(\p{L}{100}){100}", &"(".repeat(10_000)] {
        for schema in [json!({"pattern": pattern}), json!({"patternProperties": {pattern: {}}})] {
            let error = refused(&schema);
            assert!(error.contains("no look-around, no back references and at most 1024 KiB"), "{error}");
        }
    }
}

#[test]
fn patterns_that_are_too_long_are_not_parsed() {
    let long = "(a|b)".repeat(200_000);
    for schema in [json!({"pattern": long}), json!({"items": {"patternProperties": {&long: true}}})] {
        assert!(refused(&schema).contains("at most 65536 are allowed: list the words in an `enum`"));
    }
}

#[test]
fn patterns_that_a_guest_sends_are_only_parsed() {
    let schema = Schema::compile("s", &json!({"format": "regex"})).expect("it compiles");
    let work = move || {
        for text in ["(".repeat(200_000), "(".repeat(100_000) + &")".repeat(100_000), "[".repeat(200_000)] {
            drop(schema.check(&json!(text)));
        }
    };
    let thread = thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread starts");
    thread.join().expect("no overflow");
}

#[test]
fn a_large_schema_over_a_large_value_is_refused_before_it_is_checked() {
    let choices: Vec<Value> = (0..4_000).map(|number| json!({"const": {"n": [number]}})).collect();
    let schema = Schema::compile("s", &json!({"items": {"not": {"anyOf": choices}}})).expect("it is not too large");
    let few: Vec<Value> = (0..100).map(|number| json!([number])).collect();
    assert_eq!(schema.check(&json!(few)), Ok(()));
    let many: Vec<Value> = (0..100_000).map(|number| json!([number])).collect();
    let misfits = schema.check(&json!(many)).expect_err("it is too much");
    assert!(misfits[0].contains("parts of the schema for each of"), "{misfits:?}");
}

#[test]
fn formats_that_would_not_be_checked_are_refused() {
    for schema in [
        json!({"format": "idn-hostname"}),
        json!({"properties": {"format": {"items": [{"format": "idn-email"}]}}}),
        json!({"$defs": {"a": {"anyOf": [true, {"format": "idn-email"}]}}}),
    ] {
        assert!(refused(&schema).contains("is not checked here: leave it out, or write a `pattern`"), "{schema}");
    }
    for schema in [
        json!({"const": {"format": "idn-email"}}),
        json!({"enum": [{"format": "idn-email"}]}),
        json!({"format": "uint32"}),
    ] {
        assert!(Schema::compile("s", &schema).is_ok(), "{schema}");
    }
}
