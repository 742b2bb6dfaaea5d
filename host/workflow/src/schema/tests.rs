//! Tests of schemas and of what is known before there are values.

use serde_json::json;

use super::*;

fn fits(shape: &Shape<'_>, schema: &Value) -> Vec<String> {
    let found = misfits(shape, View::new(schema));
    found.into_iter().map(|misfit| format!("{}: {}", misfit.path.join("."), misfit.message)).collect()
}

#[test]
fn values_are_checked() {
    let schema = Schema::compile(
        "s.json",
        &json!({
            "type": "object", "required": ["name"], "additionalProperties": false,
            "properties": {"name": {"type": "string", "pattern": "^[A-Z]"}, "born": {"type": "string", "format": "date"}}
        }),
    );
    let schema = schema.expect("it compiles");
    assert_eq!(schema.check(&json!({"name": "Ada", "born": "1815-12-10"})), Ok(()));
    let errors = schema.check(&json!({"name": "ada", "born": "x", "more": 1})).expect_err("three are wrong");
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(errors.iter().any(|error| error.starts_with("/name: ")), "{errors:?}");
}

#[test]
fn a_schema_that_doubles_is_refused_however_its_parts_are_named() {
    let named: [fn(u32) -> (Value, String); 3] = [
        |level| (json!({}), format!("#/$defs/d{level}")),
        |level| (json!({"$anchor": format!("a{level}")}), format!("#a{level}")),
        |level| (json!({}), format!("https://example.com/s.json#/$defs/d{level}")),
    ];
    for name in named {
        let mut definitions = serde_json::Map::from_iter([("d0".to_owned(), name(0).0)]);
        for level in 1..=40 {
            let (mut definition, half) = (name(level).0, json!({"$ref": name(level - 1).1}));
            definition["anyOf"] = json!([half, half]);
            definitions.insert(format!("d{level}"), definition);
        }
        let schema = json!({"$id": "https://example.com/s.json", "$defs": definitions, "$ref": name(40).1});
        let error = Schema::compile("s.json", &schema).expect_err("it is too large");
        assert_eq!(error, "it has more than 20000 parts, each counted as often as it is named");
    }
}

#[test]
fn a_schema_that_names_itself_is_taken() {
    let tree = json!({"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}, "additionalProperties": false});
    let schema = Schema::compile("s.json", &tree).expect("it compiles");
    assert_eq!(schema.check(&json!({"left": {"right": {}}, "right": {}})), Ok(()));
    assert!(schema.check(&json!({"left": {"middle": {}}})).is_err());
}

#[test]
fn bad_schemas_are_refused() {
    let check = |schema: Value| assert!(Schema::compile("s", &schema).is_err(), "{schema}");
    check(json!({"type": "strin"}));
    check(json!({"$ref": "https://example.com/other.json"}));
    check(json!({"$ref": "file:///etc/passwd"}));
    check(json!({"$ref": "other.json"}));
    check(json!({"$ref": "#/nowhere"}));
    check(json!({"pattern": "(a+)+\\1"}));
    check(json!({"pattern": "("}));
}

#[test]
fn references_in_circles_end() {
    let circle = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}});
    assert_eq!(fits(&Shape::Kinds(Kinds::STRING), &circle), Vec::<String>::new());
    let schema = Schema::compile("circle", &circle);
    assert!(schema.is_err() || schema.is_ok_and(|schema| schema.check(&json!(1)).is_ok()));
    let tree = json!({"type": "object", "properties": {"child": {"$ref": "#"}}, "additionalProperties": false});
    let schema = Schema::compile("tree", &tree).expect("it compiles");
    assert!(schema.check(&json!({"child": {"child": {}}})).is_ok());
    assert_eq!(fits(&Shape::Schema(View::new(&tree)), &tree), Vec::<String>::new());
}

