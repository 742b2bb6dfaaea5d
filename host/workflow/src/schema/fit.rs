//! Whether a value of which only the shape is known can fit a schema. It speaks up only when it cannot. It does not know
//! where the value comes from.

use std::collections::BTreeMap;

use serde_json::Value;

use super::view::Property;
use super::{Kinds, Shape, View};
use crate::suggest;

/// How deep shapes are compared.
const MAX_LEVELS: usize = 16;

/// How many comparisons are made for one value: a schema can refer to itself many times over.
const MAX_COMPARISONS: u32 = 10_000;

/// One reason why a value cannot fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// Where in the value, as keys from the outside.
    pub(crate) path: Vec<String>,
    /// What cannot fit.
    pub(crate) message: String,
    /// What would be right.
    pub(crate) hint: Option<String>,
}

/// The reasons why a value of this shape cannot fit a schema; none if it may.
pub(crate) fn misfits(shape: &Shape<'_>, schema: View<'_>) -> Vec<Misfit> {
    let mut finder = Finder { path: Vec::new(), found: Vec::new(), comparisons_left: MAX_COMPARISONS };
    finder.compare(shape, schema, MAX_LEVELS);
    finder.found
}

struct Finder {
    path: Vec<String>,
    found: Vec<Misfit>,
    comparisons_left: u32,
}

impl Finder {
    fn add(&mut self, message: String, hint: Option<String>) {
        self.found.push(Misfit { path: self.path.clone(), message, hint });
    }

    fn below(&mut self, segment: &str, compare: impl FnOnce(&mut Self)) {
        self.path.push(segment.to_owned());
        compare(self);
        self.path.pop();
    }

    fn compare(&mut self, shape: &Shape<'_>, schema: View<'_>, levels: usize) {
        let (Some(levels), Some(left)) = (levels.checked_sub(1), self.comparisons_left.checked_sub(1)) else { return };
        self.comparisons_left = left;
        if schema.takes_anything() || matches!(shape, Shape::Unknown) {
            return;
        }
        let (has, wants) = (shape.kinds(), schema.kinds());
        if has.and(wants).is_empty() {
            return self.add(format!("{wants} is needed, and this is {has}"), None);
        }
        match shape {
            Shape::Value(value) => self.value(value, schema, levels),
            Shape::Object(entries) => self.object(entries, schema, levels),
            Shape::List(items) => {
                let Some(each) = schema.items() else { return };
                for (index, item) in items.iter().enumerate() {
                    self.below(&index.to_string(), |finder| finder.compare(item, each, levels));
                }
            }
            Shape::Each(item) => {
                let Some(each) = schema.items() else { return };
                self.below("0", |finder| finder.compare(item, each, levels));
            }
            Shape::Schema(source) if has == Kinds::OBJECT => self.schemas(*source, schema, levels),
            Shape::Schema(source) if has == Kinds::ARRAY => {
                let (Some(item), Some(each)) = (source.items(), schema.items()) else { return };
                self.below("0", |finder| finder.compare(&Shape::Schema(item), each, levels));
            }
            Shape::Unknown | Shape::Kinds(_) | Shape::Words(_) | Shape::Schema(_) => {}
        }
    }

    /// A value that is known.
    fn value(&mut self, value: &Value, schema: View<'_>, levels: usize) {
        if let Some(values) = schema.values()
            && !values.contains(&value)
        {
            let listed: Vec<String> = values.iter().take(12).map(ToString::to_string).collect();
            return self.add(
                format!("{value} is not among the values that are allowed"),
                Some(format!("there is {}", listed.join(", "))),
            );
        }
        match value {
            Value::Object(entries) => {
                let shapes = entries.iter().map(|(key, value)| (key.as_str(), Shape::Value(value))).collect();
                self.object(&shapes, schema, levels);
            }
            Value::Array(items) => self.compare(&Shape::List(items.iter().map(Shape::Value).collect()), schema, levels),
            _ => {}
        }
    }

    /// A map whose keys are known.
    fn object(&mut self, entries: &BTreeMap<&str, Shape<'_>>, schema: View<'_>, levels: usize) {
        for name in schema.required() {
            if !entries.contains_key(name) {
                self.add(
                    format!("`{name}` is missing"),
                    Some(format!("it must have `{}`", schema.required().join("`, `"))),
                );
            }
        }
        for (name, shape) in entries {
            match schema.property(name) {
                Property::Declared(part) => self.below(name, |finder| finder.compare(shape, part, levels)),
                Property::Forbidden => {
                    let hint = suggest::hint(name, schema.declared());
                    self.below(name, |finder| finder.add("there is no such field".to_owned(), hint));
                }
                Property::Open | Property::Undeclared => {}
            }
        }
    }

    /// A map of which only the schema is known: what it must not have, it may still have; what it cannot have is missing.
    fn schemas(&mut self, source: View<'_>, schema: View<'_>, levels: usize) {
        for name in schema.required() {
            if matches!(source.property(name), Property::Forbidden) {
                self.add(
                    format!("`{name}` is needed, and its schema has no such field"),
                    suggest::hint(name, source.declared()),
                );
            }
        }
        for name in source.declared() {
            let (Property::Declared(from), Property::Declared(to)) = (source.property(name), schema.property(name))
            else {
                continue;
            };
            if source.required().contains(&name) {
                self.below(name, |finder| finder.compare(&Shape::Schema(from), to, levels));
            }
        }
    }
}
