//! What one evaluation may cost. It does not know what is evaluated.

use serde_json::Value;

use super::EvaluationError;

/// What one evaluation may cost: a unit for each node visited, each element made or compared, and each 64 bytes of text.
/// A mapping over ten thousand documents takes a twentieth of it; a nest of loops ends within a second.
pub(crate) const ALLOWANCE: u64 = 4_000_000;

/// How many bytes of text make a unit.
const BYTES_PER_UNIT: usize = 64;

/// What is left of the allowance.
#[derive(Debug)]
pub(crate) struct Meter {
    left: u64,
}

impl Meter {
    /// A full allowance.
    pub(crate) fn new() -> Meter {
        Meter { left: ALLOWANCE }
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

    /// Pays for a text of that many bytes.
    pub(crate) fn pay_bytes(&mut self, bytes: usize) -> Result<(), EvaluationError> {
        self.pay((bytes / BYTES_PER_UNIT) as u64 + 1)
    }

    /// Pays for a whole value, before it is copied or compared.
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
