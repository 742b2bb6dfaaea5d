//! What is left of one evaluation's allowance. It does not know what is evaluated.

use super::EvaluationError;
use super::limits::{BYTES_PER_UNIT, Limits};
use super::value::{Shared, Value};

/// What a value takes of the host's memory beside its text.
const VALUE_BYTES: usize = size_of::<Value<'static>>();

/// What is left of the allowance.
#[derive(Debug)]
pub(crate) struct Meter {
    work: u64,
    made: usize,
}

impl Meter {
    /// A full allowance.
    pub(crate) fn new(limits: &Limits) -> Meter {
        Meter { work: limits.work, made: limits.made }
    }

    /// Pays some units of work.
    ///
    /// # Errors
    ///
    /// If that is more than is left. Nothing is left after that: no other branch goes on with the rest.
    pub(crate) fn pay(&mut self, units: u64) -> Result<(), EvaluationError> {
        let left = self.work.checked_sub(units);
        self.work = left.unwrap_or(0);
        left.map(drop).ok_or(EvaluationError::TooMuchWork)
    }

    /// Pays for reading a text of that many bytes.
    pub(crate) fn pay_bytes(&mut self, bytes: usize) -> Result<(), EvaluationError> {
        self.pay((bytes / BYTES_PER_UNIT) as u64 + 1)
    }

    /// Pays for a new value with that many bytes of text of its own, before it is made.
    ///
    /// # Errors
    ///
    /// If that is more than is left.
    pub(crate) fn make(&mut self, text: usize) -> Result<(), EvaluationError> {
        self.pay_bytes(text)?;
        self.take(text.saturating_add(VALUE_BYTES))
    }

    /// Pays for a place for each of that many values.
    pub(crate) fn make_places(&mut self, count: usize) -> Result<(), EvaluationError> {
        self.pay(count as u64)?;
        self.take(count.saturating_mul(VALUE_BYTES))
    }

    /// Pays for a text, and makes it.
    pub(crate) fn text<'a>(&mut self, text: String) -> Result<Value<'a>, EvaluationError> {
        self.make(text.len())?;
        Ok(Value::text(text))
    }

    /// Pays for bytes, and makes them.
    pub(crate) fn bytes<'a>(&mut self, bytes: Vec<u8>) -> Result<Value<'a>, EvaluationError> {
        self.make(bytes.len())?;
        Ok(Value::Bytes(Shared::Made(bytes.into())))
    }

    fn take(&mut self, bytes: usize) -> Result<(), EvaluationError> {
        let left = self.made.checked_sub(bytes);
        self.made = left.unwrap_or(0);
        left.map(drop).ok_or(EvaluationError::TooMuchMade)
    }
}
