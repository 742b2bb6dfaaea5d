//! The schemas in the manifest say what the types say.

use std::path::Path;

use schemars::{JsonSchema, schema_for};

use crate::input::Input;
use crate::letter::Letter;

/// `UPDATE_SCHEMAS=1 cargo test` writes the files anew.
fn check<T: JsonSchema>(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(file);
    let schema = serde_json::to_string_pretty(&schema_for!(T)).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMAS").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, schema, "{file} is not what the types say; run the tests with UPDATE_SCHEMAS=1");
}

#[test]
fn the_input_is_as_the_manifest_says() {
    check::<Input>("input.json");
}

#[test]
fn the_output_is_as_the_manifest_says() {
    check::<Letter>("output.json");
}
