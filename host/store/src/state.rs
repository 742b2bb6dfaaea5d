//! What state may take up, and which operations are well-formed, the same for every backend. It does not know where
//! values are kept, or who may touch a scope.

mod perform;

use baton_journal::{Digest, Scope, StateOp, StoreError};

pub(crate) use perform::{Room, Used, Value, perform};

/// The longest key, in bytes. Long enough for a path or a URL, short enough that a page of the database holds several.
pub const KEY_BYTES: usize = 512;

/// The largest value, in bytes. Documents belong into payloads, which are stored once; a value is rewritten as a whole
/// at each change.
pub const VALUE_BYTES: usize = 1 << 20;

/// The most keys of one scope: a full listing stays within tens of megabytes.
pub const SCOPE_KEYS: u64 = 100_000;

/// The greatest whole number, of times to live and of counts: a language that has only floating-point numbers holds it
/// and all below it exactly.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

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

/// Checks what needs no look at the values: the scope's name, the keys, the size of a value, its time to live.
pub(crate) fn check(scope: &Scope, op: &StateOp) -> Result<(), StoreError> {
    check_key("the name of a scope", columns(scope).1)?;
    match op {
        StateOp::Get { key } | StateOp::Delete { key } | StateOp::Increment { key, .. } => check_key("a key", key),
        StateOp::Keys { prefix, after, .. } => {
            check_length("a prefix", prefix)?;
            after.as_ref().map_or(Ok(()), |after| check_length("a key", after))
        }
        StateOp::Set { key, value, ttl_ms } => check_write(key, Some(value), *ttl_ms),
        StateOp::CompareAndSwap { key, value, ttl_ms, .. } => check_write(key, value.as_deref(), *ttl_ms),
    }
}

fn check_write(key: &str, value: Option<&str>, ttl_ms: Option<u64>) -> Result<(), StoreError> {
    check_key("a key", key)?;
    let bytes = value.map_or(0, str::len);
    if bytes > VALUE_BYTES {
        return invalid(format!("a value may have {VALUE_BYTES} bytes, not {bytes}"));
    }
    match ttl_ms {
        Some(ttl_ms) if !(1..=MAX_NUMBER).contains(&ttl_ms) => {
            invalid(format!("a time to live is 1 to {MAX_NUMBER} milliseconds, not {ttl_ms}"))
        }
        _ => Ok(()),
    }
}

fn check_key(what: &str, key: &str) -> Result<(), StoreError> {
    check_length(what, key)?;
    if key.is_empty() || key.chars().any(char::is_control) {
        return invalid(format!("{what} is 1 to {KEY_BYTES} bytes without control characters"));
    }
    Ok(())
}

fn check_length(what: &str, key: &str) -> Result<(), StoreError> {
    if key.len() <= KEY_BYTES {
        return Ok(());
    }
    invalid(format!("{what} may have {KEY_BYTES} bytes, not {}", key.len()))
}

fn invalid<T>(what: String) -> Result<T, StoreError> {
    Err(StoreError::Invalid(what))
}
