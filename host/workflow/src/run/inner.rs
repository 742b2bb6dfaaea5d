//! Workflows that steps run: machines of their own inside this one, each with its plan, its context and its budget. An event
//! of a step in one of them goes to it by the path in the step's name. It does not know what is in them.

use std::sync::Arc;

use baton_journal::{Failure, RunOutcome, Site};

use super::Run;
use super::accept::Change;
use super::fault::Fault;
use super::past::PastStep;
use crate::plan::Work;

impl Run {
    /// Begins the workflow that a step runs.
    ///
    /// # Errors
    ///
    /// If its input has no value or does not fit.
    pub(super) fn begin_inner(&mut self, step: usize, item: usize) -> Result<(), Fault> {
        let plan = Arc::clone(&self.plan);
        let (Work::Workflow(work), Some(inner)) = (&plan.definition().steps[step].work, plan.inner(step)) else {
            return Ok(());
        };
        let input = self.render(&work.input, self.local(step, item))?;
        inner.check_input(&input).map_err(|errors| {
            let name = inner.name();
            Failure::Invalid(format!("the input does not fit the workflow `{name}`: {}", errors.join("; ")))
        })?;
        let mut machine = Run::new(Arc::clone(inner), self.own.clone(), self.seed);
        machine.path = format!("{}/", self.site(step, item));
        machine.id = self.id.clone();
        machine.input = Some(input);
        machine.outstanding.pause(self.is_paused());
        machine.meter.tick(self.meter.now());
        machine.outer = Some(self.outer_of((step, item)));
        machine.terms = Arc::clone(&self.terms);
        self.steps[step].attempts = self.steps[step].attempts.saturating_add(1);
        machine.advance();
        self.past.remove(&(step, item)); // of the round or the attempt before
        self.inner.insert((step, item), machine);
        self.take_over(step, item);
        Ok(())
    }

    /// The step and item whose workflow a step is in.
    pub(super) fn inside(&self, step: &str) -> Option<(usize, usize)> {
        let (head, _) = step.strip_prefix(self.path.as_str())?.split_once('/')?;
        let place = self.place(&Site::read(&format!("{}{head}", self.path)))?;
        self.inner.contains_key(&place).then_some(place)
    }

    /// The machine that a step, or a site, is of.
    pub(super) fn machine_of(&self, step: &str) -> &Run {
        match self.inside(step).and_then(|place| self.inner.get(&place)) {
            Some(inner) => inner.machine_of(step),
            None => self,
        }
    }

    /// Lets the workflow inside take a change, and takes over its end.
    pub(super) fn change_inner(&mut self, (step, item): (usize, usize), change: Change<'_>) {
        if let Some(usage) = change.usage() {
            self.use_up_at(step, usage);
        }
        let raised = self.inner.get(&(step, item)).and_then(|inner| inner.raises_outside(&change));
        raised.into_iter().for_each(|what| self.raise_run(what));
        let outer = self.outer_of((step, item));
        let Some(inner) = self.inner.get_mut(&(step, item)) else { return };
        inner.outer = Some(outer);
        inner.change(change);
        inner.advance();
        self.take_over(step, item);
    }

    /// Takes over the end of a workflow inside, if it has come to it.
    pub(super) fn take_over(&mut self, step: usize, item: usize) {
        let Some(outcome) = self.inner.get(&(step, item)).and_then(|inner| inner.outstanding.end()) else { return };
        let result = match outcome {
            RunOutcome::Completed { output } => self.passed_output(step, item, &output.clone()),
            RunOutcome::Failed { step: of, message } => {
                let of = of.as_ref().map_or_else(String::new, |step| format!("step `{step}`: "));
                let told = self.inner.get(&(step, item)).and_then(|inner| inner.told.clone());
                let told = told.map(|told| format!("{of}{told}"));
                Err(Fault::permanent(format!("{of}{message}")).telling(told))
            }
            RunOutcome::Cancelled { by, .. } => Err(Fault::cancelled(format!("cancelled by {by}"))),
        };
        if let Some(inner) = self.inner.remove(&(step, item)) {
            self.past.insert((step, item), inner.all_steps().map(PastStep::of).collect());
            self.dropped.extend(inner.dropped);
            self.quarantined.extend(inner.quarantined);
        }
        match result {
            Ok(output) => self.pass(step, item, 1, output),
            Err(fault) => self.refuse(step, item, 1, fault),
        }
        self.review(step);
    }

    /// Takes over every end that workflows inside have come to.
    pub(super) fn take_over_all(&mut self) {
        let places: Vec<(usize, usize)> = self.inner.keys().copied().collect();
        places.into_iter().for_each(|(step, item)| self.take_over(step, item));
    }

    /// Lets the workflows inside fail with the run: what is at work in them is let finish, and what they did is undone.
    pub(super) fn fail_inner(&mut self) {
        for inner in self.inner.values_mut() {
            inner.fail_run(None, "the workflow around it fails".to_owned());
            inner.advance();
        }
        self.take_over_all();
    }
}
