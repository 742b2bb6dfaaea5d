//! How deep a JSON value nests. It does not know what the value means.

use serde_json::Value;

/// Whether a value nests deeper than that many levels.
pub(crate) fn deeper_than(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels == 0 || items.iter().any(|item| deeper_than(item, levels - 1)),
        Value::Object(entries) => levels == 0 || entries.values().any(|entry| deeper_than(entry, levels - 1)),
        _ => false,
    }
}