#[test]
fn schemas_that_refer_to_themselves_many_times_cost_little() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let properties: serde_json::Map<_, _> =
        names.iter().map(|name| ((*name).to_owned(), json!({"$ref": "#"}))).collect();
    let either: Vec<Value> = names.iter().map(|_| json!({"$ref": "#"})).collect();
    let wide = json!({"type": "object", "required": names, "properties": properties});
    assert_eq!(fits(&Shape::Schema(View::new(&wide)), &wide.clone()), Vec::<String>::new());
    let choices = json!({"anyOf": either});
    assert_eq!(View::new(&choices).kinds(), Kinds::ALL);
    assert_eq!(View::new(&choices).choices(), None);
    let doubled = |level: usize| json!({"oneOf": [{"$ref": format!("#/$defs/{}", level + 1)}, {"$ref": format!("#/$defs/{}", level + 1)}]});
    let mut levels: serde_json::Map<_, _> = (0..40).map(|level| (level.to_string(), doubled(level))).collect();
    levels.insert("40".to_owned(), json!({"const": 1}));
    let deep = json!({"$ref": "#/$defs/0", "$defs": levels});
    assert_eq!(View::new(&deep).choices(), None);
}

#[test]
fn values_that_are_listed_in_parts_are_known() {
    let check = |schema: Value, expect: Option<Value>| {
        let found = View::new(&schema).choices().map(|values| values.into_iter().cloned().collect());
        assert_eq!(found, expect, "{schema}");
    };
    check(json!({"enum": ["a", 1]}), Some(json!(["a", 1])));
    check(json!({"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}]}), Some(json!(["a", "b", null])));
    check(
        json!({"oneOf": [{"const": "a"}, {"$ref": "#/$defs/b"}], "$defs": {"b": {"const": "b"}}}),
        Some(json!(["a", "b"])),
    );
    check(json!({"anyOf": [{"const": "a"}, {"type": "string"}]}), None);
    check(json!({"type": "string"}), None);
    check(json!({"enum": (0..1_000).collect::<Vec<u32>>()}), None);
}

#[test]
fn what_cannot_fit_is_found() {
    let schema = json!({
        "type": "object", "required": ["applicant", "level"], "additionalProperties": false,
        "properties": {
            "applicant": {"$ref": "#/$defs/person"},
            "level": {"enum": ["low", "high"]},
            "summaries": {"type": "array", "items": {"type": "object", "required": ["text"]}}
        },
        "$defs": {"person": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}
    });
    let value = json!({"applicant": {"name": 1}, "levl": "low", "summaries": [{"text": ""}, {}, 3]});
    assert_eq!(
        fits(&Shape::Value(&value), &schema),
        [
            ": `level` is missing",
            "applicant.name: a string is needed, and this is an integer",
            "levl: there is no such field",
            "summaries.1: `text` is missing",
            "summaries.2: an object is needed, and this is an integer",
        ]
    );
    let low = json!("medium");
    let entries = [("applicant", Shape::Unknown), ("level", Shape::Value(&low))].into_iter().collect();
    assert_eq!(fits(&Shape::Object(entries), &schema), ["level: \"medium\" is not among the values that are allowed"]);
    assert_eq!(fits(&Shape::Kinds(Kinds::STRING), &schema), [": an object is needed, and this is a string"]);
}

#[test]
fn what_may_fit_is_left_alone() {
    let check = |source: Value, target: Value| {
        assert_eq!(fits(&Shape::Schema(View::new(&source)), &target), Vec::<String>::new(), "{source} to {target}");
    };
    check(json!({}), json!({"type": "string"}));
    check(json!({"type": ["string", "null"]}), json!({"type": "string"}));
    check(json!({"type": "integer"}), json!({"type": "number"}));
    check(json!({"type": "number"}), json!({"type": "integer"}));
    check(json!({"type": "object"}), json!({"type": "object", "required": ["a"]}));
    check(json!({"anyOf": [{"type": "string"}, {"type": "object"}]}), json!({"type": "object"}));
    check(json!({"type": "array"}), json!({"type": "array", "items": {"type": "string"}}));
    check(json!({"type": "string"}), json!({"oneOf": [{"type": "string"}, {"type": "null"}]}));
}

#[test]
fn fields_are_known_or_not() {
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "any": true}});
    let shape = Shape::Schema(View::new(&schema));
    assert!(shape.field("name").is_ok_and(|shape| shape.kinds() == Kinds::STRING));
    assert!(shape.field("any").is_ok());
    let error = shape.field("nam").expect_err("it is not declared");
    assert_eq!(error.hint.as_deref(), Some("did you mean `name`?"));
    let open = json!({"type": "object", "properties": {"name": {}}, "additionalProperties": true});
    assert!(Shape::Schema(View::new(&open)).field("nam").is_ok());
    let error = Shape::Kinds(Kinds::STRING).field("x").expect_err("a string has no fields");
    assert_eq!(error.hint.as_deref(), Some("it is a string"));
}

