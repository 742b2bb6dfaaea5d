//! Sets of JSON types. It does not know schemas.

use std::fmt;

use serde_json::Value;

/// A set of JSON types; a number that is whole counts as both integer and number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    pub(crate) const NULL: Kinds = Kinds(1);
    pub(crate) const BOOLEAN: Kinds = Kinds(2);
    pub(crate) const INTEGER: Kinds = Kinds(4);
    /// A number that need not be whole.
    pub(crate) const NUMBER: Kinds = Kinds(4 | 8);
    pub(crate) const STRING: Kinds = Kinds(16);
    pub(crate) const ARRAY: Kinds = Kinds(32);
    pub(crate) const OBJECT: Kinds = Kinds(64);
    pub(crate) const ALL: Kinds = Kinds(127);
    pub(crate) const NONE: Kinds = Kinds(0);

    /// The type that a schema names.
    pub(crate) fn named(name: &str) -> Option<Kinds> {
        Some(match name {
            "null" => Kinds::NULL,
            "boolean" => Kinds::BOOLEAN,
            "integer" => Kinds::INTEGER,
            "number" => Kinds::NUMBER,
            "string" => Kinds::STRING,
            "array" => Kinds::ARRAY,
            "object" => Kinds::OBJECT,
            _ => return None,
        })
    }

    /// The type of a value.
    pub(crate) fn of(value: &Value) -> Kinds {
        match value {
            Value::Null => Kinds::NULL,
            Value::Bool(_) => Kinds::BOOLEAN,
            Value::Number(number) if number.is_f64() && number.as_f64().is_some_and(|n| n.fract() != 0.0) => Kinds(8),
            Value::Number(_) => Kinds::INTEGER,
            Value::String(_) => Kinds::STRING,
            Value::Array(_) => Kinds::ARRAY,
            Value::Object(_) => Kinds::OBJECT,
        }
    }

    /// What is in either.
    pub(crate) const fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// What is in both.
    pub(crate) fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// What is in this one and not in the other.
    pub(crate) fn without(self, other: Kinds) -> Kinds {
        Kinds(self.0 & !other.0)
    }

    /// Whether there is nothing in it.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all of another set is in it.
    pub(crate) fn contains(self, other: Kinds) -> bool {
        self.and(other) == other
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Kinds::OBJECT, "an object"),
            (Kinds::ARRAY, "a list"),
            (Kinds::STRING, "a string"),
            (Kinds::NUMBER, "a number"),
            (Kinds::BOOLEAN, "a boolean"),
            (Kinds::NULL, "null"),
        ];
        let mut words: Vec<&str> =
            names.iter().filter(|(kind, _)| self.contains(*kind)).map(|(_, word)| *word).collect();
        if self.and(Kinds::NUMBER) == Kinds::INTEGER {
            words.push("an integer");
        } else if self.and(Kinds::NUMBER) == Kinds(8) {
            words.push("a fractional number");
        }
        match words.len() {
            0 => f.write_str("nothing"),
            _ => f.write_str(&words.join(" or ")),
        }
    }
}

impl fmt::Debug for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kinds({self})")
    }
}
