//! Keywords that are refused before they are compiled: formats that would check nothing, so that no schema is half
//! applied, and patterns that are too long to be parsed. It does not know what the other keywords mean.

use serde_json::Value;

use super::meter::{DATA, NAMED};

/// The formats that the validator does not know, although the specification names them.
const UNKNOWN_FORMATS: [&str; 2] = ["idn-email", "idn-hostname"];

/// The longest pattern, in bytes: its tree takes a hundred times as much before its size is known.
const MAX_PATTERN_LENGTH: usize = 64 << 10;

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
        Value::String(pattern) if keyword == "pattern" => short(pattern),
        Value::Object(schemas) if keyword == "patternProperties" => {
            schemas.iter().try_for_each(|(pattern, schema)| short(pattern).and_then(|()| refuse(schema)))
        }
        Value::Object(schemas) if NAMED.contains(&keyword) => schemas.values().try_for_each(refuse),
        _ if DATA.contains(&keyword) => Ok(()),
        other => refuse(other),
    }
}

fn short(pattern: &str) -> Result<(), String> {
    if pattern.len() <= MAX_PATTERN_LENGTH {
        return Ok(());
    }
    Err(format!(
        "a pattern has {} bytes; at most {MAX_PATTERN_LENGTH} are allowed: list the words in an `enum`",
        pattern.len()
    ))
}
