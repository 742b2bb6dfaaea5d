//! Budgets of host calls: which ones an invocation has part in. Host calls are not reserved: whoever drives the run counts each
//! as it is made, and the machine counts those of an invocation when it has ended. It does not know how they are counted meanwhile.

use baton_journal::{Site, Usage};
use baton_policy::{Amounts, Spendable};

use super::Run;
use super::reserve::Place;

/// A budget of host calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBudget {
    /// Whose: the whole name of a step; a site and a slash for the workflow inside; nothing for the run.
    pub of: String,
    /// How many those have made that have ended.
    pub used: u64,
    /// How many may be made, with those that people have allowed besides.
    pub limit: u64,
    /// What is told when all are made, with the line to change.
    pub says: String,
    /// Whether it refuses calls then. What cleans up has no part in the budget of a run, and is only counted there.
    pub refuses: bool,
}

/// The same without host calls, which nobody reserves.
pub(super) fn reservable(amounts: Amounts) -> Amounts {
    Amounts { calls: 0, ..amounts }
}

impl Run {
    /// The budgets that the host calls of an invocation at a site count against, and those of whatever it calls; the innermost
    /// first.
    #[must_use]
    pub fn call_budgets(&self, site: &Site) -> Vec<CallBudget> {
        let mut budgets = Vec::with_capacity(2);
        self.collect_call_budgets(site, &mut budgets);
        budgets
    }

    /// The same; tells whether the site is of something that cleans up.
    fn collect_call_budgets(&self, site: &Site, budgets: &mut Vec<CallBudget>) -> bool {
        let place = self.inside(&site.step).or_else(|| self.place(site));
        let inner = place.and_then(|place| self.inner.get(&place));
        let cleans_up = inner.is_some_and(|inner| inner.collect_call_budgets(site, budgets))
            || place.is_some_and(|(step, _)| self.turn_of(step).cleans_up());
        let step = place.filter(|_| inner.is_none()).and_then(|(step, _)| self.step_calls(step));
        budgets.extend(step);
        budgets.push(CallBudget {
            of: self.path.clone(),
            used: self.meter.usage().host_calls,
            limit: self.limit().calls,
            says: self.used_up(Spendable::Calls),
            refuses: !cleans_up,
        });
        cleans_up
    }

    /// The budget of a step, if it has one.
    fn step_calls(&self, step: usize) -> Option<CallBudget> {
        self.plan.definition().steps[step].budget.calls?;
        let (used, limit) = (self.steps[step].usage.host_calls, self.step_limit(step).calls);
        let says = self.step_used_up(step, Spendable::Calls);
        Some(CallBudget { of: self.named(step), used, limit, says, refuses: true })
    }

    /// How many host calls an attempt has made, with those of agents that worked on what it had.
    pub(super) fn calls_of(&self, place: Place, usage: Usage) -> u64 {
        usage.host_calls.saturating_add(self.reserved.lent_calls(place))
    }
}
