//! What is known about a value before there is one. It does not know expressions.

use std::collections::BTreeMap;

use serde_json::Value;

use super::view::Property;
use super::{Kinds, View};
use crate::suggest;

/// What is known about a value.
#[derive(Clone, Debug)]
pub(crate) enum Shape<'s> {
    /// Nothing.
    Unknown,
    /// It has one of these types.
    Kinds(Kinds),
    /// It fits this schema.
    Schema(View<'s>),
    /// It is one of these words.
    Words(&'static [&'static str]),
    /// It is this value.
    Value(&'s Value),
    /// It is a list of these.
    List(Vec<Shape<'s>>),
    /// It is a list, each element like this.
    Each(Box<Shape<'s>>),
    /// It is a map with exactly these keys.
    Object(BTreeMap<&'s str, Shape<'s>>),
}

/// Why there cannot be such a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoField {
    /// What is wrong.
    pub(crate) message: String,
    /// What would be right.
    pub(crate) hint: Option<String>,
}

impl<'s> Shape<'s> {
    /// The types it can have.
    pub(crate) fn kinds(&self) -> Kinds {
        match self {
            Shape::Unknown => Kinds::ALL,
            Shape::Kinds(kinds) => *kinds,
            Shape::Schema(view) => view.kinds(),
            Shape::Words(_) => Kinds::STRING,
            Shape::Value(value) => Kinds::of(value),
            Shape::List(_) | Shape::Each(_) => Kinds::ARRAY,
            Shape::Object(_) => Kinds::OBJECT,
        }
    }

    /// How many parts are known.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Shape::List(items) => items.iter().map(Shape::weight).sum::<usize>() + 1,
            Shape::Each(item) => item.weight() + 1,
            Shape::Object(entries) => entries.values().map(Shape::weight).sum::<usize>() + 1,
            Shape::Unknown | Shape::Kinds(_) | Shape::Words(_) | Shape::Schema(_) | Shape::Value(_) => 1,
        }
    }

    /// What is known about a field of it.
    ///
    /// # Errors
    ///
    /// If it cannot have that field.
    pub(crate) fn field(&self, name: &str) -> Result<Shape<'s>, NoField> {
        if self.kinds().and(Kinds::OBJECT).is_empty() {
            let hint = Some(format!("it is {}", self.kinds()));
            return Err(NoField { message: format!("there is no field `{name}`"), hint });
        }
        match self {
            Shape::Schema(view) => match view.property(name) {
                Property::Declared(part) => Ok(Shape::Schema(part)),
                Property::Open => Ok(Shape::Unknown),
                Property::Forbidden | Property::Undeclared => Err(no_field(name, view.declared())),
            },
            Shape::Value(Value::Object(entries)) => match entries.get(name) {
                Some(value) => Ok(Shape::Value(value)),
                None => Err(no_field(name, entries.keys().map(String::as_str).collect())),
            },
            Shape::Object(entries) => match entries.get(name) {
                Some(shape) => Ok(shape.clone()),
                None => Err(no_field(name, entries.keys().copied().collect())),
            },
            _ => Ok(Shape::Unknown),
        }
    }

    /// What is known about an element of it, whichever it is.
    pub(crate) fn element(&self) -> Shape<'s> {
        match self {
            Shape::Schema(view) => view.items().map_or(Shape::Unknown, Shape::Schema),
            Shape::Each(shape) => (**shape).clone(),
            Shape::List(items) if items.len() == 1 => items[0].clone(),
            _ => Shape::Unknown,
        }
    }
}

fn no_field(name: &str, known: Vec<&str>) -> NoField {
    let hint = suggest::hint(name, known);
    NoField { message: format!("there is no field `{name}`"), hint }
}
