//! Purses: what invocations that are at work at the same time share and count as they take it, one by one. Nothing is set
//! aside for anybody, so nobody waits for somebody who may not need it. It does not know what is taken.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What some invocations may take together.
#[derive(Debug)]
pub struct Purse(Mutex<Counter>);

#[derive(Debug, Default)]
struct Counter {
    taken: u64,
    limit: u64,
    says: String,
}

/// A purse of an account.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The purse.
    pub purse: Arc<Purse>,
    /// Whether it refuses when it is empty; else it only counts.
    pub refuses: bool,
}

/// What one invocation takes of the purses that it has part in. When it is begun again it does what it did before, and does not
/// take that a second time. Without purses it takes what it likes.
#[derive(Debug, Default)]
pub struct Account {
    bounds: Vec<Bound>,
    count: Mutex<Count>,
}

#[derive(Debug, Default)]
struct Count {
    /// Taken since it began, or began again.
    made: u64,
    /// Counted in its purses.
    paid: u64,
}

/// A purse is empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Empty(
    /// Which, and the line that raises it.
    pub String,
);

impl Purse {
    /// A purse of which so much is taken. `says` is what is told when it is empty.
    #[must_use]
    pub fn new(taken: u64, limit: u64, says: impl Into<String>) -> Self {
        Purse(Mutex::new(Counter { taken, limit, says: says.into() }))
    }

    /// From now on it has another limit: people have allowed more.
    pub fn set_limit(&self, limit: u64, says: impl Into<String>) {
        let mut counter = lock(&self.0);
        (counter.limit, counter.says) = (limit, says.into());
    }

    /// How much is taken.
    #[must_use]
    pub fn taken(&self) -> u64 {
        lock(&self.0).taken
    }
}

impl Account {
    /// An account of these purses, the innermost first: all accounts have those that they share in the same order.
    #[must_use]
    pub fn of(bounds: Vec<Bound>) -> Self {
        Account { bounds, count: Mutex::default() }
    }

    /// One that may take so much, and shares it with nobody.
    #[must_use]
    pub fn alone(limit: u64, says: impl Into<String>) -> Self {
        Account::of(vec![Bound { purse: Arc::new(Purse::new(0, limit, says)), refuses: true }])
    }

    /// The purses that it has part in.
    #[must_use]
    pub fn bounds(&self) -> &[Bound] {
        &self.bounds
    }

    /// Takes one.
    ///
    /// # Errors
    /// One of the purses is empty: then nothing is taken of any.
    pub fn take(&self) -> Result<(), Empty> {
        self.take_of(true)
    }

    /// Takes one that was taken before, by an earlier host or where nobody could be asked: it is counted, and not refused.
    pub fn take_anyway(&self) {
        let _ = self.take_of(false); // nothing refuses
    }

    /// Takes so many anyway for what it is going to do again.
    pub fn take_before(&self, paid: u64) {
        self.pay_up_to(&mut lock(&self.count), paid);
    }

    /// What was taken last is not used after all: it is there for its next one.
    pub fn put_back(&self) {
        let mut count = lock(&self.count);
        count.made = count.made.saturating_sub(1);
    }

    /// It begins again: what it did before costs nothing.
    pub fn begin_again(&self) {
        lock(&self.count).made = 0;
    }

    /// How much it has taken since it began, or began again.
    #[must_use]
    pub fn made(&self) -> u64 {
        lock(&self.count).made
    }

    /// It has ended, and has used so much: that, and no more, stays taken.
    pub fn settle(&self, used: u64) {
        let mut count = lock(&self.count);
        self.pay_up_to(&mut count, used);
        let unused = count.paid.saturating_sub(used);
        for bound in &self.bounds {
            let mut counter = lock(&bound.purse.0);
            counter.taken = counter.taken.saturating_sub(unused);
        }
        count.paid -= unused;
    }

    fn take_of(&self, may_refuse: bool) -> Result<(), Empty> {
        let mut count = lock(&self.count);
        if count.made >= count.paid {
            take_one(&self.bounds, may_refuse)?;
            count.paid += 1;
        }
        count.made += 1;
        Ok(())
    }

    fn pay_up_to(&self, count: &mut Count, wanted: u64) {
        let more = wanted.saturating_sub(count.paid);
        for bound in &self.bounds {
            let mut counter = lock(&bound.purse.0);
            counter.taken = counter.taken.saturating_add(more);
        }
        count.paid = count.paid.max(wanted);
    }
}

