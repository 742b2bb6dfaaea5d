//! Why a plugin does not run before a person has said so, in words: what changed, and what that would let it do.

use std::fmt;

use baton_policy::{Grants, Name};

use super::Review;
use crate::lock::Line;

/// A plugin that is not what was accepted.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The plugin.
    pub plugin: Name,
    /// What changed.
    pub lines: Vec<Line>,
    /// What it could do and could not before, with the grants of today.
    pub gains: Grants,
    /// Whether it asks for more at all.
    pub asks_more: bool,
}

impl Refusal {
    pub(crate) fn of(review: &Review) -> Self {
        Refusal {
            plugin: review.plugin().name().clone(),
            lines: review.lines(),
            gains: review.gains().clone(),
            asks_more: review.asks_more(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.plugin)?;
        self.lines.iter().try_for_each(|line| write!(f, "\n  {line}"))?;
        consequence(&self.gains, self.asks_more).map_or(Ok(()), |text| write!(f, "\n    {text}"))
    }
}

/// What a plugin that asks for more would get of it, in words.
#[must_use]
pub fn consequence(gains: &Grants, asks_more: bool) -> Option<String> {
    match (gains.is_empty(), asks_more) {
        (false, _) => Some(format!("accepted, it may also, with the grants of today: {gains}")),
        (true, true) => Some("accepted, it gets none of that: the grants of today do not cover it".to_owned()),
        (true, false) => None,
    }
}
