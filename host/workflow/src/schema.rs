//! JSON Schemas: compiled, offline, with patterns in linear time. It does not know what a schema is for.

use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, Validator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::sorted;
use crate::depth::deeper_than;

mod fit;
mod kinds;
mod meter;
mod refusal;
mod shape;
mod unchecked;
mod view;
mod weight;

pub(crate) use fit::misfits;
pub(crate) use kinds::Kinds;
pub(crate) use shape::Shape;
pub(crate) use view::View;

/// The most misfits that are named.
const MAX_NAMED: usize = 8;

/// The most misfits beyond those that are counted: a large value can break a schema a million times.
const MAX_COUNTED: usize = 1_000;

/// The longest text of one misfit, in characters: a validator quotes the value, and of a long one it is said without.
const MAX_TEXT: usize = 240;

/// How deep a schema may nest: as deep as the parser of JSON goes. Who needs more names parts.
const MAX_LEVELS: usize = 128;

/// The largest compiled pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

/// A compiled schema.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Schema {
    name: String,
    document: Value,
    /// Its parts, each counted as often as it is named.
    weight: u64,
    validator: Arc<Validator>,
}

/// A schema as a plan stores it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    schema: Value,
}

impl Schema {
    /// Compiles a schema. The name is for error texts: a path, or whose schema it is.
    ///
    /// # Errors
    ///
    /// If it is no schema, or refers to one elsewhere.
    pub fn compile(name: &str, document: &Value) -> Result<Schema, String> {
        if deeper_than(document, MAX_LEVELS) {
            return Err(format!("it nests deeper than {MAX_LEVELS} levels: name its parts under `$defs`"));
        }
        let document = sorted(document);
        let weight = weight::weight(&document);
        if weight > weight::MAX_WEIGHT {
            return Err(format!("it has more than {} parts, each counted as often as it is named", weight::MAX_WEIGHT));
        }
        unchecked::refuse(&document)?;
        let patterns = PatternOptions::regex().size_limit(MAX_PATTERN_BYTES).dfa_size_limit(MAX_PATTERN_BYTES);
        let options = jsonschema::options().offline().with_pattern_options(patterns).should_validate_formats(true);
        let options = options.with_keyword(meter::STEP, |_, _, _| Ok(Box::new(meter::Step)));
        let validator = options.build(&meter::counted(&document)).map_err(|error| refusal::reason(&error))?;
        Ok(Schema { name: name.to_owned(), document, weight, validator: Arc::new(validator) })
    }

    /// What to call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The schema itself.
    pub(crate) fn document(&self) -> &Value {
        &self.document
    }

    /// Checks a value.
    ///
    /// # Errors
    ///
    /// The first places at which it breaks the schema, with what is wrong there.
    pub fn check(&self, value: &Value) -> Result<(), Vec<String>> {
        weight::bearable(self.weight, value).map_err(|message| vec![message])?;
        // The validator remembers what is valid, and not what is wrong with the rest.
        if meter::metered(|| self.validator.is_valid(value)).ok_or_else(|| vec![meter::too_much()])? {
            return Ok(());
        }
        let misfits = meter::metered(|| self.misfits(value));
        Err(misfits.unwrap_or_else(|| vec![meter::too_much()]))
    }

    /// What is wrong with a value that does not fit.
    fn misfits(&self, value: &Value) -> Vec<String> {
        let mut found = self.validator.iter_errors(value);
        let mut errors: Vec<String> = found.by_ref().take(MAX_NAMED).map(|error| describe(&error)).collect();
        let more = found.take(MAX_COUNTED).count();
        match more {
            0 => {}
            MAX_COUNTED => errors.push(format!("and at least {MAX_COUNTED} more")),
            more => errors.push(format!("and {more} more")),
        }
        errors
    }
}

/// An error with its place, as far as the place is not the whole.
fn describe(error: &jsonschema::ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    let (quoting, bare) = match error.kind() {
        // The validator would quote the schema, and with it the keyword that counts.
        ValidationErrorKind::Not { .. } => (
            format!("{} fits the schema under `not`", error.instance()),
            "value fits the schema under `not`".to_owned(),
        ),
        _ => (error.to_string(), error.masked().to_string()),
    };
    let is_short = quoting.chars().nth(MAX_TEXT).is_none();
    let text = if is_short { quoting } else { bare.chars().take(MAX_TEXT).collect() };
    if place.is_empty() { text } else { format!("{place}: {text}") }
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Schema({}: {})", self.name, self.document)
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.document == other.document
    }
}

impl TryFrom<Written> for Schema {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        Schema::compile(&written.name, &written.schema)
    }
}

impl From<Schema> for Written {
    fn from(schema: Schema) -> Written {
        Written { name: schema.name, schema: schema.document }
    }
}

#[cfg(test)]
mod bombs;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;
