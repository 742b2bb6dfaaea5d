//! Circuit breakers: what fails again and again is left alone for a while, and then tried by one call at a time. It does
//! not know what is called, who else has a copy of what is known, nor what time it is.

use std::collections::VecDeque;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::quantity::Wall;

/// Default failures that open a circuit. A call that is retried three times, as steps usually are, does not open it alone;
/// two of them do.
pub const FAILURES: u32 = 5;
/// Most failures that a circuit waits for: it remembers the moment of each.
pub const MAX_FAILURES: u32 = 1_000;
/// Default time in which they count: what fails once an hour is not down.
pub const WITHIN: Wall = Wall(60_000);
/// Default time for which a circuit stays open at first: a service that restarts is back by then.
pub const OPEN: Wall = Wall(30_000);
/// Default good trials that close a circuit. Who comes back may answer one call and break under the next.
pub const TRIALS: u32 = 2;
/// The longest time for which a circuit stays open, unless `open` itself is longer. Each trial that fails doubles the time:
/// without a bound, what was down for a day would be left alone for another.
pub const LONGEST: Wall = Wall(600_000);

/// When a circuit opens and closes: `circuit = { failures = 5, within = "1m", open = "30s", trials = 2 }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CircuitTerms {
    /// So many failures open it; each call that went well meanwhile takes one back. Default 5, at most 1000.
    pub failures: u32,
    /// The time in which they count. Default `1m`.
    pub within: Wall,
    /// For how long it stays open at first; twice as long after each trial that fails, up to ten minutes. Default `30s`.
    pub open: Wall,
    /// So many good trials in a row close it. Default 2.
    pub trials: u32,
}

impl Default for CircuitTerms {
    fn default() -> Self {
        CircuitTerms { failures: FAILURES, within: WITHIN, open: OPEN, trials: TRIALS }
    }
}

impl CircuitTerms {
    /// The first of them that is zero or above its maximum.
    #[must_use]
    pub fn wrong(&self) -> Option<&'static str> {
        let wrong = [
            ("failures", self.failures == 0 || self.failures > MAX_FAILURES),
            ("within", self.within.0 == 0),
            ("open", self.open.0 == 0),
            ("trials", self.trials == 0),
        ];
        wrong.into_iter().find(|(_, is_wrong)| *is_wrong).map(|(key, _)| key)
    }

    /// For how long it stays open after so many trials that failed.
    fn cool_down(&self, failed_trials: u32) -> Duration {
        let longest = LONGEST.max(self.open);
        let doubled = self.open.0.saturating_mul(1_u64.checked_shl(failed_trials).unwrap_or(u64::MAX));
        Wall(doubled).min(longest).as_duration()
    }
}

/// How a call ended, for the health of what was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It was done.
    Good,
    /// It broke, was late, or may work later.
    Bad,
    /// It says nothing: the arguments were wrong, the call was declined, or it was not made.
    Unsaid,
}

/// Leave for one call. It is given back with [`Circuit::ended`].
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a trial that is not given back holds up all others for as long as it may last"]
pub struct Leave {
    era: u64,
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is open for so long.
    Open(Duration),
    /// Another call is the trial.
    OnTrial,
}

/// A change that people should hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It opened, for so long.
    Opened(Duration),
    /// It closed.
    Closed,
}

/// The circuit of one thing that is called. Times are since the Unix epoch, so that several keepers can have the same one. A time
/// ahead of now was written before the clock was set back, and holds nobody up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circuit {
    state: State,
    /// Changes with each state and each trial: a call that began before says nothing about what came after.
    era: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    Closed { failed: VecDeque<Duration> },
    Open { span: Span, failed_trials: u32 },
    HalfOpen { trial: Option<Span>, good: u32, failed_trials: u32 },
}

/// From a moment until another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Span {
    from: Duration,
    until: Duration,
}

impl Span {
    fn of(now: Duration, length: Duration) -> Self {
        Span { from: now, until: now.saturating_add(length) }
    }

    /// What is left of it, if it is now.
    fn left(&self, now: Duration) -> Option<Duration> {
        (self.from <= now && now < self.until).then(|| self.until - now)
    }
}

impl Default for State {
    fn default() -> Self {
        State::Closed { failed: VecDeque::new() }
    }
}

impl Circuit {
    /// Asks for leave to make a call that lasts so long at most. If it is a trial of which nothing is heard, another may be made
    /// after that time: its keeper died.
    ///
    /// # Errors
    /// The circuit is open, or another call is its trial.
    pub fn enter(&mut self, now: Duration, lasting: Duration) -> Result<Leave, Refused> {
        self.refuses(now).map_or(Ok(()), Err)?;
        let trial = Some(Span::of(now, lasting));
        match self.state {
            State::Closed { .. } => {}
            State::Open { failed_trials, .. } => self.turn(State::HalfOpen { trial, good: 0, failed_trials }),
            State::HalfOpen { good, failed_trials, .. } => self.turn(State::HalfOpen { trial, good, failed_trials }),
        }
        Ok(Leave { era: self.era })
    }

    /// Why a call would be refused; nothing if it would get leave.
    #[must_use]
    pub fn refuses(&self, now: Duration) -> Option<Refused> {
        match &self.state {
            State::Closed { .. } => None,
            State::Open { span, .. } => span.left(now).map(Refused::Open),
            State::HalfOpen { trial, .. } => trial.and_then(|trial| trial.left(now)).map(|_| Refused::OnTrial),
        }
    }

    /// Takes back the leave of a call, with how it ended.
    pub fn ended(&mut self, terms: &CircuitTerms, now: Duration, leave: &Leave, health: Health) -> Option<Change> {
        if leave.era != self.era {
            return None;
        }
        match &mut self.state {
            State::Closed { failed } => {
                if !counted(failed, terms, now, health) {
                    return None;
                }
                Some(self.open(terms, now, 0))
            }
            State::Open { .. } => None,
            State::HalfOpen { trial, good, failed_trials } => {
                *trial = None;
                let failed_trials = *failed_trials;
                match health {
                    Health::Unsaid => None,
                    Health::Bad => Some(self.open(terms, now, failed_trials.saturating_add(1))),
                    Health::Good => {
                        *good += 1;
                        (*good >= terms.trials).then(|| self.close())
                    }
                }
            }
        }
    }

    fn open(&mut self, terms: &CircuitTerms, now: Duration, failed_trials: u32) -> Change {
        let cool_down = terms.cool_down(failed_trials);
        self.turn(State::Open { span: Span::of(now, cool_down), failed_trials });
        Change::Opened(cool_down)
    }

    fn close(&mut self) -> Change {
        self.turn(State::default());
        Change::Closed
    }

    fn turn(&mut self, state: State) {
        self.state = state;
        self.era += 1;
    }
}

/// Counts a call of a closed circuit; whether its failures are too many.
fn counted(failed: &mut VecDeque<Duration>, terms: &CircuitTerms, now: Duration, health: Health) -> bool {
    let within = terms.within.as_duration();
    failed.retain(|at| *at <= now && now - *at <= within);
    match health {
        Health::Unsaid => {}
        Health::Good => drop(failed.pop_front()),
        Health::Bad => failed.push_back(now),
    }
    failed.len() >= terms.failures as usize
}

#[cfg(test)]
mod tests;
