//! Changes what an event is about. It does not know whether the event may come, nor what becomes possible by it.

use std::collections::VecDeque;

use baton_journal::{InvocationId, Outcome, RunId, RunOutcome, Site, Timestamp, Usage};
use serde_json::Value;

use super::accept::Change;
use super::cleanup::Stage;
use super::doubt::{begin_again, suspend};
use super::fault::Fault;
use super::output::Local;
use super::reserve::{Place, spent};
use super::state::Phase;
use super::{Action, Run};
use crate::plan::FaultKind;

impl Run {
    /// Changes what an event is about.
    pub(super) fn change(&mut self, change: Change<'_>) {
        match change {
            Change::Begin(input, forks, terms) => {
                self.terms = std::sync::Arc::new(terms);
                self.begin_with(input, forks);
            }
            Change::Started { site, deadline } => self.mark_started(site, deadline),
            Change::Ended { site, attempt, outcome, usage } => self.end_attempt(site, attempt, outcome, usage),
            Change::NestedBegan { place, invocation, nested } => self.reserved.hold_nested(place, invocation, nested),
            Change::NestedEnded { place, invocation, usage } => self.end_nested(place, &invocation, usage),
            Change::Asked { step } => self.outstanding.note_ask(&step),
            Change::Doubted(ask) => self.hold(*ask),
            Change::Resolved { site, resolution } => self.release(&site, &resolution),
            Change::Turned(ask) => self.outstanding.renew_ask(*ask),
            Change::Answered { step, answer } => self.end_question(&step, answer),
            Change::Wants(wanted) => self.note(*wanted),
            Change::Listens(awaited) => self.note_listener(*awaited),
            Change::Told { call } => {
                self.questions.told(&call);
                self.listeners.told(&call);
            }
            Change::Decided { call, site } => self.decide(&call, &site),
            Change::Allowed { call, site, allowed } => self.allow(&call, &site, allowed),
            Change::Ruled { name, ruling } => self.rule(&name, ruling),
            Change::Elapsed { site, attempt } => self.end_delay(site, attempt),
            Change::Waiting { site } => self.outstanding.note_await(site),
            Change::Waited { site } => self.end_wait(site),
            Change::Received { site, data } => self.end_listening(site, data),
            Change::Emitted { site } => self.end_emitting(site),
            Change::Cancel(outcome) => self.cancel(outcome),
            Change::Pause(paused) => self.pause(paused),
            Change::Inner(place, change) => self.change_inner(place, *change),
            Change::Migrated(terms) => self.take_terms(&std::sync::Arc::new(terms)),
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
        self.outstanding.change_invoke(site, |invoke| begin_again(invoke, deadline));
    }

    /// Takes an attempt's end. One that is suspended has not ended: it stays outstanding, to be begun again by replay.
    fn end_attempt(&mut self, site: &Site, attempt: u32, outcome: &Outcome, usage: Usage) {
        let Some((step, item)) = self.place(site) else { return };
        self.use_up_at(step, usage);
        if *outcome == Outcome::Suspended && self.outstanding.invoke_at(site).is_some() {
            self.outstanding.change_invoke(site, suspend);
            self.put_questions(site);
            return self.put_waits(site);
        }
        self.questions.forget(site);
        self.listeners.forget(site);
        let calls = self.calls_of((step, item), usage);
        self.reserved.release((step, item));
        let is_needed = !matches!(self.outstanding.take(site), Some(Action::Stop(_)));
        match self.verdict(step, item, outcome, calls) {
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
        is_last && definition.handling(FaultKind::Output).escalation().is_some()
    }

    fn end_nested(&mut self, place: Place, id: &InvocationId, usage: Usage) {
        self.reserved.release_nested(place, id, spent(usage));
        self.use_up_at(place.0, Usage { wall_ms: 0, ..usage });
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
}
