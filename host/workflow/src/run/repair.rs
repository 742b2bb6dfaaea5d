//! What follows on a failed attempt: a repair, which tells the plugin what is wrong with its output; another attempt at the
//! same; or the end of it. It does not know who judged the output.

use baton_journal::{Payload, Timestamp};
use serde_json::Value;

use super::fault::Fault;
use super::output::Local;
use super::state::Phase;
use super::{Action, Run, Wait};
use crate::plan::{FaultKind, Invocation, Repair, Role, Work};

/// What is told of an output that did not pass to who is to mend it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Feedback {
    /// What is wrong with it: a list of texts.
    findings: Value,
    output: Value,
}

impl Run {
    /// After a failed attempt: has the output mended, waits for another attempt, or gives up.
    pub(super) fn again(&mut self, step: usize, item: usize, attempt: u32, fault: Fault) {
        if !self.is_open(step) {
            return self.end_item(step, item, Err(fault));
        }
        if self.may_mend(step, item, &fault) {
            self.trial(step, item).repairs += 1;
            return self.mend(step, item, fault, None);
        }
        if !self.may_retry(step, item, fault.kind) {
            return self.give_up(step, item, fault);
        }
        let trial = self.trial(step, item);
        trial.retries += 1;
        if fault.refused.is_some() {
            trial.tell(None); // it did not help
        }
        self.wait_before(step, item, attempt + 1);
    }

    fn may_mend(&self, step: usize, item: usize, fault: &Fault) -> bool {
        let repairs = self.steps[step].trials.get(&item).map_or(0, |trial| trial.repairs);
        let repair = &self.plan.definition().steps[step].repair;
        fault.refused.is_some() && repair.as_ref().is_some_and(|repair| repairs < repair.max)
    }

    fn may_retry(&self, step: usize, item: usize, kind: FaultKind) -> bool {
        let retries = self.steps[step].trials.get(&item).map_or(0, |trial| trial.retries);
        let definition = &self.plan.definition().steps[step];
        let is_harmless = definition.is_repeatable() || !kind.may_have_happened();
        retries < definition.retry.max && definition.retry.takes(kind) && is_harmless
    }

    fn wait_before(&mut self, step: usize, item: usize, attempt: u32) {
        let (site, retries) = (self.site(step, item), self.trial(step, item).retries);
        let delay = self.delay(&self.plan.definition().steps[step].retry, &site, retries);
        let until = Timestamp(self.meter.now().0.saturating_add(delay));
        self.outstanding.add(Action::Wait(Wait { site, attempt, until }));
    }

    /// Whether attempts may still be made at a step.
    pub(super) fn is_open(&self, step: usize) -> bool {
        self.may_begin(step) && matches!(self.steps[step].phase, Phase::Working(_))
    }

    /// Begins an attempt that is told what is wrong with the output before it, and what a person says of it.
    pub(super) fn mend(&mut self, step: usize, item: usize, fault: Fault, comment: Option<String>) {
        let can_be_told = self.plan.definition().steps[step].repair.is_some();
        let feedback = fault.refused.filter(|_| can_be_told).map(|refused| Feedback {
            findings: refused.findings.into_iter().chain(comment).map(Value::String).collect(),
            output: refused.output,
        });
        let trial = self.trial(step, item);
        trial.tell(feedback);
        let next = trial.attempt + 1;
        self.begin_attempt(step, item, next);
    }

    /// The input of an item.
    ///
    /// # Errors
    ///
    /// If it has no value, or does not fit what the plugin takes.
    pub(super) fn input_of(&self, step: usize, item: usize) -> Result<Payload, Fault> {
        let definition = &self.plan.definition().steps[step];
        let Work::Invoke(invocation) = &definition.work else { return Ok(Payload::text("null")) };
        let feedback = self.steps[step].trials.get(&item).and_then(|trial| trial.feedback.as_deref());
        let value = match (definition.role, &definition.repair, feedback) {
            (Role::Undo, ..) => self.undo_input(step, item)?,
            (Role::Verify, ..) => self.verifier_input(step, item)?,
            (_, Some(repair), Some(feedback)) => self.repair_input(repair, feedback, self.local(step, item))?,
            _ => self.render(&invocation.input, self.local(step, item))?,
        };
        check_input(invocation, &value)?;
        Ok(Payload::json(&value))
    }

    fn repair_input(&self, repair: &Repair, feedback: &Feedback, local: Local<'_>) -> Result<Value, Fault> {
        let Feedback { findings, output } = feedback;
        let input = self.render(&repair.input, Local { findings: Some(findings), output: Some(output), ..local });
        input.map_err(|fault| fault.telling(Some("the input of its repair has no value".to_owned())))
    }
}

/// Checks an input against what the plugin takes.
fn check_input(invocation: &Invocation, input: &Value) -> Result<(), Fault> {
    let Some(takes) = &invocation.takes else { return Ok(()) };
    takes.check(input).map_err(|errors| {
        let what = format!("the input does not fit {}", takes.name());
        let text = format!("{what}: {}", errors.join("; "));
        Fault::from(baton_journal::Failure::Invalid(text)).telling(Some(what))
    })
}
