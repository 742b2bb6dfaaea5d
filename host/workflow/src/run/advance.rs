//! Changes what an event is about, and starts whatever has become possible. It does not know whether the event may come.

use std::collections::VecDeque;

use baton_journal::{Failure, Outcome, Payload, RunId, RunOutcome, Site, Timestamp, Usage};
use serde_json::Value;

use super::accept::Change;
use super::doubt::{begin_again, suspend};
use super::item::Items;
use super::state::Phase;
use super::{Action, Run};
use crate::plan::policy::MAX_ITEMS;
use crate::plan::{Step, Work};

/// What a step that can begin does.
enum Beginning {
    /// It is not needed.
    Skip,
    /// It asks.
    Ask,
    /// It works on these.
    Work(Option<Vec<Value>>),
}

impl Run {
    /// Changes what an event is about.
    pub(super) fn change(&mut self, change: Change) {
        match change {
            Change::Begin(input, forks) => self.begin_with(input, forks),
            Change::Started { site, attempt, deadline } => self.mark_started(&site, attempt, deadline),
            Change::Ended { site, attempt, outcome, usage } => self.end_attempt(&site, attempt, &outcome, usage),
            Change::Nested { site, usage } => self.use_up(&site, Usage { wall_ms: 0, ..usage }),
            Change::Asked { step } => self.mark_asked(&step),
            Change::Doubted(ask) => self.hold(*ask),
            Change::Resolved { site, resolution } => self.release(&site, &resolution),
            Change::Answered { step, answer } => self.end_question(&step, answer),
            Change::Elapsed { site, attempt } => self.end_delay(&site, attempt),
            Change::End(outcome) => {
                self.outstanding.remove(|_| true);
                self.ending = Some(outcome);
                self.ended = true;
            }
            Change::Forked => self.cross(),
            Change::Nothing => {}
        }
        if let Some(message) = self.passed_limit().filter(|_| !self.ended) {
            self.fail_run(None, message);
        }
    }

    fn begin_with(&mut self, input: Result<Value, String>, forks: VecDeque<RunId>) {
        self.begin_as(forks);
        match input {
            Ok(input) => self.input = Some(input),
            Err(message) => {
                self.input = Some(Value::Null);
                self.fail_run(None, message);
            }
        }
    }

    fn mark_started(&mut self, site: &Site, attempt: u32, deadline: Timestamp) {
        self.outstanding.for_each(|action| match action {
            Action::Invoke(invoke) if invoke.site == *site && invoke.attempt == attempt => {
                begin_again(invoke, deadline);
            }
            _ => {}
        });
    }

    fn mark_asked(&mut self, step: &str) {
        self.outstanding.for_each(|action| match action {
            Action::Ask(ask) if ask.step == step => ask.requested = true,
            _ => {}
        });
    }

    /// Takes an attempt's end. One that is suspended has not ended: it stays outstanding, to be begun again by replay.
    fn end_attempt(&mut self, site: &Site, attempt: u32, outcome: &Outcome, usage: Usage) {
        self.use_up(site, usage);
        let Some((step, item)) = self.place(site) else { return };
        if *outcome == Outcome::Suspended {
            return self.outstanding.for_each(|action| match action {
                Action::Invoke(invoke) if invoke.site == *site && invoke.attempt == attempt => suspend(invoke),
                _ => {}
            });
        }
        self.outstanding.remove(|action| matches!(action, Action::Invoke(invoke) if invoke.site == *site));
        match self.verdict(step, item, outcome) {
            Ok(output) => self.end_item(step, item, Ok(output)),
            Err(failure) => self.retry(step, item, attempt, failure),
        }
        self.review(step);
    }

    fn use_up(&mut self, site: &Site, usage: Usage) {
        self.meter.add(usage);
        if let Some((step, _)) = self.place(site) {
            self.steps[step].usage = self.steps[step].usage.plus(usage);
        }
    }

    fn end_question(&mut self, step: &str, answer: Result<Value, Failure>) {
        self.outstanding.remove(|action| matches!(action, Action::Ask(ask) if ask.step == step));
        let Some(index) = self.plan.definition().index(step) else { return };
        match answer {
            Ok(output) => self.complete(index, output),
            Err(failure) => self.fail(index, failure),
        }
    }

    fn end_delay(&mut self, site: &Site, attempt: u32) {
        self.outstanding.remove(|action| matches!(action, Action::Wait(wait) if wait.site == *site));
        let Some((step, item)) = self.place(site) else { return };
        if self.ending.is_none() {
            self.begin_attempt(step, item, attempt);
            self.review(step);
        }
    }

