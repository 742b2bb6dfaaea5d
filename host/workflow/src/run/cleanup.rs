//! The end of a run: what completed is undone if it fails or is cancelled, in reverse order and one after the other; then
//! the steps under `finally` have the last word. What cleans up is not bounded by the run's budget, which may be what ran
//! out, but by its plugins' limits and its own timeouts. It does not know why the run ends.

use baton_journal::{Failure, RunOutcome};
use serde_json::{Value, json};

use super::fault::Fault;
use super::item::{Items, List};
use super::output::Local;
use super::state::{Phase, Settled};
use super::{Run, StepStatus};
use crate::plan::{Role, Work};

/// How far a run has come to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// Steps have their turn.
    #[default]
    Work,
    /// What completed is undone.
    Undo,
    /// The last word.
    Finally,
    /// Nothing is left.
    Over,
}

/// What is to be undone, and what could not be.
#[derive(Clone, Debug, Default)]
pub(super) struct Cleanup {
    /// What completed and can be undone, the last one last: the step that undoes, the item, and with what.
    done: Vec<(usize, usize, Result<Value, Failure>)>,
    /// What undoes something now.
    current: Option<(usize, usize, Value)>,
    /// What could not be undone, and why.
    failed: Vec<String>,
}

impl Run {
    /// Notes that an item of a step completed, if it says how that is undone.
    pub(super) fn note_done(&mut self, step: usize, item: usize, output: &Value) {
        let plan = std::sync::Arc::clone(&self.plan);
        let definition = plan.definition();
        let Some(undo) = definition.steps.companion(step, Role::Undo) else { return };
        let Work::Invoke(invocation) = &definition.steps[undo].work else { return };
        let local = Local { output: Some(output), ..self.local(step, item) };
        let input = self.render(&invocation.input, local);
        self.cleanup.done.push((undo, item, input.map_err(|fault| fault.failure)));
    }

    /// The input of what undoes something now.
    pub(super) fn undo_input(&self, step: usize, item: usize) -> Result<Value, Fault> {
        match &self.cleanup.current {
            Some((undo, of, input)) if (*undo, *of) == (step, item) => Ok(input.clone()),
            _ => Err(Fault::permanent("nothing is undone here")),
        }
    }

    /// Undoes the last of what is left to undo; whether there was something.
    pub(super) fn undo_next(&mut self) -> bool {
        while let Some((step, item, input)) = self.cleanup.done.pop() {
            match input {
                Ok(input) => {
                    if matches!(self.steps[step].phase, Phase::Waiting) {
                        self.steps[step].phase = Phase::Working(Items::new(List::One));
                    }
                    self.cleanup.current = Some((step, item, input));
                    self.begin_attempt(step, item, 1);
                    return true;
                }
                Err(failure) => self.cleanup.failed.push(format!("{}: {failure}", self.site(step, item))),
            }
        }
        false
    }

    /// What undoes something came to its end.
    pub(super) fn end_undo(&mut self, step: usize, item: usize, result: Result<Value, Fault>) {
        self.cleanup.current = None;
        if let Err(fault) = result {
            self.cleanup.failed.push(format!("{}: {}", self.site(step, item), fault.failure));
        }
    }

    /// Nothing is left to undo: says what became of the steps that undo.
    pub(super) fn end_undoing(&mut self) {
        for step in 0..self.steps.len() {
            let is_undo = self.plan.definition().steps[step].role == Role::Undo;
            if is_undo && matches!(self.steps[step].phase, Phase::Working(_)) {
                let name = self.named(step);
                let failed = self.cleanup.failed.iter().find(|text| is_of(text, &name)).cloned();
                let status = if failed.is_some() { StepStatus::Failed } else { StepStatus::Completed };
                self.steps[step].phase =
                    Phase::Settled(Settled::new(status, Value::Null, failed.map(Failure::Permanent)));
            }
        }
        let (what, message) = match (self.cleanup.failed.is_empty(), self.ending.take()) {
            (true, ending) => return self.ending = ending,
            (false, Some(RunOutcome::Failed { step, message })) => (step, message),
            (false, Some(RunOutcome::Cancelled { by, .. })) => (None, format!("cancelled by {by}")),
            (false, _) => (None, String::new()),
        };
        let told = self.told.as_ref().unwrap_or(&message);
        self.told = Some(format!("{told}; not everything could be undone"));
        let message = format!("{message}; not undone: {}", self.cleanup.failed.join("; "));
        self.ending = Some(RunOutcome::Failed { step: what, message });
    }

    /// The steps under `finally` have their turn, if there are any: those that never had theirs are settled.
    pub(super) fn begin_finally(&mut self) {
        let plan = std::sync::Arc::clone(&self.plan);
        let of_role = |role| {
            let steps = plan.definition().steps.iter().enumerate();
            steps.filter(move |(_, step)| step.role == role).map(|(index, _)| index)
        };
        let last: Vec<usize> = of_role(Role::Finally).collect();
        if !last.is_empty() {
            of_role(Role::Main).for_each(|step| self.settle_unreached(step));
        }
        self.open = last.len();
        self.ready = last.into_iter().filter(|step| self.steps[*step].waits_for == 0).collect();
    }

    fn settle_unreached(&mut self, step: usize) {
        match self.steps[step].phase {
            Phase::Settled(_) => {}
            Phase::Waiting => self.skip(step),
            Phase::Working(_) | Phase::Asking | Phase::Sleeping | Phase::Emitting => {
                let failure = Failure::Permanent("the run ended before it did".to_owned());
                self.settle(step, Settled::new(StepStatus::Cancelled, Value::Null, Some(failure)));
            }
        }
    }

    /// Whether a step may have its turn now.
    pub(super) fn may_begin(&self, step: usize) -> bool {
        match self.turn_of(step) {
            Role::Main | Role::Verify => self.stage == Stage::Work && self.ending.is_none(),
            Role::Undo => self.stage == Stage::Undo,
            Role::Finally => self.stage == Stage::Finally,
        }
    }

    /// When a step has its turn: a verifier with the step whose output it judges.
    pub(super) fn turn_of(&self, step: usize) -> Role {
        let steps = &self.plan.definition().steps;
        match steps[step].role {
            Role::Verify => steps[self.own_step(step)].role,
            role => role,
        }
    }

    /// The run as steps under `finally` see it.
    pub(super) fn ending_value(&self) -> Value {
        match &self.ending {
            Some(RunOutcome::Failed { step, message }) => {
                let message = self.told.as_ref().unwrap_or(message);
                json!({ "outcome": "failed", "step": step, "message": message })
            }
            Some(RunOutcome::Cancelled { by, reason }) => {
                json!({ "outcome": "cancelled", "step": null, "message": reason.as_ref().unwrap_or(by) })
            }
            _ => json!({ "outcome": "completed", "step": null, "message": null }),
        }
    }
}

/// Whether what could not be undone is of a step.
fn is_of(text: &str, step: &str) -> bool {
    text.strip_prefix(step).is_some_and(|rest| rest.starts_with([':', '[']))
}
