//! Starts whatever has become possible, stage after stage, until nothing more has. It does not know why it has.

use baton_journal::{Failure, Payload, RunOutcome};
use serde_json::Value;

use super::cleanup::Stage;
use super::fault::Fault;
use super::item::{Items, List, Standing};
use super::output::Local;
use super::queue::Queue;
use super::state::Phase;
use super::{Action, Run};
use crate::plan::{Step, Work};

impl Run {
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

    /// Drops what only waits: the run ends, and so does an attempt that waits for an answer to a question of its own, or for an
    /// event. What is at work is let finish, and so is a question about calls of it.
    pub(super) fn drop_waiting(&mut self) {
        self.starved = Queue::default();
        let dropped = self.outstanding.take_all(|action| match action {
            Action::Ask(ask) => ask.in_doubt.is_none(),
            Action::Wait(_) | Action::Await(_) => true,
            Action::Invoke(_) | Action::Stop(_) | Action::Emit(_) | Action::End(_) => false,
        });
        for action in &dropped {
            if let Some(site) = action.held_up().filter(|site| !self.outstanding.is_in_doubt(site)) {
                self.outstanding.take(site);
            }
        }
        let asks =
            dropped.into_iter().filter_map(|action| if let Action::Ask(ask) = action { Some(ask) } else { None });
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
            Value::Array(items) => {
                let (most, limit) = self.fan_out(definition);
                if u64::try_from(items.len()).is_ok_and(|count| count <= most) {
                    return Ok(List::Each(items, definition.join));
                }
                Err(Failure::Invalid(format!("`for_each` has {} items, more than {limit}", items.len())).into())
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
                Standing::Open if items.begins(max_parallel as usize) && self.is_lacking(step) => {
                    return self.starve((step, None));
                }
                Standing::Open => {}
                standing => return self.conclude(step, standing),
            }
            let Phase::Working(items) = &mut self.steps[step].phase else { return };
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
