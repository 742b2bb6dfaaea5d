//! The values of one scope in memory. It does not know what an operation means.

use std::collections::BTreeMap;
use std::ops::Bound;

use baton_journal::{StoreError, Timestamp};

use crate::state::{Room, Used, Value};

/// The values of one scope.
#[derive(Debug, Default)]
pub(crate) struct MemoryRoom {
    values: BTreeMap<String, Value>,
    used: Used,
    expires: Option<Timestamp>, // nothing expires earlier
}

impl Room for MemoryRoom {
    type Error = StoreError;

    fn get(&self, key: &str) -> Result<Option<Value>, StoreError> {
        Ok(self.values.get(key).cloned())
    }

    fn keys(&self, now: Timestamp, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<String>, StoreError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let values = self.values.range::<str, _>((from, Bound::Unbounded));
        let with_prefix = values.take_while(|(key, _)| key.starts_with(prefix));
        let living = with_prefix.filter(|(_, value)| value.lives(now));
        Ok(living.map(|(key, _)| key.clone()).take(limit as usize).collect())
    }

    fn used(&self) -> Result<Used, StoreError> {
        Ok(self.used)
    }

    fn put(&mut self, key: &str, value: &Value, used: Used) -> Result<(), StoreError> {
        self.expires = self.expires.into_iter().chain(value.expires).min();
        self.values.insert(key.to_owned(), value.clone());
        self.used = used;
        Ok(())
    }

    fn remove(&mut self, key: &str, used: Used) -> Result<(), StoreError> {
        self.values.remove(key);
        self.used = used;
        Ok(())
    }

    fn expire(&mut self, now: Timestamp) -> Result<(), StoreError> {
        if self.expires.is_none_or(|expires| now < expires) {
            return Ok(());
        }
        let used = &mut self.used;
        self.values.retain(|key, value| {
            let lives = value.lives(now);
            if !lives {
                *used = used.without(key, &value.json);
            }
            lives
        });
        self.expires = self.values.values().filter_map(|value| value.expires).min();
        Ok(())
    }
}
