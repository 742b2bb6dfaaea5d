//! What becomes of a step, and of those that depend on it. It does not know how steps work.

use baton_journal::{Failure, RunOutcome};
use serde_json::Value;

use super::state::{Phase, Settled};
use super::{Run, StepStatus};
use crate::plan::OnFailure;

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
    pub(super) fn fail(&mut self, step: usize, failure: Failure) {
        let plan = std::sync::Arc::clone(&self.plan);
        let definition = &plan.definition().steps[step];
        let output = match &definition.on_failure {
            OnFailure::Fail => {
                self.fail_run(Some(step), failure.to_string());
                Value::Null
            }
            OnFailure::Continue(template) => self.render(template, None).unwrap_or_else(|second| {
                self.fail_run(Some(step), format!("{failure}; and its `continue`: {second}"));
                Value::Null
            }),
            OnFailure::Then(handler) => {
                if let Some(handler) = plan.definition().index(handler) {
                    self.hand_over(step, handler);
                }
                Value::Null
            }
        };
        self.settle(step, Settled::new(StepStatus::Failed, output, Some(failure)));
    }

    /// Sends the run to another step, and cuts off those that depend on the failed one and are not on that path.
    fn hand_over(&mut self, failed: usize, handler: usize) {
        self.steps[handler].sent = true;
        let graph = self.plan.graph();
        for step in 0..self.steps.len() {
            if step != handler && graph.depends(step, failed) && !graph.depends(step, handler) {
                self.steps[step].cut = true;
            }
        }
    }

    fn settle(&mut self, step: usize, mut settled: Settled) {
        if let Phase::Working(items) = &self.steps[step].phase {
            settled.items = items.progress();
        }
        self.steps[step].phase = Phase::Settled(settled);
    }

    /// The run fails, unless it does already: what is at work is let finish, nothing else begins.
    pub(super) fn fail_run(&mut self, step: Option<usize>, message: String) {
        let step = step.map(|step| self.plan.definition().steps[step].name.clone());
        self.ending.get_or_insert(RunOutcome::Failed { step, message });
    }
}
