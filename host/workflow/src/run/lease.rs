//! Leases: whether an invocation may begin now, and with how much. What may not begin yet is starved: it begins when something
//! else has ended. It does not know what is reserved for whom.

use baton_journal::{InvocationId, Site};
use baton_policy::Amounts;

use super::Run;
use super::queue::Starved;
use super::reserve::{Callers, Place, Takes};
use super::state::Phase;
use crate::plan::{Invocation, Step, StepBudget, Work};

/// Whether an invocation may begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Share {
    /// With so much.
    Granted(Amounts),
    /// Not before something else has ended.
    Later,
    /// Not at all: why, and the line to change.
    Exhausted {
        /// What is missing.
        text: String,
        /// Whether a person is asked for more, if the attempt can wait for it: suspend it, and [ask](Run::ask_for_more).
        may_ask: bool,
    },
}

impl Run {
    /// What a tool may use that an invocation calls at a site. It may begin once the journal has it, with that lease.
    /// `waiting` are invocations that wait for such an answer, or for a place, and do not come to an end meanwhile.
    #[must_use]
    pub fn share_of_call(&self, site: &Site, plugin: &str, waiting: &Callers) -> Share {
        let machine = self.machine_of(&site.step);
        let Some(place) = machine.place(site) else { return Share::Later };
        let takes = machine.terms.of_plugin(plugin);
        machine.share(place, takes, || self.is_moving(waiting))
    }

    /// Whether an agent may begin to which an invocation at a site hands work: it has what its caller gives it, and its price is
    /// to be paid. As with [`Run::share_of_call`].
    #[must_use]
    pub fn share_of_work(&self, site: &Site, plugin: &str, waiting: &Callers) -> Share {
        let machine = self.machine_of(&site.step);
        let Some(place) = machine.place(site) else { return Share::Later };
        let most = machine.terms.of_plugin(plugin).price();
        machine.share(place, Takes { most, inside: Amounts::default() }, || self.is_moving(waiting))
    }

    /// What an attempt of a step may use.
    pub(super) fn share_of_attempt(&self, step: usize) -> Share {
        let Some(takes) = self.takes_at(step) else { return Share::Granted(Amounts::default()) };
        let others = || self.has_workers() || self.outer.is_some_and(|outer| outer.others);
        self.share((step, 0), takes, others)
    }

    /// What an attempt of a step takes, if it invokes a plugin.
    pub(super) fn takes_at(&self, step: usize) -> Option<Takes> {
        match &self.plan.definition().steps[step].work {
            Work::Invoke(invocation) => Some(self.takes_of(invocation)),
            _ => None,
        }
    }

    /// What an attempt takes.
    pub(super) fn takes_of(&self, invocation: &Invocation) -> Takes {
        self.terms.of_plugin(invocation.target.plugin())
    }

    /// All that it and what it calls may take, if that is there; else what there is, unless somebody is at work who may leave
    /// more.
    fn share(&self, place: Place, takes: Takes, others: impl FnOnce() -> bool) -> Share {
        let free = self.free_to(place.0);
        if free.covers(takes.whole()) {
            return Share::Granted(takes.most.at_most(free)); // of host calls there may be fewer
        }
        if others() {
            return Share::Later;
        }
        let over = self.time_is_over().filter(|_| !self.turn_of(place.0).cleans_up());
        if let Some(text) = over {
            return Share::Exhausted { text, may_ask: false };
        }
        match self.shortage(place.0, takes) {
            Some(short) => {
                Share::Exhausted { text: short.text().to_owned(), may_ask: self.may_ask_for_more(place, &short) }
            }
            None if takes.lacks(free) => Share::Later, // it is reserved for those who wait for people
            None => Share::Granted(takes.of_free(free)),
        }
    }

    /// Whether what is left is reserved for others.
    pub(super) fn is_lacking(&self, step: usize) -> bool {
        self.share_of_attempt(step) == Share::Later
    }

