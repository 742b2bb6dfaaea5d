//! The schemas in a manifest, held against the Rust types of its agent. For tests; it is no part of a component.

use std::path::Path;

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::Agent;

/// Checks that `schemas/input.json` and `schemas/output.json` in the plugin's folder (`env!("CARGO_MANIFEST_DIR")`) are
/// those of the agent's types, and that each property has a description. With `UPDATE_SCHEMAS=1` in the environment it
/// writes them anew.
///
/// # Panics
/// They are not, a description is missing, or a file cannot be read or written.
pub fn check<A: Agent>(folder: &str)
where
    A::Input: JsonSchema,
    A::Output: JsonSchema,
{
    let folder = Path::new(folder).join("schemas");
    compare(&folder.join("input.json"), schema_for!(A::Input).to_value());
    compare(&folder.join("output.json"), schema_for!(A::Output).to_value());
}

#[expect(clippy::disallowed_methods, reason = "a test is told by its environment to write what it would compare")]
fn compare(file: &Path, schema: Value) {
    let shown = file.display();
    undescribed(&schema, &shown.to_string());
    if std::env::var("UPDATE_SCHEMAS").is_ok() {
        std::fs::write(file, format!("{schema:#}\n")).unwrap_or_else(|error| panic!("{shown}: {error}"));
    }
    let written = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{shown}: {error}"));
    let written: Value = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{shown} is not JSON: {error}"));
    assert_eq!(written, schema, "{shown} is not what the types say: run the tests once with UPDATE_SCHEMAS=1");
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
