//! What one evaluation may cost. It does not know what is evaluated.

use serde_json::Value;

use super::EvaluationError;

/// What one evaluation may cost: a unit for each node visited, each element made or compared, and each 64 bytes of text.
/// A mapping over ten thousand documents takes a twentieth of it; a nest of loops ends within a second.
pub(crate) const ALLOWANCE: u64 = 4_000_000;

/// How many bytes of text make a unit.
const BYTES_PER_UNIT: usize = 64;

/// How many bytes of new values one evaluation may make, those that it drops again included. What an expression makes is
/// at most a step's input, and few are beyond a megabyte; the allowance of work alone would let a bomb hold 400 MB.
pub(crate) const MADE: usize = 8 << 20;

/// What a value takes of the host's memory beside its text.
const VALUE_BYTES: usize = size_of::<Value>();

/// What is left of the allowances.
#[derive(Debug)]
pub(crate) struct Meter {
    left: u64,
    made: usize,
}

impl Meter {
    /// A full allowance.
    pub(crate) fn new() -> Meter {
        Meter { left: ALLOWANCE, made: MADE }
    }

    /// Pays some units.
    ///
    /// # Errors
    ///
    /// If that is more than is left.
    pub(crate) fn pay(&mut self, units: u64) -> Result<(), EvaluationError> {
        match self.left.checked_sub(units) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(EvaluationError {
                message: "the expression costs too much: it makes or visits too many values".to_owned(),
            }),
        }
    }

    /// Pays the memory of a new value with that many bytes of text of its own.
    ///
    /// # Errors
    ///
    /// If that is more than is left.
    pub(crate) fn make(&mut self, text: usize) -> Result<(), EvaluationError> {
        let left = self.made.checked_sub(text.saturating_add(VALUE_BYTES));
        self.made = left.ok_or_else(|| EvaluationError {
            message: format!("the expression makes too much: more than {} MiB of new values", MADE >> 20),
        })?;
        Ok(())
    }

    /// Pays for a copy of a value, before it is made.
    pub(crate) fn copy(&mut self, value: &Value) -> Result<(), EvaluationError> {
        self.pay_value(value)?;
        self.make_all(value)
    }

    fn make_all(&mut self, value: &Value) -> Result<(), EvaluationError> {
        match value {
            Value::String(text) => self.make(text.len()),
            Value::Array(items) => {
                self.make(0)?;
                items.iter().try_for_each(|item| self.make_all(item))
            }
            Value::Object(entries) => {
                self.make(0)?;
                entries.iter().try_for_each(|(key, value)| {
                    self.make(key.len())?;
                    self.make_all(value)
                })
            }
            _ => self.make(0),
        }
    }

    /// Pays for a text of that many bytes.
    pub(crate) fn pay_bytes(&mut self, bytes: usize) -> Result<(), EvaluationError> {
        self.pay((bytes / BYTES_PER_UNIT) as u64 + 1)
    }

    /// Pays for visiting a whole value.
    pub(crate) fn pay_value(&mut self, value: &Value) -> Result<(), EvaluationError> {
        match value {
            Value::String(text) => self.pay_bytes(text.len()),
            Value::Array(items) => {
                self.pay(1)?;
                items.iter().try_for_each(|item| self.pay_value(item))
            }
            Value::Object(entries) => {
                self.pay(1)?;
                entries.iter().try_for_each(|(key, value)| {
                    self.pay_bytes(key.len())?;
                    self.pay_value(value)
                })
            }
            _ => self.pay(1),
        }
    }
}