    /// Lets it begin when others have ended.
    pub(super) fn starve(&mut self, starved: Starved) {
        self.starved.add(starved);
    }

    /// Whether some attempt is at work, and does not wait for a person.
    pub(super) fn has_workers(&self) -> bool {
        self.has_own_workers() || self.inner.values().any(Run::has_workers)
    }

    /// The same, of those that are in no workflow inside.
    pub(super) fn has_own_workers(&self) -> bool {
        self.reserved.places().any(|place| !self.is_suspended(place))
    }

    /// Whether some invocation is at work that waits for none that is not: it comes to its end, and leaves something.
    fn is_moving(&self, waiting: &Callers) -> bool {
        self.reserved.places().any(|place| self.moves(place, waiting))
            || self.inner.values().any(|inner| inner.is_moving(waiting))
    }

    fn moves(&self, place: Place, waiting: &Callers) -> bool {
        if self.is_suspended(place) {
            return false;
        }
        let nested: Vec<&InvocationId> = self.reserved.nested(place).collect();
        let calls = |id: &InvocationId| nested.iter().any(|other| is_inside(other, id));
        let attempt = self.outstanding.invoke_at(&self.site(place.0, place.1)).map(super::Invoke::invocation);
        let is_at_work = |id: &InvocationId| !calls(id) && !waiting.contains(id);
        attempt.as_ref().is_none_or(is_at_work) || nested.iter().any(|id| is_at_work(id))
    }

    /// Whether an attempt waits for a person.
    fn is_suspended(&self, (step, item): Place) -> bool {
        let invoke = self.outstanding.invoke_at(&self.site(step, item));
        invoke.is_some_and(|invoke| invoke.started.is_none() && invoke.suspended.is_some())
    }

    /// Begins what was starved and may begin now, in the order in which it asked.
    pub(super) fn feed(&mut self) {
        self.feed_own();
        for place in self.inner.keys().copied().collect::<Vec<_>>() {
            let outer = self.outer_of(place);
            if let Some(inner) = self.inner.get_mut(&place) {
                inner.outer = Some(outer);
                inner.feed();
            }
            self.take_over(place.0, place.1);
        }
        self.advance();
    }

    fn feed_own(&mut self) {
        let mut starved = std::mem::take(&mut self.starved);
        while let Some(next @ (step, again)) = starved.first() {
            if again.is_none() && self.goes_without(step) {
                break;
            }
            starved.take_first();
            if !self.may_begin(step) {
                continue;
            }
            if let Some((item, attempt)) = again {
                self.begin_attempt(step, item, attempt);
            }
            self.review(step);
            if self.starved.last() == Some(&next) && !is_bounded(&self.plan.definition().steps[step]) {
                break; // the run has not enough for this one: those behind it wait with it
            }
        }
        self.starved = std::mem::take(&mut self.starved).followed_by(starved);
    }

    /// Whether a step would begin another item, and the run has not enough for it.
    fn goes_without(&self, step: usize) -> bool {
        let definition = &self.plan.definition().steps[step];
        let begins = match &self.steps[step].phase {
            Phase::Working(items) => self.may_begin(step) && items.begins(definition.max_parallel as usize),
            _ => false,
        };
        begins && !is_bounded(definition) && self.is_lacking(step)
    }

    /// Forgets what is starved of a step that does not need it any more.
    pub(super) fn forget_starved(&mut self, step: usize) {
        let mut starved = std::mem::take(&mut self.starved);
        starved.retain(|(of, _)| self.own_step(*of) != step);
        self.starved = starved;
    }
}

fn is_bounded(step: &Step) -> bool {
    step.budget != StepBudget::default()
}

fn is_inside(id: &InvocationId, caller: &InvocationId) -> bool {
    id.as_str().strip_prefix(caller.as_str()).is_some_and(|rest| rest.starts_with('/'))
}
