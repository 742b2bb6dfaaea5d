//! Values kept by the host, by scope and key. A key is 1 to 512 bytes of UTF-8 without control characters.
//!
//! Values are of the author's own serde types. A stored value that does not fit the type is [`Error::Invalid`].

mod memory;
mod store;

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Failure};

pub use memory::Memory;
pub use store::{Scope, Store};

/// How often [`update`] tries before it says that the key is too busy. Each lost try means that another plugin's update got
/// through, so so many losses in a row need as many writers at the same key at the same moment.
const TRIES: u32 = 32;

/// The value of a key, or nothing.
///
/// # Errors
///
/// The host refuses the call, or the value does not fit the type.
pub fn get<T: DeserializeOwned>(store: &impl Store, key: &str) -> Result<Option<T>, Error> {
    store.get(key)?.map(|json| decode(key, &json)).transpose()
}

/// Stores a value under a key, in place of any older one.
///
/// # Errors
///
/// The host refuses the call, or the value cannot be written as JSON.
pub fn set<T: Serialize + ?Sized>(store: &impl Store, key: &str, value: &T) -> Result<(), Error> {
    store.set(key, &encode(key, value)?, None)
}

/// Stores a value under a key, in place of any older one, for so long: after that it is no longer there.
///
/// # Errors
///
/// The host refuses the call, or the value cannot be written as JSON.
pub fn set_for<T: Serialize + ?Sized>(
    store: &impl Store,
    key: &str,
    value: &T,
    time_to_live: Duration,
) -> Result<(), Error> {
    store.set(key, &encode(key, value)?, Some(time_to_live))
}

/// Adds to the whole number under a key and gives the sum, so that no concurrent change is lost. A key that is not there
/// counts as 0; one that expires keeps its time.
///
/// # Errors
///
/// The host refuses the call; the value is no whole number; the sum is beyond 2^53 - 1.
pub fn increment(store: &impl Store, key: &str, by: i64) -> Result<i64, Error> {
    store.increment(key, by)
}

/// Removes a key; tells whether it was there.
///
/// # Errors
///
/// The host refuses the call.
pub fn delete(store: &impl Store, key: &str) -> Result<bool, Error> {
    store.delete(key)
}

/// All keys that begin with a prefix, in the order of their bytes, fetched page by page.
///
/// # Errors
///
/// The host refuses a call.
pub fn keys(store: &impl Store, prefix: &str) -> Result<Vec<String>, Error> {
    let mut keys = store.keys(prefix, None)?;
    let mut page = keys.len();
    while page > 0 {
        let next = store.keys(prefix, keys.last().map(String::as_str))?;
        page = next.len();
        keys.extend(next);
    }
    Ok(keys)
}

/// Stores (or with no `value` removes) a key if its value now equals `expected` (nothing: the key is not there); tells
/// whether it did. Values are compared as JSON.
///
/// # Errors
///
/// The host refuses the call, or a value cannot be written as JSON.
pub fn compare_and_swap<T: Serialize>(
    store: &impl Store,
    key: &str,
    expected: Option<&T>,
    value: Option<&T>,
) -> Result<bool, Error> {
    let expected = expected.map(|value| encode(key, value)).transpose()?;
    let value = value.map(|value| encode(key, value)).transpose()?;
    store.compare_and_swap(key, expected.as_deref(), value.as_deref(), None)
}

/// What [`update`] does with the key, and what it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update<T, R> {
    /// Leaves the key as it is.
    Keep(R),
    /// Stores this value.
    Put(T, R),
    /// Removes the key.
    Remove(R),
}

/// Changes a value so that no concurrent change is lost: `change` sees the value as it is, and runs again if somebody
/// else was quicker. It must have no effect but its answer.
///
/// # Errors
///
/// Those of `change`; those of the host's calls; [`Failure::Transient`] if others were quicker again and again.
pub fn update<T, R>(
    store: &impl Store,
    key: &str,
    mut change: impl FnMut(Option<T>) -> Result<Update<T, R>, Failure>,
) -> Result<R, Failure>
where
    T: Serialize + DeserializeOwned,
{
    for _ in 0..TRIES {
        // What was read is compared as it was read: T may not know all fields that a newer version of the plugin stored.
        let before = store.get(key)?;
        let value = before.as_deref().map(|json| decode(key, json)).transpose()?;
        let (after, answer) = match change(value)? {
            Update::Keep(answer) => return Ok(answer),
            Update::Put(value, answer) => (Some(encode(key, &value)?), answer),
            Update::Remove(answer) => (None, answer),
        };
        if store.compare_and_swap(key, before.as_deref(), after.as_deref(), None)? {
            return Ok(answer);
        }
    }
    Err(Failure::transient(format_args!("{key}: others changed it {TRIES} times in a row")))
}

fn decode<T: DeserializeOwned>(key: &str, json: &str) -> Result<T, Error> {
    crate::task::decode(json).map_err(|error| Error::Invalid(format!("the value of {key}: {error}")))
}

fn encode<T: Serialize + ?Sized>(key: &str, value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Invalid(format!("the value for {key}: {error}")))
}

#[cfg(test)]
mod tests;
