//! The purses of a run: what its invocations have part in together is counted here while they are at work, as the machine counts
//! it when they have ended. It does not know what is counted, nor who may make how much.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use baton_journal::InvocationId;
use baton_policy::{Account, Bound, Purse};
use baton_workflow::{CallBudget, Run};

use super::earlier::Earlier;

/// Purses, and the accounts of the invocations that have begun and not ended, be they suspended or not.
#[derive(Default)]
pub(crate) struct Purses(Mutex<Open>);

#[derive(Default)]
struct Open {
    /// By whose they are. A purse is there as long as somebody has part in it: then the machine knows all that was taken.
    purses: BTreeMap<String, Weak<Purse>>,
    accounts: BTreeMap<InvocationId, Arc<Account>>,
}

impl Purses {
    /// Those of a run that an earlier host drove: what its invocations did is counted before anybody does more.
    pub(super) fn of(run: &Run, earlier: &Earlier) -> Self {
        let purses = Purses::default();
        for (id, site, calls) in earlier.unfinished() {
            purses.open(id, run.call_budgets(site)).take_before(calls);
        }
        purses
    }

    /// The account of an invocation that begins, or begins again.
    pub(super) fn open(&self, id: &InvocationId, budgets: Vec<CallBudget>) -> Arc<Account> {
        let mut open = self.lock();
        let bounds = budgets.into_iter().map(|budget| open.bound(budget)).collect();
        open.account(id, || bounds)
    }

    /// The same for one that another makes: it has part in what that one has part in.
    pub(crate) fn open_within(&self, id: &InvocationId, caller: &InvocationId) -> Arc<Account> {
        let mut open = self.lock();
        let bounds = open.accounts.get(caller).map(|caller| caller.bounds().to_vec()).unwrap_or_default();
        open.account(id, || bounds)
    }

    /// An invocation has ended, and so has what it invoked; the machine knows that it has used so much.
    pub(super) fn close(&self, id: &InvocationId, used: u64) {
        let mut open = self.lock();
        let is_inside = |other: &InvocationId| other.as_str().strip_prefix(id.as_str()).is_some_and(is_rest);
        let ended = open.accounts.range(id.clone()..).map(|(id, _)| id).take_while(|other| is_inside(other));
        for ended in ended.cloned().collect::<Vec<_>>() {
            let account = open.accounts.remove(&ended);
            account.inspect(|account| account.settle(if ended == *id { used } else { 0 }));
        }
        open.purses.retain(|_, purse| purse.strong_count() > 0);
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether what follows on an id is nothing, or the way to something that it invoked.
fn is_rest(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

impl Open {
    fn account(&mut self, id: &InvocationId, bounds: impl FnOnce() -> Vec<Bound>) -> Arc<Account> {
        let account = self.accounts.entry(id.clone()).or_insert_with(|| Arc::new(Account::of(bounds())));
        account.begin_again();
        Arc::clone(account)
    }

    /// The purse of a budget, with the limit of now: people may have allowed more.
    fn bound(&mut self, budget: CallBudget) -> Bound {
        let CallBudget { of, used, limit, says, refuses } = budget;
        if let Some(purse) = self.purses.get(&of).and_then(Weak::upgrade) {
            purse.set_limit(limit, says);
            return Bound { purse, refuses };
        }
        let purse = Arc::new(Purse::new(used, limit, says));
        self.purses.insert(of, Arc::downgrade(&purse));
        Bound { purse, refuses }
    }
}

#[cfg(test)]
mod tests {
    use baton_journal::Site;

    use super::*;

    fn id(step: &str) -> InvocationId {
        InvocationId::attempt(&Site { step: step.to_owned(), item: None }, 1)
    }

    fn budget(used: u64, limit: u64) -> Vec<CallBudget> {
        vec![CallBudget { of: String::new(), used, limit, says: "none are left".to_owned(), refuses: true }]
    }

    #[test]
    fn whoever_is_at_work_shares_and_what_has_ended_is_the_machines_to_count() {
        let purses = Purses::default();
        let (one, other) = (purses.open(&id("a"), budget(0, 3)), purses.open(&id("b"), budget(0, 3)));
        let nested = purses.open_within(&InvocationId::nested(&id("b"), 0, None), &id("b"));
        assert!(one.take().is_ok() && other.take().is_ok() && nested.take().is_ok() && one.take().is_err());
        purses.close(&id("b"), 1);
        assert!(one.take().is_ok(), "what it invoked ended with it, and the machine knows of no call of it");
        purses.close(&id("a"), 2);
        drop((one, other, nested));
        assert!(purses.open(&id("c"), budget(3, 3)).take().is_err(), "the machine says what is used");
    }

    #[test]
    fn more_that_people_allow_is_for_everybody() {
        let purses = Purses::default();
        let one = purses.open(&id("a"), budget(0, 1));
        assert!(one.take().is_ok() && one.take().is_err());
        purses.open(&id("b"), budget(0, 2));
        assert!(one.take().is_ok() && one.take().is_err());
    }
}
