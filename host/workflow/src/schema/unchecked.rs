//! Keywords that would check nothing: a schema that relies on one is refused rather than half applied. It does not know
//! what the other keywords mean.

use serde_json::Value;

use super::meter::{DATA, NAMED};

/// The formats that the validator does not know, although the specification names them.
const UNKNOWN_FORMATS: [&str; 2] = ["idn-email", "idn-hostname"];

/// Refuses a schema of which a part would not be checked.
///
/// # Errors
///
/// What it is, and what would be right.
pub(super) fn refuse(schema: &Value) -> Result<(), String> {
    match schema {
        Value::Object(keywords) => keywords.iter().try_for_each(|(keyword, value)| refuse_keyword(keyword, value)),
        Value::Array(schemas) => schemas.iter().try_for_each(refuse),
        _ => Ok(()),
    }
}

fn refuse_keyword(keyword: &str, value: &Value) -> Result<(), String> {
    match value {
        Value::String(format) if keyword == "format" && UNKNOWN_FORMATS.contains(&format.as_str()) => {
            Err(format!("the format `{format}` is not checked here: leave it out, or write a `pattern`"))
        }
        Value::Object(schemas) if NAMED.contains(&keyword) => schemas.values().try_for_each(refuse),
        _ if DATA.contains(&keyword) => Ok(()),
        other => refuse(other),
    }
}
