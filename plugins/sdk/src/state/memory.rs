//! A store for tests.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

use serde_json::Value;

use super::Store;
use crate::Error;

/// Keeps values in memory, so that logic over a [`Store`] is tested natively, without a host. It has no clock: what is
/// stored for a time stays.
#[derive(Debug, Default)]
pub struct Memory {
    values: RefCell<BTreeMap<String, Value>>,
}

/// The most keys a page holds, as at the host.
const PAGE: usize = 1_000;

impl Store for Memory {
    fn get(&self, key: &str) -> Result<Option<String>, Error> {
        Ok(self.values.borrow().get(key).map(Value::to_string))
    }

    fn set(&self, key: &str, value: &str, _: Option<Duration>) -> Result<(), Error> {
        self.values.borrow_mut().insert(key.to_owned(), parse(value)?);
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<bool, Error> {
        Ok(self.values.borrow_mut().remove(key).is_some())
    }

    fn keys(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, Error> {
        let start = after.filter(|after| *after >= prefix).map_or(Bound::Included(prefix), Bound::Excluded);
        let values = self.values.borrow();
        let page = values.range::<str, _>((start, Bound::Unbounded)).map(|(key, _)| key);
        Ok(page.take_while(|key| key.starts_with(prefix)).take(PAGE).cloned().collect())
    }

    fn compare_and_swap(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        _: Option<Duration>,
    ) -> Result<bool, Error> {
        let expected = expected.map(parse).transpose()?;
        let value = value.map(parse).transpose()?;
        let mut values = self.values.borrow_mut();
        if values.get(key) != expected.as_ref() {
            return Ok(false);
        }
        match value {
            Some(value) => values.insert(key.to_owned(), value),
            None => values.remove(key),
        };
        Ok(true)
    }

    fn increment(&self, key: &str, by: i64) -> Result<i64, Error> {
        let mut values = self.values.borrow_mut();
        let exact = |number: &i64| number.unsigned_abs() < 1 << 53;
        let old = match values.get(key) {
            None => Some(0),
            Some(value) => value.as_i64().filter(exact),
        };
        let sum = old.and_then(|old| old.checked_add(by)).filter(exact);
        let sum = sum.ok_or_else(|| Error::Invalid(format!("{key} is no whole number, or the sum is beyond 2^53")))?;
        values.insert(key.to_owned(), sum.into());
        Ok(sum)
    }
}

fn parse(json: &str) -> Result<Value, Error> {
    serde_json::from_str(json).map_err(|error| Error::Invalid(error.to_string()))
}
