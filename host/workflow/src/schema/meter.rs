//! How much a schema may compute: each reference that a validator follows is counted, and at the limit it is stopped. A
//! schema that applies itself twice to one child visits a value that is forty deep a trillion times, and the validator has
//! no meter of its own. It does not know what is checked.
//!
//! A keyword of ours stands before each reference. Where the count is used up it unwinds, which is the only way out of a
//! validator; nothing of ours is on the way.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use jsonschema::{Keyword, ValidationError};
use serde_json::{Map, Value, json};

/// References that one check may follow. The largest value that a payload holds has fewer places.
const MAX_STEPS: u64 = 1_000_000;

/// The keyword. No schema of people has one of that name.
pub(super) const STEP: &str = "x-baton-step";

/// The keywords whose values are data.
pub(super) const DATA: [&str; 4] = ["const", "default", "enum", "examples"];

/// The keywords whose values have names of the author's as keys.
pub(super) const NAMED: [&str; 6] =
    ["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

/// The keywords that refer.
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

thread_local! {
    static LEFT: Cell<u64> = const { Cell::new(0) };
}

/// Why a check was stopped.
struct OutOfSteps;

/// Counts.
pub(super) struct Step;

impl<'i> Keyword<'i> for Step {
    fn validate(&self, _: &'i Value) -> Result<(), ValidationError<'i>> {
        step();
        Ok(())
    }

    fn is_valid(&self, _: &'i Value) -> bool {
        step();
        true
    }
}

fn step() {
    match LEFT.get().checked_sub(1) {
        Some(left) => LEFT.set(left),
        None => resume_unwind(Box::new(OutOfSteps)),
    }
}

/// Does a check; nothing if it takes too much.
pub(super) fn metered<T>(check: impl FnOnce() -> T) -> Option<T> {
    LEFT.set(MAX_STEPS);
    match catch_unwind(AssertUnwindSafe(check)) {
        Ok(checked) => Some(checked),
        Err(panic) if panic.is::<OutOfSteps>() => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// What a check that took too much tells.
pub(super) fn too_much() -> String {
    format!(
        "checking it takes more than {MAX_STEPS} steps: the schema refers to itself, and the value is nested too deep for it"
    )
}

/// The same schema, with the keyword before each reference.
pub(super) fn counted(schema: &Value) -> Value {
    let draft = schema.get("$schema").and_then(Value::as_str).unwrap_or_default();
    Counting { alone: draft.contains("json-schema.org/draft-0") }.counted(schema)
}

struct Counting {
    /// Whether a reference makes its neighbours void, as it did until draft 7.
    alone: bool,
}

impl Counting {
    fn counted(&self, schema: &Value) -> Value {
        match schema {
            Value::Object(keywords) => {
                let inner = keywords.iter().map(|(keyword, value)| (keyword.clone(), self.inside(keyword, value)));
                Value::Object(self.before_reference(inner.collect()))
            }
            Value::Array(schemas) => schemas.iter().map(|schema| self.counted(schema)).collect(),
            other => other.clone(),
        }
    }

    fn inside(&self, keyword: &str, value: &Value) -> Value {
        match value {
            data if DATA.contains(&keyword) => data.clone(),
            Value::Object(schemas) if NAMED.contains(&keyword) => {
                Value::Object(schemas.iter().map(|(name, schema)| (name.clone(), self.counted(schema))).collect())
            }
            other => self.counted(other),
        }
    }

    /// Schemas of a list are checked in their order. What is there already keeps its place: a reference may point at it.
    fn before_reference(&self, mut keywords: Map<String, Value>) -> Map<String, Value> {
        let is_reference = |keyword: &str| keywords.get(keyword).is_some_and(Value::is_string);
        let references: Vec<&str> = REFERENCES.into_iter().filter(|keyword| is_reference(keyword)).collect();
        for reference in references {
            let target = keywords.shift_remove(reference);
            if self.alone {
                keywords.retain(|keyword, _| ["$schema", "$defs", "definitions"].contains(&keyword.as_str()));
            }
            if let Value::Array(all) = keywords.entry("allOf").or_insert_with(|| json!([])) {
                all.extend([json!({ STEP: true }), json!({ reference: target })]);
            }
        }
        keywords
    }
}
