//! One invocation of a hostile guest, and what may become of it. It does not know what the guest tries.

use std::time::Duration;

use baton_journal::{Limit, Outcome};
use baton_sandbox::{Ended, SandboxError};
use serde_json::Value;

use super::{Stop, Verdict};

/// The most that a stop may come late, time in the host included.
pub const STOP: Duration = Duration::from_millis(10);

/// How an invocation ended, and how long it took.
pub struct Trial {
    /// Its end; an error where the host is to blame, or refuses the call.
    pub ended: Result<Ended, SandboxError>,
    /// The wall time that it was given.
    pub limit: Duration,
    /// The time from the call to the end, as the caller of the host measures it.
    pub took: Duration,
}

impl Trial {
    /// How it ended.
    ///
    /// # Panics
    /// The host broke.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        match &self.ended {
            Ok(ended) => &ended.outcome,
            Err(error) => panic!("the host broke: {error}"),
        }
    }

    /// It ran out of something.
    ///
    /// # Panics
    /// It did not.
    #[must_use]
    pub fn exhausted(&self, expected: Limit) -> Verdict {
        match self.outcome() {
            Outcome::Exhausted { limit, .. } if *limit == expected => {
                Verdict::contained(format!("out of {}", format!("{limit:?}").to_lowercase()), self.outcome())
            }
            other => panic!("not out of {expected:?}: {other}"),
        }
    }

    /// It was stopped at its deadline.
    ///
    /// # Panics
    /// It was not.
    #[must_use]
    pub fn timed_out(&self) -> Verdict {
        assert!(matches!(self.outcome(), Outcome::TimedOut { .. }), "not timed out: {}", self.outcome());
        let stop = Stop { limit: self.limit, took: self.took };
        Verdict { stop: Some(stop), ..Verdict::contained("timed out", self.outcome()) }
    }

    /// It broke, and these words say why.
    ///
    /// # Panics
    /// It did not, or they do not.
    #[must_use]
    pub fn trapped(&self, words: &str) -> Verdict {
        match self.outcome() {
            Outcome::Trapped { message } if message.contains(words) => Verdict::contained("trap", self.outcome()),
            other => panic!("no trap with {words:?}: {other}"),
        }
    }

    /// The host refused the call before a guest was made, and these words say why.
    ///
    /// # Panics
    /// It did not, or they do not.
    #[must_use]
    pub fn refused(&self, words: &str) -> Verdict {
        match &self.ended {
            Err(error) if error.to_string().contains(words) => Verdict::contained("refused", error),
            Err(error) => panic!("not refused with {words:?}: {error}"),
            Ok(ended) => panic!("not refused: {}", ended.outcome),
        }
    }

    /// It answered.
    ///
    /// # Panics
    /// It did not.
    #[must_use]
    pub fn completed(&self) -> Value {
        match self.outcome() {
            Outcome::Completed { output } => serde_json::from_str(output.as_str().unwrap()).unwrap(),
            other => panic!("not completed: {other}"),
        }
    }
}

/// The time of a trial beyond its limit.
#[must_use]
pub fn overshoot(trial: &Trial) -> Duration {
    trial.took.saturating_sub(trial.limit)
}