    /// Starts whatever has become possible, and asks for the run's end when nothing can.
    pub(super) fn advance(&mut self) {
        while self.ending.is_none() && self.begin_steps() {}
        if self.ended || self.outstanding.has_end() {
            return;
        }
        if self.ending.is_none() && self.steps.iter().all(|step| step.settled().is_some()) {
            self.ending = Some(self.result());
        }
        if let Some(outcome) = self.ending.clone() {
            self.drop_waiting();
            if !self.outstanding.is_at_work() {
                self.outstanding.add(Action::End(outcome));
            }
        }
    }

    /// Drops what only waits: the run ends. What is at work is let finish, and so is a question about calls of it.
    fn drop_waiting(&mut self) {
        let asks = self.outstanding.all().iter().filter_map(|action| match action {
            Action::Ask(ask) if ask.in_doubt.is_none() => Some(ask.clone()),
            _ => None,
        });
        self.dropped.extend(asks);
        self.outstanding.remove(|action| match action {
            Action::Ask(ask) => ask.in_doubt.is_none(),
            Action::Wait(_) => true,
            Action::Invoke(_) | Action::End(_) => false,
        });
    }

    /// Begins every step that can; whether any could.
    fn begin_steps(&mut self) -> bool {
        let mut any = false;
        for step in 0..self.steps.len() {
            let ready = matches!(self.steps[step].phase, Phase::Waiting)
                && self.plan.graph().direct(step).iter().all(|other| self.steps[*other].settled().is_some());
            if ready && self.ending.is_none() {
                any = true;
                self.begin_step(step);
            }
        }
        any
    }

    fn begin_step(&mut self, step: usize) {
        let plan = std::sync::Arc::clone(&self.plan);
        let definition = &plan.definition().steps[step];
        match self.beginning(step, definition) {
            Ok(Beginning::Skip) => self.skip(step),
            Ok(Beginning::Ask) => {
                let Work::Approve(approval) = &definition.work else { return };
                self.steps[step].phase = Phase::Asking;
                if let Err(failure) = self.ask(step, approval) {
                    self.fail(step, failure);
                }
            }
            Ok(Beginning::Work(list)) => {
                self.steps[step].phase = Phase::Working(Items::new(list));
                self.review(step);
            }
            Err(failure) => self.fail(step, failure),
        }
    }

    /// What a step does now that all it waits for is settled.
    fn beginning(&self, step: usize, definition: &Step) -> Result<Beginning, Failure> {
        let state = &self.steps[step];
        if state.cut {
            return Ok(Beginning::Skip);
        }
        if !state.sent && !self.is_needed(step, definition)? {
            return Ok(Beginning::Skip);
        }
        match (&definition.work, &definition.for_each) {
            (Work::Approve(_), _) => Ok(Beginning::Ask),
            (Work::Invoke(_), None) => Ok(Beginning::Work(None)),
            (Work::Invoke(_), Some(list)) => match self.evaluate(list)? {
                Value::Array(items) if items.len() <= MAX_ITEMS => Ok(Beginning::Work(Some(items))),
                Value::Array(items) => Err(Failure::Invalid(format!(
                    "`for_each` has {} items; at most {MAX_ITEMS} are allowed",
                    items.len()
                ))),
                _ => Err(Failure::Invalid(format!("`for_each` is no list: `{}`", list.text()))),
            },
        }
    }

    /// Whether a step that nobody was sent to is needed.
    fn is_needed(&self, step: usize, definition: &Step) -> Result<bool, Failure> {
        let Some(condition) = &definition.condition else { return Ok(!self.plan.graph().is_handler(step)) };
        match self.evaluate(condition)? {
            Value::Bool(needed) => Ok(needed),
            _ => Err(Failure::Invalid(format!("`if` is no boolean: `{}`", condition.text()))),
        }
    }

    /// Looks at a step that works: begins more items, or settles it.
    fn review(&mut self, step: usize) {
        let most = self.plan.definition().steps[step].max_parallel as usize;
        loop {
            let Phase::Working(items) = &mut self.steps[step].phase else { return };
            if self.ending.is_none()
                && items.has_room(most)
                && let Some(item) = items.begin()
            {
                self.begin_attempt(step, item, 1);
                continue;
            }
            return match (items.failure(), items.output()) {
                (Some(failure), _) => self.fail(step, failure),
                (None, Some(output)) => self.complete(step, output),
                (None, None) => {}
            };
        }
    }

    /// What the run results in.
    fn result(&self) -> RunOutcome {
        match self.render(&self.plan.definition().output, None) {
            Ok(output) => RunOutcome::Completed { output: Payload::json(&output) },
            Err(failure) => RunOutcome::Failed { step: None, message: format!("`output`: {}", failure.text()) },
        }
    }
}
