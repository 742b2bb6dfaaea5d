//! Changes what an event is about, and starts whatever has become possible. It does not know whether the event may come.

use std::collections::VecDeque;

use baton_journal::{Failure, Outcome, Payload, RunId, RunOutcome, Site, Timestamp, Usage};
use serde_json::Value;

use super::accept::Change;
use super::cleanup::Stage;
use super::doubt::{begin_again, suspend};
use super::fault::Fault;
use super::item::{Items, List, Standing};
use super::output::Local;
use super::settle::handling;
use super::state::Phase;
use super::{Action, Ask, Run};
use crate::plan::policy::MAX_ITEMS;
use crate::plan::{FaultKind, Step, Work};

impl Run {
    /// Changes what an event is about.
    pub(super) fn change(&mut self, change: Change) {
        match change {
            Change::Begin(input, forks) => self.begin_with(input, forks),
            Change::Started { site, deadline } => self.mark_started(&site, deadline),
            Change::Ended { site, attempt, outcome, usage } => self.end_attempt(&site, attempt, &outcome, usage),
            Change::Nested { site, usage } => self.use_up(&site, Usage { wall_ms: 0, ..usage }),
            Change::Asked { step } => self.mark_asked(&step),
            Change::Doubted(ask) => self.hold(*ask),
            Change::Resolved { site, resolution } => self.release(&site, &resolution),
            Change::Turned(ask) => self.outstanding.renew_ask(*ask),
            Change::Answered { step, answer } => self.end_question(&step, answer),
            Change::Wants(wanted) => self.note(*wanted),
            Change::Told { call } => self.told(&call),
            Change::Decided { call, site } => self.decide(&call, &site),
            Change::Ruled { name, ruling } => self.rule(&name, ruling),
            Change::Elapsed { site, attempt } => self.end_delay(&site, attempt),
            Change::Waiting { site } => self.outstanding.note_await(&site),
            Change::Waited { site } => self.end_wait(&site),
            Change::Received { site, data } => self.end_listening(&site, data),
            Change::Emitted { site } => self.end_emitting(&site),
            Change::Cancel(outcome) => self.cancel(outcome),
            Change::Pause(paused) => self.pause(paused),
            Change::Inner(place, change) => self.change_inner(place, *change),
            Change::End(outcome) => self.close(outcome),
            Change::Forked => self.cross(),
            Change::Nothing => {}
        }
        if self.stage == Stage::Work
            && !self.ended
            && let Some(message) = self.passed_limit()
        {
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

    fn close(&mut self, outcome: RunOutcome) {
        self.outstanding.clear();
        self.inner.clear();
        self.ending = Some(outcome);
        self.ended = true;
    }

    fn mark_started(&mut self, site: &Site, deadline: Timestamp) {
        if let Some(invoke) = self.outstanding.invoke_mut(site) {
            begin_again(invoke, deadline);
        }
    }

    fn mark_asked(&mut self, step: &str) {
        if let Some(ask) = self.outstanding.ask_mut(step) {
            ask.requested = true;
        }
    }

    /// Takes an attempt's end. One that is suspended has not ended: it stays outstanding, to be begun again by replay.
    fn end_attempt(&mut self, site: &Site, attempt: u32, outcome: &Outcome, usage: Usage) {
        self.use_up(site, usage);
        let Some((step, item)) = self.place(site) else { return };
        if *outcome == Outcome::Suspended
            && let Some(invoke) = self.outstanding.invoke_mut(site)
        {
            suspend(invoke);
            return self.put_questions(site);
        }
        self.questions.forget(site);
        let is_needed = !matches!(self.outstanding.take(site), Some(Action::Stop(_)));
        match self.verdict(step, item, outcome) {
            Ok(output) => self.pass(step, item, attempt, output),
            Err(fault) if is_needed => self.refuse(step, item, attempt, fault),
            Err(fault) => {
                self.quarantine(step, item, attempt, &fault);
                self.end_item(step, item, Err(fault));
            }
        }
        self.review(step);
    }

    /// An item has an output that passes: adds to the context what the step says, and ends the item.
    pub(super) fn take_output(&mut self, step: usize, item: usize, output: Value) {
        self.take(step, item, output, false);
    }

    /// A person has given the output of an item: it is good, as they have seen what is.
    pub(super) fn take_given(&mut self, step: usize, item: usize, output: Value) {
        self.take(step, item, output, true);
    }

    fn take(&mut self, step: usize, item: usize, output: Value, is_given: bool) {
        let local = Local { output: Some(&output), ..self.local(step, item) };
        let added = self.additions(step, local).and_then(|added| {
            let rounds = &self.plan.definition().steps[step].rounds;
            let good = rounds.as_ref().map(|rounds| self.holds(&rounds.until, local)).transpose()?;
            Ok((added, good.unwrap_or(false) || is_given))
        });
        if matches!(added, Ok((_, false))) && self.escalates_last_round(step, item) {
            let findings = vec!["`until` does not hold".to_owned()];
            return self.give_up(step, item, Fault::output("the rounds are over", findings, output));
        }
        self.note_done(step, item, &output);
        match added {
            Ok((added, good)) => {
                self.add(step, item, added);
                if let (true, Phase::Working(items)) = (good, &mut self.steps[step].phase) {
                    items.is_good();
                }
                self.end_item(step, item, Ok(output));
            }
            Err(fault) => self.end_item(step, item, Err(fault)),
        }
    }

    /// Whether it is the last round of a loop, and a person is asked if it was not good.
    fn escalates_last_round(&self, step: usize, item: usize) -> bool {
        let definition = &self.plan.definition().steps[step];
        let is_last = definition.rounds.as_ref().is_some_and(|rounds| item + 1 >= rounds.max as usize);
        is_last && handling(definition, FaultKind::Output).escalation().is_some()
    }

    fn use_up(&mut self, site: &Site, usage: Usage) {
        if let Some((step, _)) = self.place(site) {
            self.use_up_at(step, usage);
        }
    }

    /// Notes what was used for a step.
    pub(super) fn use_up_at(&mut self, step: usize, usage: Usage) {
        self.meter.add(usage);
        self.steps[step].usage = self.steps[step].usage.plus(usage);
    }

    fn end_question(&mut self, step: &str, answer: Result<Value, Fault>) {
        self.outstanding.take_ask(step);
        let Some(index) = self.step_named(step) else { return };
        match answer {
            Ok(output) => self.complete(index, output),
            Err(fault) => self.fail(index, &fault),
        }
    }

    fn end_delay(&mut self, site: &Site, attempt: u32) {
        self.outstanding.take(site);
        let Some((step, item)) = self.place(site) else { return };
        if self.may_begin(step) {
            self.begin_attempt(step, item, attempt);
            self.review(step);
        }
    }

    /// Starts whatever has become possible, and asks for the run's end when nothing can.
    pub(super) fn advance(&mut self) {
        while !self.ended && self.outstanding.end().is_none() {
            let goes_on = match self.stage {
                Stage::Work => self.work(),
                Stage::Undo => self.undo(),
                Stage::Finally => self.finish(),
                Stage::Over => self.over(),
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Steps have their turn; whether the next stage is reached.
    fn work(&mut self) -> bool {
        while self.ending.is_none()
            && let Some(step) = self.ready.pop_first()
        {
            self.begin_step(step);
        }
        if self.ending.is_none() && self.open == 0 {
            self.ending = Some(self.result());
        }
        if self.ending.is_none() {
            return false;
        }
        self.drop_waiting();
        self.fail_inner();
        if self.is_at_work() {
            return false;
        }
        let is_well = matches!(self.ending, Some(RunOutcome::Completed { .. }));
        self.stage = if is_well { Stage::Finally } else { Stage::Undo };
        if is_well {
            self.begin_finally();
        }
        true
    }

    fn undo(&mut self) -> bool {
        if self.is_busy() {
            return false;
        }
        if self.undo_next() {
            return true;
        }
        self.end_undoing();
        self.stage = Stage::Finally;
        self.begin_finally();
        true
    }

    fn finish(&mut self) -> bool {
        while let Some(step) = self.ready.pop_first() {
            self.begin_step(step);
        }
        if self.open > 0 {
            return false;
        }
        self.stage = Stage::Over;
        true
    }

    fn over(&mut self) -> bool {
        if let Some(outcome) = self.ending.clone() {
            self.outstanding.add(Action::End(outcome));
        }
        false
    }

    /// Whether something is at work, or waits.
    fn is_busy(&self) -> bool {
        !self.outstanding.is_empty() || !self.inner.is_empty()
    }

    /// Drops what only waits: the run ends, and so does an attempt that waits for an answer to a question of its own. What is at
    /// work is let finish, and so is a question about calls of it.
    pub(super) fn drop_waiting(&mut self) {
        let dropped = self.outstanding.take_all(|action| match action {
            Action::Ask(ask) => ask.in_doubt.is_none(),
            Action::Wait(_) | Action::Await(_) => true,
            Action::Invoke(_) | Action::Stop(_) | Action::Emit(_) | Action::End(_) => false,
        });
        let asks =
            dropped.into_iter().filter_map(|action| if let Action::Ask(ask) = action { Some(ask) } else { None });
        let asks: Vec<Ask> = asks.collect();
        for site in asks.iter().filter_map(|ask| ask.asked_by.as_ref()) {
            if !self.outstanding.is_in_doubt(site) {
                self.outstanding.take(site);
            }
        }
        self.dropped.extend(asks);
    }

    fn begin_step(&mut self, step: usize) {
        match self.is_taken(step) {
            Ok(true) => self.begin_work(step),
            Ok(false) => {
                self.needs_other(step);
                self.skip(step);
            }
            Err(fault) => self.fail(step, &fault),
        }
    }

    fn begin_work(&mut self, step: usize) {
        let plan = std::sync::Arc::clone(&self.plan);
        let definition = &plan.definition().steps[step];
        self.needs_no_other(step);
        let begun = match &definition.work {
            Work::Approve(approval) => {
                self.steps[step].phase = Phase::Asking;
                self.ask(step, approval)
            }
            Work::Switch(switch) => self.switch(switch).map(|taken| self.complete(step, taken)),
            Work::Sleep(sleep) => self.sleep(step, sleep),
            Work::Listen(listen) => {
                self.listen(step, listen);
                Ok(())
            }
            Work::Emit(emit) => self.emit(step, emit),
            Work::Invoke(_) | Work::Workflow(_) => self.list(definition).map(|list| {
                self.steps[step].phase = Phase::Working(Items::new(list));
                self.review(step);
            }),
        };
        if let Err(fault) = begun {
            self.fail(step, &fault);
        }
    }

    /// Whether the run takes a step now that all it waits for is settled: it is on the way, and needed.
    fn is_taken(&self, step: usize) -> Result<bool, Fault> {
        let state = &self.steps[step];
        if state.sent {
            return Ok(true);
        }
        if state.cut {
            return Ok(false);
        }
        let Some(condition) = &self.plan.definition().steps[step].condition else {
            return Ok(!self.plan.graph().is_branch(step));
        };
        match self.evaluate(condition)? {
            Value::Bool(needed) => Ok(needed),
            _ => Err(Failure::Invalid(format!("`if` is no boolean: `{}`", condition.text())).into()),
        }
    }

    /// What a step works on.
    fn list(&self, definition: &Step) -> Result<List, Fault> {
        if let Some(rounds) = &definition.rounds {
            return Ok(List::Rounds(rounds.max));
        }
        let Some(list) = &definition.for_each else { return Ok(List::One) };
        match self.evaluate(list)? {
            Value::Array(items) if items.len() <= MAX_ITEMS => Ok(List::Each(items, definition.join)),
            Value::Array(items) => {
                let text = format!("`for_each` has {} items; at most {MAX_ITEMS} are allowed", items.len());
                Err(Failure::Invalid(text).into())
            }
            _ => Err(Failure::Invalid(format!("`for_each` is no list: `{}`", list.text())).into()),
        }
    }

    /// Looks at a step that works: begins more items, or settles it.
    pub(super) fn review(&mut self, step: usize) {
        let Step { role, max_parallel, .. } = self.plan.definition().steps[step];
        while role.is_own() {
            let may_begin = self.may_begin(step);
            let Phase::Working(items) = &mut self.steps[step].phase else { return };
            match items.standing() {
                Standing::Open if !may_begin => return,
                Standing::Open => {}
                standing => return self.conclude(step, standing),
            }
            match items.begin(max_parallel as usize) {
                Some(item) => self.begin_attempt(step, item, 1),
                None => return,
            }
        }
    }

    fn conclude(&mut self, step: usize, standing: Standing) {
        if matches!(&self.steps[step].phase, Phase::Working(items) if items.are_at_work()) {
            self.stop_items(step); // it looks at all that is outstanding
        }
        match standing {
            Standing::Complete(output) => self.complete(step, output),
            Standing::Failed(fault) => self.fail(step, &fault),
            Standing::Open => {}
        }
    }

    /// What the run results in.
    fn result(&self) -> RunOutcome {
        match self.render(&self.plan.definition().output, Local::default()) {
            Ok(output) => RunOutcome::Completed { output: Payload::json(&output) },
            Err(fault) => RunOutcome::Failed { step: None, message: format!("`output`: {}", fault.failure.text()) },
        }
    }
}