#[test]
fn a_schema_that_applies_itself_often_is_stopped() {
    let nested = |leaf: Value| (0..60).fold(leaf, |value, _| json!({"a": value}));
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let twice = json!({"type": "object", "properties": {"a": {keyword: [{"$ref": "#"}, {"$ref": "#"}]}}});
        let schema = Schema::compile("twice", &twice).expect("it compiles");
        for value in [nested(json!({})), nested(json!(1))] {
            if let Err(misfits) = schema.check(&value) {
                assert!(misfits.len() <= MAX_NAMED + 1, "{keyword}: {misfits:?}");
            }
        }
    }
    let both = json!({"$ref": "#/$defs/x", "properties": {"z": {"type": "string"}}, "$defs": {"x": {"type": "object",
        "properties": {"a": {"allOf": [{"$ref": "#/$defs/x"}, {"not": {"not": {"$ref": "#/$defs/x"}}}]}}}}});
    let schema = Schema::compile("both", &both).expect("it compiles");
    let mut value = nested(json!({}));
    value["z"] = json!(1);
    let misfits = schema.check(&value).expect_err("z is no string");
    assert!(misfits[0].contains("steps") || misfits[0].starts_with("/z"), "{misfits:?}");
}

#[test]
fn counting_changes_no_answer() {
    let schema = json!({
        "type": "object",
        "properties": {
            "$ref": {"type": "string"},
            "const": {"$ref": "#/$defs/number"},
            "pair": {"$ref": "#/$defs/pair", "description": "two"},
            "named": {"const": {"$ref": "#/$defs/number"}},
        },
        "unevaluatedProperties": false,
        "$defs": {"number": {"type": "number"}, "pair": {"prefixItems": [{"$ref": "#/$defs/number"}], "items": false}},
    });
    let schema = Schema::compile("s", &schema).expect("it compiles");
    let fits = json!({"$ref": "x", "const": 1, "pair": [2], "named": {"$ref": "#/$defs/number"}});
    assert_eq!(schema.check(&fits), Ok(()));
    for misfit in
        [json!({"$ref": 1}), json!({"const": "x"}), json!({"pair": ["x"]}), json!({"named": 1}), json!({"other": 1})]
    {
        assert!(schema.check(&misfit).is_err(), "{misfit}");
    }
}

#[test]
fn a_reference_of_an_old_draft_stands_alone() {
    let schema = json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
        "properties": {"a": {"$ref": "#/definitions/any", "type": "string"}}, "definitions": {"any": {}}});
    let schema = Schema::compile("old", &schema).expect("it compiles");
    assert_eq!(schema.check(&json!({"a": 1})), Ok(()));
}

#[test]
fn a_long_value_is_not_quoted_so_that_what_is_wrong_with_it_is_told() {
    let schema = Schema::compile("s", &json!({"type": "object"})).expect("it compiles");
    assert_eq!(schema.check(&json!("short")), Err(vec!["\"short\" is not of type \"object\"".to_owned()]));
    assert_eq!(schema.check(&json!("long ".repeat(100))), Err(vec!["value is not of type \"object\"".to_owned()]));
}
