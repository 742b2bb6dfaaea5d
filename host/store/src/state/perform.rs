//! What an operation on state does, the same for every backend. It does not know where values are kept.

use baton_journal::{Full, StateOp, StateReply, StateRequest, StoreError, Timestamp, json};

use super::{MAX_NUMBER, SCOPE_KEYS, is_read};

/// A value as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) json: String,
    pub(crate) expires: Option<Timestamp>,
}

/// What a scope's values take up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) keys: u64,
    pub(crate) bytes: u64,
}

/// The values of one scope. Writing a value takes the new sums along, so that they can't be forgotten.
pub(crate) trait Room {
    /// Why the room can't be read or written.
    type Error: From<StoreError>;

    /// A value, even an expired one.
    fn get(&self, key: &str) -> Result<Option<Value>, Self::Error>;
    /// Keys of values that have not expired.
    fn keys(&self, now: Timestamp, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Self::Error>;
    fn used(&self) -> Result<Used, Self::Error>;
    fn put(&mut self, key: &str, value: &Value, used: Used) -> Result<(), Self::Error>;
    fn remove(&mut self, key: &str, used: Used) -> Result<(), Self::Error>;
    /// Removes all values that have expired, and takes them from the sums.
    fn expire(&mut self, now: Timestamp) -> Result<(), Self::Error>;
}

impl Value {
    /// Whether it is still there.
    pub(crate) fn lives(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|expires| now < expires)
    }
}

impl Used {
    /// What these are without a value.
    pub(crate) fn without(self, key: &str, json: &str) -> Self {
        Used { keys: self.keys.saturating_sub(1), bytes: self.bytes.saturating_sub(size(key, json)) }
    }

    fn with(self, key: &str, json: &str) -> Self {
        Used { keys: self.keys + 1, bytes: self.bytes + size(key, json) }
    }
}

/// Performs an operation that [`check`](super::check) has passed.
pub(crate) fn perform<R: Room>(room: &mut R, request: &StateRequest) -> Result<StateReply, R::Error> {
    let StateRequest { op, now, .. } = request;
    if !is_read(op) {
        room.expire(*now)?;
    }
    match op {
        StateOp::Get { key } => Ok(StateReply::Value(living(room, key, *now)?.map(|value| value.json))),
        StateOp::Keys { prefix, after, limit } => {
            Ok(StateReply::Keys(room.keys(*now, prefix, after.as_deref(), *limit)?))
        }
        StateOp::Set { key, value, ttl_ms } => {
            let old = living(room, key, *now)?;
            replace(room, request, key, old, Some(kept(value, *now, *ttl_ms)))?;
            Ok(StateReply::Done)
        }
        StateOp::Delete { key } => {
            let old = living(room, key, *now)?;
            let there = old.is_some();
            replace(room, request, key, old, None)?;
            Ok(StateReply::Changed(there))
        }
        StateOp::CompareAndSwap { key, expected, value, ttl_ms } => {
            let old = living(room, key, *now)?;
            let matches = same(old.as_ref().map(|old| old.json.as_str()), expected.as_deref());
            if matches {
                replace(room, request, key, old, value.as_ref().map(|value| kept(value, *now, *ttl_ms)))?;
            }
            Ok(StateReply::Changed(matches))
        }
        StateOp::Increment { key, by } => {
            let old = living(room, key, *now)?;
            let number = sum(key, old.as_ref(), *by)?;
            let new = Value { json: number.to_string(), expires: old.as_ref().and_then(|old| old.expires) };
            replace(room, request, key, old, Some(new))?;
            Ok(StateReply::Number(number))
        }
    }
}

fn living<R: Room>(room: &R, key: &str, now: Timestamp) -> Result<Option<Value>, R::Error> {
    Ok(room.get(key)?.filter(|value| value.lives(now)))
}

fn kept(json: &str, now: Timestamp, ttl_ms: Option<u64>) -> Value {
    let expires = ttl_ms.map(|ttl_ms| Timestamp(now.0.saturating_add(ttl_ms).min(MAX_NUMBER)));
    Value { json: json.to_owned(), expires }
}

fn sum(key: &str, old: Option<&Value>, by: i64) -> Result<i64, StoreError> {
    let exact = |number: &i64| number.unsigned_abs() <= MAX_NUMBER;
    let old = match old {
        None => 0,
        Some(old) => serde_json::from_str(&old.json)
            .ok()
            .filter(exact)
            .ok_or_else(|| StoreError::Invalid(format!("the value of `{key}` is no whole number up to 2^53")))?,
    };
    let sum = old.checked_add(by).filter(exact);
    sum.ok_or_else(|| StoreError::Invalid(format!("`{key}` is {old}: adding {by} goes beyond 2^53")))
}

fn replace<R: Room>(
    room: &mut R,
    request: &StateRequest,
    key: &str,
    old: Option<Value>,
    new: Option<Value>,
) -> Result<(), R::Error> {
    let before = room.used()?;
    let without = old.as_ref().map_or(before, |old| before.without(key, &old.json));
    match new {
        Some(new) => {
            let after = without.with(key, &new.json);
            check_room(before, after, request.quota)?;
            room.put(key, &new, after)
        }
        None if old.is_some() => room.remove(key, without),
        None => Ok(()),
    }
}

/// A room that is too full already may be written to, as long as it does not grow.
fn check_room(before: Used, after: Used, quota: u64) -> Result<(), StoreError> {
    if after.keys > before.keys.max(SCOPE_KEYS) {
        return Err(StoreError::Full(Full::Keys { allowed: SCOPE_KEYS }));
    }
    if after.bytes > before.bytes.max(quota) {
        return Err(StoreError::Full(Full::Bytes { used: before.bytes, needed: after.bytes, allowed: quota }));
    }
    Ok(())
}

fn size(key: &str, json: &str) -> u64 {
    (key.len() + json.len()) as u64
}

fn same(old: Option<&str>, expected: Option<&str>) -> bool {
    match (old, expected) {
        (Some(old), Some(expected)) => old == expected || same_json(old, expected),
        (None, None) => true,
        _ => false,
    }
}

fn same_json(left: &str, right: &str) -> bool {
    matches!((json::parse(left), json::parse(right)), (Ok(left), Ok(right)) if left == right)
}
