//! The values that expressions compute with: CEL's. What came as JSON is borrowed, what an expression makes is shared, so
//! that no copy costs more than a pointer. It does not know operators, nor what a value costs.

use std::ops::Deref;
use std::rc::Rc;

use indexmap::IndexMap;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde_json::Value as Json;

use super::key::Key;

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Shared<'a, str>),
    Bytes(Shared<'a, [u8]>),
    /// In UTC.
    Timestamp(DateTime),
    Duration(SignedDuration),
    List(List<'a>),
    Map(Map<'a>),
    /// A type, by its name.
    Type(&'static str),
    /// A value that may be missing.
    Optional(Option<Rc<Value<'a>>>),
}

/// A text or bytes.
#[derive(Debug)]
pub(crate) enum Shared<'a, T: ?Sized> {
    Borrowed(&'a T),
    Made(Rc<T>),
}

/// A list.
#[derive(Clone, Debug)]
pub(crate) enum List<'a> {
    Json(&'a [Json]),
    Made(Rc<Vec<Value<'a>>>),
}

/// A map, in the order in which it was written.
#[derive(Clone, Debug)]
pub(crate) enum Map<'a> {
    Json(&'a serde_json::Map<String, Json>),
    Made(Rc<Entries<'a>>),
}

/// The entries of a map that was made.
pub(crate) type Entries<'a> = IndexMap<Key<'a>, Value<'a>>;

impl<'a> Value<'a> {
    /// A text that was made.
    pub(crate) fn text(text: impl Into<Rc<str>>) -> Value<'a> {
        Value::String(Shared::Made(text.into()))
    }

    /// A list that was made.
    pub(crate) fn list(items: Vec<Value<'a>>) -> Value<'a> {
        Value::List(List::Made(Rc::new(items)))
    }

    /// A map that was made.
    pub(crate) fn map(entries: Entries<'a>) -> Value<'a> {
        Value::Map(Map::Made(Rc::new(entries)))
    }

    /// A value that is there.
    pub(crate) fn some(value: Value<'a>) -> Value<'a> {
        Value::Optional(Some(Rc::new(value)))
    }

    /// A number of things.
    pub(crate) fn count(count: usize) -> Value<'a> {
        Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// The kind of a value, for error texts.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) => "an integer",
            Value::Uint(_) => "an unsigned integer",
            Value::Double(_) => "a double",
            Value::String(_) => "a string",
            Value::Bytes(_) => "bytes",
            Value::Timestamp(_) => "a timestamp",
            Value::Duration(_) => "a duration",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Type(_) => "a type",
            Value::Optional(_) => "an optional",
        }
    }
}

impl<'a> From<&'a Json> for Value<'a> {
    /// The value that a JSON value stands for. Whole numbers are integers, unsigned only beyond the signed ones.
    fn from(json: &'a Json) -> Value<'a> {
        match json {
            Json::Null => Value::Null,
            Json::Bool(bool) => Value::Bool(*bool),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => Value::Int(number),
                (None, Some(number)) => Value::Uint(number),
                (None, None) => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Value::String(Shared::Borrowed(text)),
            Json::Array(items) => Value::List(List::Json(items)),
            Json::Object(entries) => Value::Map(Map::Json(entries)),
        }
    }
}

impl<'a> List<'a> {
    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            List::Json(items) => items.len(),
            List::Made(items) => items.len(),
        }
    }

    /// The element at a place.
    pub(crate) fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            List::Json(items) => items.get(index).map(Value::from),
            List::Made(items) => items.get(index).cloned(),
        }
    }

    /// The elements, from the first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let list = self.clone();
        (0..self.len()).map_while(move |index| list.get(index))
    }
}

impl<'a> Map<'a> {
    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Map::Json(entries) => entries.len(),
            Map::Made(entries) => entries.len(),
        }
    }

    /// The value under a key.
    pub(crate) fn get(&self, key: &Key<'_>) -> Option<Value<'a>> {
        match (self, key) {
            (Map::Json(entries), Key::String(key)) => entries.get(&**key).map(Value::from),
            (Map::Json(_), _) => None,
            (Map::Made(entries), key) => entries.get(key).cloned(),
        }
    }

    /// The keys, in their order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Key<'a>> + use<'a> {
        self.iter().map(|(key, _)| key)
    }

    /// The entries, in their order.
    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = (Key<'a>, Value<'a>)> + 'a> {
        match self {
            Map::Json(entries) => {
                Box::new(entries.iter().map(|(key, value)| (Key::String(Shared::Borrowed(key)), Value::from(value))))
            }
            Map::Made(entries) => {
                let entries = Rc::clone(entries);
                Box::new(
                    (0..entries.len()).map_while(move |place| {
                        entries.get_index(place).map(|(key, value)| (key.clone(), value.clone()))
                    }),
                )
            }
        }
    }
}

impl<T: ?Sized> Clone for Shared<'_, T> {
    fn clone(&self) -> Self {
        match self {
            Shared::Borrowed(borrowed) => Shared::Borrowed(borrowed),
            Shared::Made(made) => Shared::Made(Rc::clone(made)),
        }
    }
}

impl<T: ?Sized> Deref for Shared<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Shared::Borrowed(borrowed) => borrowed,
            Shared::Made(made) => made,
        }
    }
}
