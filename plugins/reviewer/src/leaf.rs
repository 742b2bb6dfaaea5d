//! The texts and numbers of an output, with their places. What says nothing is left out: empty texts, zeros, truth values. It does not
//! know the source.

use serde_json::Value;

/// The fewest letters and digits that do not stand in a text by chance.
const TELLING: usize = 4;

/// How much of a value is quoted, in characters.
const QUOTED: usize = 120;

/// A text or a number.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// Where it is: `items[0].cents`.
    place: String,
    pub(crate) value: Value,
}

impl Leaf {
    /// That the source does not have it.
    pub(crate) fn objection(&self) -> String {
        let quoted: String = self.value.to_string().chars().take(QUOTED).collect();
        let place = if self.place.is_empty() { "it" } else { &format!("`{}`", self.place) };
        format!("{place} is {quoted}, which is not in the source")
    }

    /// Whether it would not be there by chance.
    pub(crate) fn is_telling(&self) -> bool {
        self.value.to_string().chars().filter(|c| c.is_alphanumeric()).count() >= TELLING
    }
}

/// The leaves of a value, in its order.
pub(crate) fn leaves(value: &Value) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(value, String::new(), &mut found);
    found
}

fn collect(value: &Value, place: String, found: &mut Vec<Leaf>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::String(text) if text.trim().is_empty() => {}
        Value::Number(number) if number.as_f64() == Some(0.0) => {}
        Value::String(_) | Value::Number(_) => found.push(Leaf { place, value: value.clone() }),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{place}[{index}]"), found);
            }
        }
        Value::Object(entries) => {
            for (key, entry) in entries {
                let dot = if place.is_empty() { "" } else { "." };
                collect(entry, format!("{place}{dot}{key}"), found);
            }
        }
    }
}
