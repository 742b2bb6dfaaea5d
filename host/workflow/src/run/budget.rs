//! What a run has used, in time and otherwise, against what it may use. It does not know what used it.

use std::time::Duration;

use baton_journal::{Timestamp, Usage};

use super::Run;
use crate::plan::{Role, RunLimit, StepBudget};
use crate::units::Quantity;
use baton_policy::Amounts;

/// What a run has used.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter {
    usage: Usage,
    /// When the first event happened.
    started: Option<Timestamp>,
    /// When the last event happened.
    now: Timestamp,
    /// Milliseconds in which only people were waited for.
    rested: u64,
    /// Since when only people are waited for.
    resting_since: Option<Timestamp>,
}

impl Meter {
    /// Takes the time of an event. Time does not run backwards.
    pub(super) fn tick(&mut self, at: Timestamp) {
        self.now = self.now.max(at);
        self.started.get_or_insert(self.now);
        if let Some(since) = self.resting_since.take() {
            self.rested = self.rested.saturating_add(self.now.0.saturating_sub(since.0));
        }
    }

    /// Notes whether the run only waits for people from now on.
    pub(super) fn rest(&mut self, resting: bool) {
        self.resting_since = resting.then_some(self.now);
    }

    /// Adds what an invocation used.
    pub(super) fn add(&mut self, usage: Usage) {
        self.usage = self.usage.plus(usage);
    }

    /// What was used.
    pub(super) fn usage(&self) -> Usage {
        self.usage
    }

    /// The time of the last event.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// Milliseconds since the start, without those in which only people were waited for.
    pub(super) fn wall_ms(&self) -> u64 {
        let started = self.started.unwrap_or(self.now);
        self.now.0.saturating_sub(started.0).saturating_sub(self.rested)
    }
}

/// What is left to a workflow that a step runs, of the budget around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outer {
    pub(super) left: Amounts,
    pub(super) wall: Duration,
}

impl Run {
    /// Which limit of the run is passed, in words; none if all are kept.
    pub(super) fn passed_limit(&self) -> Option<String> {
        let (budget, usage) = (self.plan.budget(), self.meter.usage());
        self.passed("wall", &budget.wall, crate::units::Millis(self.meter.wall_ms()))
            .or_else(|| self.passed("fuel", &budget.fuel, crate::units::Count(usage.fuel)))
            .or_else(|| self.passed("calls", &budget.calls, crate::units::Count(usage.host_calls)))
            .or_else(|| self.passed("bytes", &budget.bytes, crate::units::Bytes(usage.bytes)))
    }

    fn passed<Q: Quantity>(&self, name: &str, limit: &RunLimit<Q>, used: Q) -> Option<String> {
        (used > limit.limit).then(|| format!("the run used {used} of {}", self.limit_text(name, limit)))
    }

    /// A limit and where to change it.
    fn limit_text<Q: Quantity>(&self, name: &str, limit: &RunLimit<Q>) -> String {
        let file = &self.plan.definition().file;
        if limit.at.is_nowhere() {
            return format!("its {name} budget of {} (the default: set `budget.{name}` in {file})", limit.limit);
        }
        format!("its {name} budget of {} (`budget.{name}`, {file}:{})", limit.limit, limit.at)
    }

    /// Why nothing more may begin: a limit that is used up to the last unit.
    pub(super) fn used_up(&self) -> Option<String> {
        let left = self.allowance_of_run();
        let budget = self.plan.budget();
        if self.wall_left().is_zero() {
            return Some(format!("the run used up {}", self.limit_text("wall", &budget.wall)));
        }
        if left.fuel == 0 {
            return Some(format!("the run used up {}", self.limit_text("fuel", &budget.fuel)));
        }
        (left.bytes == 0).then(|| format!("the run used up {}", self.limit_text("bytes", &budget.bytes)))
    }

    /// What is left to the run: what a nested invocation may use at most.
    #[must_use]
    pub fn allowance_of_run(&self) -> Amounts {
        let (budget, usage) = (self.plan.budget(), self.meter.usage());
        let own = Amounts {
            fuel: budget.fuel.limit.0.saturating_sub(usage.fuel),
            calls: budget.calls.limit.0.saturating_sub(usage.host_calls),
            bytes: budget.bytes.limit.0.saturating_sub(usage.bytes),
        };
        self.outer.map_or(own, |outer| Amounts {
            fuel: own.fuel.min(outer.left.fuel),
            calls: own.calls.min(outer.left.calls),
            bytes: own.bytes.min(outer.left.bytes),
        })
    }

    /// What is left to a step: of its own budget, and of the run's if that is less. What cleans up has only its own.
    pub(super) fn allowance(&self, role: Role, budget: &StepBudget, usage: Usage) -> Amounts {
        const ALL: Amounts = Amounts { fuel: u64::MAX, calls: u64::MAX, bytes: u64::MAX };
        let run = if role.cleans_up() { ALL } else { self.allowance_of_run() };
        let least =
            |limit: Option<u64>, used: u64, run: u64| limit.map_or(run, |limit| limit.saturating_sub(used).min(run));
        Amounts {
            fuel: least(budget.fuel.map(|fuel| fuel.0), usage.fuel, run.fuel),
            calls: least(budget.calls.map(|calls| calls.0), usage.host_calls, run.calls),
            bytes: least(budget.bytes.map(|bytes| bytes.0), usage.bytes, run.bytes),
        }
    }

    /// The wall time that is left to the run.
    pub(super) fn wall_left(&self) -> Duration {
        let own = Duration::from_millis(self.plan.budget().wall.limit.0.saturating_sub(self.meter.wall_ms()));
        self.outer.map_or(own, |outer| own.min(outer.wall))
    }
}

/// Which limit of a step is passed, in words; none if all are kept.
pub(super) fn passed_by_step(budget: &StepBudget, usage: Usage) -> Option<String> {
    let passed = |name: &str, limit: Option<u64>, used: u64, texts: (String, String)| {
        let (used_text, limit_text) = texts;
        limit
            .filter(|limit| used >= *limit)
            .map(|_| format!("the step used {used_text} of its {name} budget of {limit_text}"))
    };
    let fuel = budget.fuel.map(|fuel| fuel.0);
    let bytes = budget.bytes.map(|bytes| bytes.0);
    let text = |used: u64, limit: Option<u64>| {
        (crate::units::Count(used).to_string(), crate::units::Count(limit.unwrap_or_default()).to_string())
    };
    passed("fuel", fuel, usage.fuel, text(usage.fuel, fuel))
        .or_else(|| passed("bytes", bytes, usage.bytes, text(usage.bytes, bytes)))
}