/// Takes one of each purse while all are held: either every one has it, or none is changed.
fn take_one(bounds: &[Bound], may_refuse: bool) -> Result<(), Empty> {
    let Some((first, around)) = bounds.split_first() else { return Ok(()) };
    let mut counter = lock(&first.purse.0);
    if may_refuse && first.refuses && counter.taken >= counter.limit {
        return Err(Empty(counter.says.clone()));
    }
    take_one(around, may_refuse)?;
    counter.taken = counter.taken.saturating_add(1);
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn purse(limit: u64) -> Arc<Purse> {
        Arc::new(Purse::new(0, limit, format!("{limit} are gone")))
    }

    fn account(purses: &[&Arc<Purse>]) -> Account {
        Account::of(purses.iter().map(|purse| Bound { purse: Arc::clone(purse), refuses: true }).collect())
    }

    #[test]
    fn the_purse_that_is_empty_says_so_and_nothing_is_taken_of_the_others() {
        let (step, run) = (purse(5), purse(2));
        let account = account(&[&step, &run]);
        assert_eq!([account.take(), account.take()], [Ok(()), Ok(())]);
        assert_eq!(account.take(), Err(Empty("2 are gone".to_owned())));
        assert_eq!((step.taken(), run.taken(), account.made()), (2, 2, 2));
        run.set_limit(3, "3 are gone");
        assert_eq!(account.take(), Ok(()));
        assert_eq!(account.take(), Err(Empty("3 are gone".to_owned())));
    }

    #[test]
    fn what_is_done_again_is_not_taken_again() {
        let run = purse(4);
        let (one, other) = (account(&[&run]), account(&[&run]));
        assert!(one.take().is_ok() && one.take().is_ok());
        one.begin_again();
        assert!(other.take().is_ok() && other.take().is_ok(), "the others have what is left");
        assert!(one.take().is_ok() && one.take().is_ok());
        assert!(one.take().is_err() && other.take().is_err());
    }

    #[test]
    fn what_was_not_used_is_there_again_when_it_ends() {
        let run = purse(2);
        let (one, other) = (account(&[&run]), account(&[&run]));
        assert!(one.take().is_ok() && one.take().is_ok());
        one.put_back();
        assert!(other.take().is_err());
        one.settle(one.made());
        assert!(other.take().is_ok() && other.take().is_err());
    }

    #[test]
    fn what_only_counts_refuses_nothing() {
        let run = purse(1);
        let cleaning = Account::of(vec![Bound { purse: Arc::clone(&run), refuses: false }]);
        assert!(cleaning.take().is_ok() && cleaning.take().is_ok());
        assert!(account(&[&run]).take().is_err());
        assert_eq!(run.taken(), 2);
    }

    /// What a host does with the account of an invocation.
    #[derive(Clone, Copy, Debug)]
    enum Act {
        Take,
        PutBack,
        Again,
        End,
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![6 => Just(Act::Take), 1 => Just(Act::PutBack), 1 => Just(Act::Again), 1 => Just(Act::End)]
    }

    proptest! {
        /// Two steps with purses of their own in one run, in any order of takes, ends and new beginnings.
        #[test]
        fn nobody_takes_more_than_there_is_and_what_is_refused_takes_nothing(
            limits in [0_u64..6, 0_u64..6, 0_u64..8], acts in prop::collection::vec((0_usize..4, act()), 0..80),
        ) {
            let [first, second, run] = limits.map(purse);
            let steps = [&first, &second];
            let mut accounts: Vec<Account> = (0..4).map(|place| account(&[steps[place % 2], &run])).collect();
            for (place, act) in acts {
                let before = (first.taken(), second.taken(), run.taken());
                match act {
                    Act::Take => {
                        let is_refused = accounts[place].take().is_err();
                        prop_assert!(!is_refused || before == (first.taken(), second.taken(), run.taken()));
                    }
                    Act::PutBack => accounts[place].put_back(),
                    Act::Again => accounts[place].begin_again(),
                    Act::End => {
                        accounts[place].settle(accounts[place].made());
                        accounts[place] = account(&[steps[place % 2], &run]);
                    }
                }
                prop_assert_eq!(first.taken() + second.taken(), run.taken());
                prop_assert!(first.taken() <= limits[0] && second.taken() <= limits[1] && run.taken() <= limits[2]);
            }
        }

        #[test]
        fn threads_take_exactly_what_there_is(limit in 0_u64..200, each in 0_u64..60) {
            let run = purse(limit);
            let taken: u64 = std::thread::scope(|scope| {
                let take = || {
                    let account = account(&[&purse(u64::MAX), &run]);
                    (0..each).filter(|_| account.take().is_ok()).count() as u64
                };
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
                threads.into_iter().map(|thread| thread.join().expect("it only counts")).sum()
            });
            prop_assert_eq!((taken, run.taken()), (limit.min(4 * each), limit.min(4 * each)));
        }
    }
}
