//! What an operation on state does and what it may take up, the same for every backend. It does not know where values
//! are kept, or who may touch a scope.

use baton_journal::{Digest, Scope, StateOp, StateReply, StoreError};

/// The longest key, in bytes. Long enough for a path or a URL, short enough that a page of the database holds several.
pub const KEY_BYTES: usize = 512;

/// The largest value, in bytes. Documents belong into payloads, which are stored once; a value is rewritten as a whole
/// at each change.
pub const VALUE_BYTES: usize = 1 << 20;

/// The most bytes of one scope, keys and values together: what a plugin may take of its operator's disk unasked.
pub const SCOPE_BYTES: u64 = 64 << 20;

/// The most keys of one scope: a full listing stays within tens of megabytes.
pub const SCOPE_KEYS: u64 = 100_000;

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

    fn get(&self, key: &str) -> Result<Option<String>, Self::Error>;
    fn keys(&self, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, Self::Error>;
    fn used(&self) -> Result<Used, Self::Error>;
    fn put(&mut self, key: &str, value: &str, used: Used) -> Result<(), Self::Error>;
    fn remove(&mut self, key: &str, used: Used) -> Result<(), Self::Error>;
}

/// Whether an operation can change anything.
pub(crate) fn is_read(op: &StateOp) -> bool {
    matches!(op, StateOp::Get { .. } | StateOp::Keys { .. })
}

/// What a remembered reply belongs to: the scope and the operation with all its arguments.
pub(crate) fn request_digest(scope: &Scope, op: &StateOp) -> Digest {
    let (kind, name) = columns(scope);
    let op = serde_json::to_string(op).expect("an operation serialises because it holds only texts and numbers");
    Digest::of_parts([kind.as_bytes(), name.as_bytes(), op.as_bytes()])
}

/// A scope as two columns.
pub(crate) fn columns(scope: &Scope) -> (&'static str, &str) {
    match scope {
        Scope::Run(run) => ("run", run.as_str()),
        Scope::Agent(name) => ("agent", name),
        Scope::Shared(name) => ("shared", name),
    }
}

/// Checks what needs no look at the values: the scope's name, the keys, the size of a value.
pub(crate) fn check(scope: &Scope, op: &StateOp) -> Result<(), StoreError> {
    check_key("the name of a scope", columns(scope).1)?;
    match op {
        StateOp::Get { key } | StateOp::Delete { key } => check_key("a key", key),
        StateOp::Keys { prefix, after, .. } => {
            check_length("a prefix", prefix)?;
            after.as_ref().map_or(Ok(()), |after| check_length("a key", after))
        }
        StateOp::Set { key, value } => check_key("a key", key).and_then(|()| check_value(value)),
        StateOp::CompareAndSwap { key, value, .. } => {
            check_key("a key", key)?;
            value.as_ref().map_or(Ok(()), |value| check_value(value))
        }
    }
}

/// Performs an operation that [`check`] has passed.
pub(crate) fn perform<R: Room>(room: &mut R, op: &StateOp) -> Result<StateReply, R::Error> {
    match op {
        StateOp::Get { key } => Ok(StateReply::Value(room.get(key)?)),
        StateOp::Keys { prefix, after, limit } => Ok(StateReply::Keys(room.keys(prefix, after.as_deref(), *limit)?)),
        StateOp::Set { key, value } => {
            let old = room.get(key)?;
            replace(room, key, old.as_deref(), Some(value))?;
            Ok(StateReply::Done)
        }
        StateOp::Delete { key } => {
            let old = room.get(key)?;
            replace(room, key, old.as_deref(), None)?;
            Ok(StateReply::Changed(old.is_some()))
        }
        StateOp::CompareAndSwap { key, expected, value } => {
            let old = room.get(key)?;
            let matches = same(old.as_deref(), expected.as_deref());
            if matches {
                replace(room, key, old.as_deref(), value.as_deref())?;
            }
            Ok(StateReply::Changed(matches))
        }
    }
}

fn replace<R: Room>(room: &mut R, key: &str, old: Option<&str>, new: Option<&str>) -> Result<(), R::Error> {
    let size = |value: &str| (key.len() + value.len()) as u64;
    let mut used = room.used()?;
    if let Some(old) = old {
        used.keys = used.keys.saturating_sub(1);
        used.bytes = used.bytes.saturating_sub(size(old));
    }
    match new {
        Some(new) => {
            used.keys += 1;
            used.bytes += size(new);
            check_used(used)?;
            room.put(key, new, used)
        }
        None if old.is_some() => room.remove(key, used),
        None => Ok(()),
    }
}

fn check_used(used: Used) -> Result<(), StoreError> {
    if used.keys > SCOPE_KEYS {
        return Err(StoreError::Quota(format!("the scope is full: it may have {SCOPE_KEYS} keys")));
    }
    if used.bytes > SCOPE_BYTES {
        return Err(StoreError::Quota(format!("the scope is full: it may have {SCOPE_BYTES} bytes")));
    }
    Ok(())
}

fn check_key(what: &str, key: &str) -> Result<(), StoreError> {
    check_length(what, key)?;
    if key.is_empty() || key.chars().any(char::is_control) {
        return Err(StoreError::Quota(format!("{what} is 1 to {KEY_BYTES} bytes without control characters")));
    }
    Ok(())
}

fn check_length(what: &str, key: &str) -> Result<(), StoreError> {
    if key.len() <= KEY_BYTES {
        return Ok(());
    }
    Err(StoreError::Quota(format!("{what} may have {KEY_BYTES} bytes, not {}", key.len())))
}

fn check_value(value: &str) -> Result<(), StoreError> {
    if value.len() <= VALUE_BYTES {
        return Ok(());
    }
    Err(StoreError::Quota(format!("a value may have {VALUE_BYTES} bytes, not {}", value.len())))
}

fn same(old: Option<&str>, expected: Option<&str>) -> bool {
    match (old, expected) {
        (Some(old), Some(expected)) => old == expected || same_json(old, expected),
        (None, None) => true,
        _ => false,
    }
}

fn same_json(left: &str, right: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    matches!((parse(left), parse(right)), (Some(left), Some(right)) if left == right)
}
