//! What people want of a run as a whole: that it ends, rests or goes on. It does not know how it is told to anybody.

use baton_journal::{RunOutcome, Site};

use super::cleanup::Stage;
use super::{Action, Run};
use crate::plan::Work;

impl Run {
    /// Somebody wants the run to end: what waits is dropped and what is at work is stopped, but for tools of which nobody would
    /// know how far they came.
    pub(super) fn cancel(&mut self, outcome: RunOutcome) {
        self.pause(false);
        if self.stage != Stage::Work {
            return; // what cleans up comes to its end by itself
        }
        self.ending.get_or_insert(outcome);
        self.drop_waiting();
        let at_work: Vec<Site> = self.outstanding.all().filter_map(Action::site).cloned().collect();
        at_work.iter().for_each(|site| self.stop(site));
        let ending = self.ending.clone();
        for inner in self.inner.values_mut() {
            inner.cancel(ending.clone().unwrap_or_else(stopped));
            inner.advance();
        }
    }

    /// The run rests, or goes on.
    pub(super) fn pause(&mut self, paused: bool) {
        self.outstanding.pause(paused);
        self.inner.values_mut().for_each(|inner| inner.pause(paused));
    }

    /// Whether somebody wants the run to rest.
    pub(super) fn is_paused(&self) -> bool {
        self.outstanding.is_paused()
    }

    /// Stops what is at work at a site; what has not begun does not begin.
    pub(super) fn stop(&mut self, site: &Site) {
        let Some(invoke) = self.outstanding.invoke_at(site) else { return };
        if invoke.started.is_none() {
            self.dropped.extend(self.outstanding.take_held_up(site));
            self.outstanding.take(site);
            self.place(site).into_iter().for_each(|place| self.reserved.release(place));
        } else if self.may_stop(site)
            && let Some(Action::Invoke(invoke)) = self.outstanding.take(site)
        {
            self.outstanding.add(Action::Stop(invoke));
        }
    }

    /// Whether what is at work at a site may be stopped: it is not known to change something that nobody would know of.
    fn may_stop(&self, site: &Site) -> bool {
        let step = self.place(site).map(|(step, _)| &self.plan.definition().steps[step].work);
        !matches!(step, Some(Work::Invoke(invocation)) if !invocation.repeatable)
    }

    /// Stops the items of a step that it does not need any more.
    pub(super) fn stop_items(&mut self, step: usize) {
        self.drop_escalations(step);
        let is_of = |site: &&Site| self.place(site).is_some_and(|(of, _)| self.own_step(of) == step);
        let sites: Vec<Site> = self.outstanding.all().filter_map(Action::site).filter(is_of).cloned().collect();
        self.forget_starved(step);
        for site in &sites {
            if self.outstanding.is_delayed(site) {
                self.outstanding.take(site);
            }
            self.stop(site);
        }
        for (_, inner) in self.inner.range_mut((step, 0)..=(step, usize::MAX)) {
            inner.cancel(stopped());
            inner.advance();
        }
    }
}

/// How a workflow ends that a step runs and does not need any more.
fn stopped() -> RunOutcome {
    RunOutcome::Cancelled { by: "the workflow around it".to_owned(), reason: Some("it is not needed".to_owned()) }
}
