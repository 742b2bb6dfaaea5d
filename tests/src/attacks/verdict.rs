//! What came of an attack, as the operator sees it. It does not know how it was tried.

use std::time::Duration;

use serde_json::{Value, json};

/// A limit of time, and when the host had stopped the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What it was given.
    pub limit: Duration,
    /// What it took.
    pub took: Duration,
}

impl Stop {
    /// The time beyond the limit.
    #[must_use]
    pub fn overshoot(self) -> Duration {
        self.took.saturating_sub(self.limit)
    }
}

/// An attack that did no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How it ended, in a few words; the variants of an attack each have their own.
    pub outcomes: Vec<String>,
    /// The latest stop, of the variants that ran into a limit of time.
    pub stop: Option<Stop>,
    /// What the operator reads of the first.
    pub error: String,
    /// Whether there is nothing yet that could be attacked.
    pub no_surface: bool,
}

impl Verdict {
    /// The attack ended so, and this is what the operator reads.
    #[must_use]
    pub fn contained(outcome: impl Into<String>, error: impl ToString) -> Self {
        Verdict { outcomes: vec![outcome.into()], stop: None, error: error.to_string(), no_surface: false }
    }

    /// What would be attacked is not there; what was looked for is said.
    #[must_use]
    pub fn no_surface(absent: impl Into<String>, error: impl ToString) -> Self {
        Verdict { no_surface: true, ..Verdict::contained(absent, error) }
    }

    /// The same attack, tried in several ways.
    ///
    /// # Panics
    /// There is none.
    #[must_use]
    pub fn of(variants: impl IntoIterator<Item = Verdict>) -> Self {
        variants.into_iter().reduce(Verdict::and).expect("an attack has a variant")
    }

    /// And one more.
    #[must_use]
    pub fn and(mut self, other: Verdict) -> Self {
        for outcome in other.outcomes {
            if !self.outcomes.contains(&outcome) {
                self.outcomes.push(outcome);
            }
        }
        self.stop = self.stop.into_iter().chain(other.stop).max_by_key(|stop| stop.overshoot());
        self.no_surface &= other.no_surface;
        self
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        json!({
            "outcomes": self.outcomes,
            "limit_us": self.stop.map(|stop| micros(stop.limit)),
            "took_us": self.stop.map(|stop| micros(stop.took)),
            "error": self.error,
            "no_surface": self.no_surface,
        })
    }
}
