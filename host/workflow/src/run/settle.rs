//! What becomes of a step, and of those that depend on it. It does not know how steps work.

use baton_journal::RunOutcome;
use serde_json::Value;

use super::cleanup::Stage;
use super::fault::Fault;
use super::output::Local;
use super::state::{Phase, Settled};
use super::{Run, StepStatus};
use crate::plan::{FaultKind, OnFailure, Role};

impl Run {
    /// The step did its work.
    pub(super) fn complete(&mut self, step: usize, output: Value) {
        self.settle(step, Settled::new(StepStatus::Completed, output, None));
    }

    /// The step is not needed.
    pub(super) fn skip(&mut self, step: usize) {
        self.settle(step, Settled::new(StepStatus::Skipped, Value::Null, None));
    }

    /// The step failed for good: does what it says about that.
    pub(super) fn fail(&mut self, step: usize, fault: &Fault) {
        let plan = std::sync::Arc::clone(&self.plan);
        let failure = &fault.failure;
        if fault.kind == FaultKind::Cancelled {
            self.fail_run_for(step, fault); // unless it ends already
            return self.settle(step, Settled::new(StepStatus::Cancelled, Value::Null, Some(failure.clone())));
        }
        let output = match plan.definition().steps[step].handling(fault.kind).unasked() {
            OnFailure::Fail | OnFailure::Escalate(_) => {
                self.fail_run_for(step, fault);
                Value::Null
            }
            OnFailure::Continue(template) => self.render(template, Local::default()).unwrap_or_else(|second| {
                let both = |text: &str| format!("{text}; and its `continue`: {}", second.failure);
                self.fail_run_for(step, &fault.clone().map(both));
                Value::Null
            }),
            OnFailure::Then(handler) => {
                self.hand_over(step, handler);
                Value::Null
            }
        };
        self.settle(step, Settled::new(StepStatus::Failed, output, Some(failure.clone())));
    }

    /// Nothing more happens to the step: those that waited for it alone have their turn.
    pub(super) fn settle(&mut self, step: usize, mut settled: Settled) {
        if let Phase::Working(items) = &self.steps[step].phase {
            settled.items = items.progress();
        }
        self.settle_verifier(step);
        self.steps[step].phase = Phase::Settled(settled);
        self.open = self.open.saturating_sub(1);
        let role = self.turn();
        for after in self.plan.graph().after(step) {
            let state = &mut self.steps[*after];
            state.waits_for = state.waits_for.saturating_sub(1);
            if state.waits_for == 0 && self.plan.definition().steps[*after].role == role {
                self.ready.insert(*after);
            }
        }
    }

    /// Nothing is left to verify of a step. A verifier that passed nothing has done its work.
    fn settle_verifier(&mut self, step: usize) {
        let Some(verifier) = self.plan.definition().steps.companion(step, Role::Verify) else { return };
        if matches!(self.steps[verifier].phase, Phase::Working(_)) {
            let broke = self.steps[verifier].trials.values().any(|trial| trial.broke);
            let status = if broke { StepStatus::Failed } else { StepStatus::Completed };
            self.steps[verifier].phase = Phase::Settled(Settled::new(status, Value::Null, None));
        }
    }

    /// Whose turn it is.
    fn turn(&self) -> Role {
        if self.stage == Stage::Work { Role::Main } else { Role::Finally }
    }

    /// The run fails because of a step, unless it does already.
    fn fail_run_for(&mut self, step: usize, fault: &Fault) {
        if self.fail_run(Some(step), fault.failure.to_string()) {
            self.told.clone_from(&fault.told);
        }
    }

    /// The run fails, unless it does already: what is at work is let finish, nothing else begins but what cleans up.
    /// Whether this is why.
    pub(super) fn fail_run(&mut self, step: Option<usize>, message: String) -> bool {
        let step = step.map(|step| self.plan.definition().steps[step].name.clone());
        let is_last_word = self.stage == Stage::Finally && matches!(self.ending, Some(RunOutcome::Completed { .. }));
        let is_why = is_last_word || self.ending.is_none();
        if is_why {
            self.ending = Some(RunOutcome::Failed { step, message });
        }
        is_why
    }
}
