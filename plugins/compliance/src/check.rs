//! The checks: one file for each. They know the case, and nothing of what their findings lead to.

pub mod consistency;
pub mod documents;
pub mod expiry;
pub mod jurisdiction;
pub mod screening;
pub mod substance;

use jiff::civil::Date;

use crate::input::{Input, Summary};
use crate::output::Finding;

/// A finding shows at most so many places of the same thing.
const MOST_PLACES: usize = 5;

/// What the checks look at.
#[derive(Debug)]
pub struct Case<'a> {
    /// The application, the rules and the lists.
    pub input: &'a Input,
    /// The summaries that there are.
    pub summaries: Vec<&'a Summary>,
    /// The day to judge by.
    pub as_of: Date,
}

/// The findings of all checks.
#[must_use]
pub fn all(case: &Case<'_>) -> Vec<Finding> {
    [documents::check, substance::check, expiry::check, jurisdiction::check, screening::check, consistency::check]
        .iter()
        .flat_map(|check| check(case))
        .collect()
}
