//! Ways that the run takes and does not take. A way that is not taken takes along what depends on it alone. It does not know
//! why a way is taken.

use std::collections::BTreeSet;

use super::Run;
use super::fault::Fault;
use crate::plan::Switch;
use baton_journal::Failure;
use serde_json::Value;

impl Run {
    /// Takes the first way whose condition holds; its name is the output.
    ///
    /// # Errors
    ///
    /// If a condition has no value, or is no boolean.
    pub(super) fn switch(&mut self, switch: &Switch) -> Result<Value, Fault> {
        let mut taken = switch.otherwise.as_deref();
        for case in &switch.cases {
            match self.evaluate(&case.condition)? {
                Value::Bool(true) => {
                    taken = Some(&case.then);
                    break;
                }
                Value::Bool(false) => {}
                _ => return Err(Failure::Invalid(format!("`if` is no boolean: `{}`", case.condition.text())).into()),
            }
        }
        self.take_way(switch.branches(), taken);
        Ok(taken.into())
    }

    /// The step is needed: the way that stands in for it is not taken.
    pub(super) fn needs_no_other(&mut self, step: usize) {
        let (definition, graph) = (self.plan.definition(), self.plan.graph());
        let otherwise = definition.steps[step].otherwise.as_deref().and_then(|name| definition.index(name));
        if let Some(otherwise) = otherwise {
            let kept = graph.following_without(step, otherwise);
            self.leave_out(otherwise, &kept);
        }
    }

    /// The step is not needed: takes the way that stands in for it, if there is one.
    pub(super) fn needs_other(&mut self, step: usize) {
        let plan = std::sync::Arc::clone(&self.plan);
        if let Some(otherwise) = &plan.definition().steps[step].otherwise {
            self.hand_over(step, otherwise);
        }
    }

    /// Sends the run to another step, and cuts off those that depend on the one that it leaves and are not on that way.
    pub(super) fn hand_over(&mut self, left: usize, to: &str) {
        let Some(to) = self.plan.definition().index(to) else { return };
        self.steps[to].sent = true;
        let graph = self.plan.graph();
        let on_the_way = graph.following(to);
        for step in graph.following(left) {
            if step != to && !on_the_way.contains(&step) {
                self.steps[step].cut = true;
            }
        }
    }

    fn take_way<'n>(&mut self, ways: impl Iterator<Item = &'n str>, taken: Option<&str>) {
        let plan = std::sync::Arc::clone(&self.plan);
        let taken = taken.and_then(|taken| plan.definition().index(taken));
        let mut kept = taken.map(|taken| plan.graph().following(taken)).unwrap_or_default();
        kept.extend(taken);
        for way in ways.filter_map(|way| plan.definition().index(way)).filter(|way| Some(*way) != taken) {
            self.leave_out(way, &kept);
        }
        if let Some(taken) = taken {
            self.steps[taken].sent = true;
        }
    }

    /// Leaves out a step, and what depends on it and is not kept.
    fn leave_out(&mut self, way: usize, kept: &BTreeSet<usize>) {
        let left: Vec<usize> = self.plan.graph().following(way).into_iter().chain([way]).collect();
        left.into_iter().filter(|step| !kept.contains(step)).for_each(|step| self.steps[step].cut = true);
    }
}
