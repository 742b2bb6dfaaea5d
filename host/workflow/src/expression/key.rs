//! Keys of maps. It does not know maps.

use std::hash::{Hash, Hasher};

use super::compare;
use super::value::{Shared, Value};

/// A key of a map. Integers of either signedness are one key if they are one number.
#[derive(Clone, Debug)]
pub(crate) enum Key<'a> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    String(Shared<'a, str>),
}

impl<'a> Key<'a> {
    /// The key that a value can be.
    pub(crate) fn of(value: &Value<'a>) -> Option<Key<'a>> {
        match value {
            Value::Bool(bool) => Some(Key::Bool(*bool)),
            Value::Int(number) => Some(Key::Int(*number)),
            Value::Uint(number) => Some(Key::Uint(*number)),
            Value::String(text) => Some(Key::String(text.clone())),
            _ => None,
        }
    }

    /// The key that a value looks up: a double does if it is whole.
    pub(crate) fn sought(value: &Value<'a>) -> Option<Key<'a>> {
        let Value::Double(number) = value else { return Key::of(value) };
        let whole = compare::whole(*number)?;
        let signed = i64::try_from(whole).map(Key::Int);
        signed.or_else(|_| u64::try_from(whole).map(Key::Uint)).ok()
    }

    /// The number, if it is one.
    fn number(&self) -> Option<i128> {
        match self {
            Key::Int(number) => Some(i128::from(*number)),
            Key::Uint(number) => Some(i128::from(*number)),
            _ => None,
        }
    }
}

impl<'a> From<Key<'a>> for Value<'a> {
    fn from(key: Key<'a>) -> Value<'a> {
        match key {
            Key::Bool(bool) => Value::Bool(bool),
            Key::Int(number) => Value::Int(number),
            Key::Uint(number) => Value::Uint(number),
            Key::String(text) => Value::String(text),
        }
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Key::Bool(one), Key::Bool(other)) => one == other,
            (Key::String(one), Key::String(other)) => **one == **other,
            _ => self.number().is_some() && self.number() == other.number(),
        }
    }
}

impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Key::Bool(bool) => bool.hash(state),
            Key::String(text) => text.hash(state),
            Key::Int(_) | Key::Uint(_) => self.number().hash(state),
        }
    }
}
