//! Proves that the schemas of the manifest are those of the Rust types. `UPDATE_SCHEMAS=1` writes them anew.

use std::path::Path;

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::input::Input;
use crate::output::Report;

#[test]
fn the_input_schema_is_that_of_the_type() {
    check::<Input>("input");
}

#[test]
fn the_output_schema_is_that_of_the_type() {
    check::<Report>("output");
}

fn check<T: JsonSchema>(name: &str) {
    let schema = schema_for!(T).to_value();
    undescribed(&schema, name);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{name}.json"));
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
        std::fs::write(&file, text + "\n").expect("the schema can be written");
    }
    let written = std::fs::read_to_string(&file).expect("the schema is there");
    let written: Value = serde_json::from_str(&written).expect("the schema is JSON");
    assert_eq!(written, schema, "run the tests once with UPDATE_SCHEMAS=1");
}

/// Fails for a property without a description, wherever it stands.
fn undescribed(schema: &Value, at: &str) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            assert!(property.get("description").is_some(), "{at}.{name} has no description");
        }
    }
    match schema {
        Value::Object(map) => map.iter().for_each(|(name, inner)| undescribed(inner, &format!("{at}.{name}"))),
        Value::Array(list) => list.iter().for_each(|inner| undescribed(inner, at)),
        _ => {}
    }
}
