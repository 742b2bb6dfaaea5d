//! What a run has used, in time and otherwise, against what it may use. It does not know what used it.

use std::time::Duration;

use baton_journal::{Timestamp, Usage};

use super::Run;
use super::reserve::{Place, spent};
use crate::plan::Step;
use crate::problem::Position;
use crate::units::{Count, Millis, written};
use baton_policy::{Amounts, Spendable};

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
    /// What is not used.
    pub(super) left: Amounts,
    /// What is neither used nor reserved by others.
    pub(super) free: Amounts,
    /// What its plan says that it may use.
    pub(super) declared: Amounts,
    /// Whether others are at work.
    pub(super) others: bool,
    pub(super) wall: Duration,
}

impl Run {
    /// Which limit of the run is passed, in words; none if all are kept.
    pub(super) fn passed_limit(&self) -> Option<String> {
        let (wall, used) = (self.plan.budget().wall, spent(self.meter.usage()));
        let took = Millis(self.meter.wall_ms());
        if took > wall.limit {
            return Some(format!("the run used {took} of {}", self.wall_text()));
        }
        let limit = self.limit();
        let passed = Spendable::ALL.into_iter().find(|what| used.of(*what) > limit.of(*what))?;
        Some(format!("the run used {} of {}", written(passed, used.of(passed)), self.limit_text(passed)))
    }

    /// How many items a step's `for_each` may have, and what says so.
    pub(super) fn fan_out(&self, step: &Step) -> (u64, String) {
        match step.budget.fan_out {
            Some(Count(most)) => (most, format!("its fan_out budget of {}", Count(most))),
            None => {
                let limit = &self.plan.budget().fan_out;
                (limit.limit.0, self.limit_written("fan_out", &limit.limit.to_string(), limit.at))
            }
        }
    }

    /// A limit and where to change it.
    pub(super) fn limit_text(&self, what: Spendable) -> String {
        let limit = written(what, self.limit().of(what));
        self.limit_written(what.as_str(), &limit, self.plan.budget().place(what))
    }

    fn wall_text(&self) -> String {
        let wall = &self.plan.budget().wall;
        self.limit_written("wall", &wall.limit.to_string(), wall.at)
    }

    fn limit_written(&self, name: &str, limit: &str, at: Position) -> String {
        let file = &self.plan.definition().file;
        if at.is_nowhere() {
            return format!("its {name} budget of {limit} (the default: set `budget.{name}` in {file})");
        }
        format!("its {name} budget of {limit} (`budget.{name}`, {file}:{at})")
    }

    /// Why nothing more may begin: time is over.
    pub(super) fn time_is_over(&self) -> Option<String> {
        self.wall_left().is_zero().then(|| format!("the run used up {}", self.wall_text()))
    }

    /// What the run has not used.
    pub(super) fn left(&self) -> Amounts {
        let own = self.left_of_own();
        self.outer.map_or(own, |outer| own.at_most(outer.left))
    }

    /// What it has not used of its own budget.
    pub(super) fn left_of_own(&self) -> Amounts {
        self.limit().without(spent(self.meter.usage()))
    }

    /// The same with what people have allowed besides.
    pub(super) fn limit(&self) -> Amounts {
        self.declared().plus(self.raised)
    }

    /// What its plan says that it may use.
    pub(super) fn declared(&self) -> Amounts {
        self.plan.budget().amounts()
    }

    /// What the run has neither used nor reserved.
    pub(super) fn free(&self) -> Amounts {
        let reserved = self.held();
        let own = self.left().without(reserved);
        self.outer.map_or(own, |outer| own.at_most(outer.free.without(reserved)))
    }

    /// What is reserved in the run, that of workflows inside included.
    pub(super) fn held(&self) -> Amounts {
        self.inner.values().fold(self.reserved.total(), |sum, inner| sum.plus(inner.held()))
    }

    /// What is free to a step: of its own budget, and of the run's if that is less. What cleans up has only its own.
    pub(super) fn free_to(&self, step: usize) -> Amounts {
        let run = if self.turn_of(step).cleans_up() { Amounts::ALL } else { self.free() };
        self.left_to_step(step).without(self.reserved.of_step(step)).at_most(run)
    }

    /// What is left to a workflow inside.
    pub(super) fn outer_of(&self, place: Place) -> Outer {
        let reserved = self.inner.get(&place).map(Run::held).unwrap_or_default();
        let mut beside = self.inner.iter().filter(|(of, _)| **of != place);
        let others = self.has_own_workers() || beside.any(|(_, inner)| inner.has_workers());
        Outer {
            left: self.left(),
            free: self.free().plus(reserved),
            declared: self.declared(),
            others: others || self.outer.is_some_and(|outer| outer.others),
            wall: self.wall_left(),
        }
    }

    /// The wall time that is left to the run.
    pub(super) fn wall_left(&self) -> Duration {
        let own = Duration::from_millis(self.plan.budget().wall.limit.0.saturating_sub(self.meter.wall_ms()));
        self.outer.map_or(own, |outer| own.min(outer.wall))
    }
}
