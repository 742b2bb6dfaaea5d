//! How large a schema is once every reference in it is replaced by what it names: forty definitions that each name the
//! one before twice are a trillion, and the validator would visit each. It does not know what a keyword means.

use std::collections::HashMap;

use serde_json::Value;

/// The most parts of a schema, values that it lists included: each takes the host half a kilobyte. The largest that
/// people write have some thousands.
pub(super) const MAX_WEIGHT: u64 = 20_000;

/// The most comparisons of a part of a schema with a part of a value. A list of a million items fits a schema of a thousand
/// parts; at most, a check takes seconds.
const MAX_COMPARISONS: u64 = 1_000_000_000;

/// Whether a value is not too large for a schema of that weight. What refers to itself is counted elsewhere.
///
/// # Errors
///
/// The numbers.
pub(super) fn bearable(weight: u64, value: &Value) -> Result<(), String> {
    let values = size(value);
    if weight.saturating_mul(values) <= MAX_COMPARISONS {
        return Ok(());
    }
    Err(format!(
        "checking it takes up to {weight} parts of the schema for each of {values} values, more than {MAX_COMPARISONS} together: make the list shorter, or the schema simpler"
    ))
}

/// How many values there are in one.
fn size(value: &Value) -> u64 {
    parts(value).fold(1, |sum, (_, inner)| sum + size(inner))
}

/// The parts of a schema, each counted as often as it is named. A definition that names itself is not followed again:
/// what it costs follows from the value that is checked.
pub(super) fn weight(schema: &Value) -> u64 {
    let mut scale = Scale { schema, named: HashMap::new(), known: HashMap::new() };
    scale.find_names(schema);
    scale.weigh(schema)
}

struct Scale<'s> {
    schema: &'s Value,
    /// By `$id` and `$anchor`.
    named: HashMap<&'s str, &'s Value>,
    /// What was weighed, by reference. What is being weighed counts nothing.
    known: HashMap<&'s str, u64>,
}

impl<'s> Scale<'s> {
    fn find_names(&mut self, part: &'s Value) {
        if let Value::Object(keywords) = part {
            for name in ["$id", "$anchor", "$dynamicAnchor"] {
                self.named.extend(keywords.get(name).and_then(Value::as_str).map(|name| (name, part)));
            }
        }
        parts(part).for_each(|(_, inner)| self.find_names(inner));
    }

    fn weigh(&mut self, part: &'s Value) -> u64 {
        parts(part).fold(1, |sum, (keyword, inner)| {
            let inner = match (keyword, inner) {
                ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(reference)) => self.weigh_named(reference),
                _ => self.weigh(inner),
            };
            sum.saturating_add(inner)
        })
    }

    fn weigh_named(&mut self, reference: &'s str) -> u64 {
        if let Some(known) = self.known.get(reference) {
            return *known;
        }
        self.known.insert(reference, 0);
        let weight = self.find(reference).map_or(1, |part| self.weigh(part));
        self.known.insert(reference, weight);
        weight
    }

    fn find(&self, reference: &str) -> Option<&'s Value> {
        let fragment = reference.split_once('#').map_or(reference, |(_, fragment)| fragment);
        let schema: &'s Value = self.schema;
        schema.pointer(fragment).or_else(|| self.named.get(fragment).copied())
    }
}

/// What is inside, with its key.
fn parts(value: &Value) -> Box<dyn Iterator<Item = (&str, &Value)> + '_> {
    match value {
        Value::Object(entries) => Box::new(entries.iter().map(|(key, inner)| (key.as_str(), inner))),
        Value::Array(items) => Box::new(items.iter().map(|inner| ("", inner))),
        _ => Box::new(std::iter::empty()),
    }
}
