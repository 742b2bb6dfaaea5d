//! What a run may use, and the leases that its steps and their invocations take from it: leaf first, then step, then run.
//! It does not know what a step is. Memory is not lent (it comes back when a sandbox goes), nor is wall time
//! (steps that run at once do not share it): the deadlines of run, step and invocation are compared instead.

use serde::{Deserialize, Serialize};

use crate::quantity::{Bytes, Fuel, Wall};

/// Default computing of a run: about two minutes of one core, a hundred invocations that use all they may.
pub const RUN_FUEL: Fuel = Fuel(1_000_000_000_000);
/// Default host calls of a run: a hundred invocations that use all they may.
pub const RUN_CALLS: u64 = 1_000_000;
/// Default bytes through the invocations of a run: they end in the run's journal, on somebody's disk.
pub const RUN_BYTES: Bytes = Bytes(4 << 30);
/// Default wall time of a run, the time in which it is parked not counted.
pub const RUN_WALL: Wall = Wall(24 * 3_600_000);

/// Amounts of what can be lent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Units of computing.
    pub fuel: u64,
    /// Host calls.
    pub calls: u64,
    /// Bytes in and out.
    pub bytes: u64,
}

/// A run's budget as a workflow writes it: `budget: { wall: 30m, fuel: 200G, calls: 500 }`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetOverride {
    /// Computing of all invocations together. Default `1T`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fuel: Option<Fuel>,
    /// Host calls of all invocations together. Default 1000000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// Bytes in and out of all invocations together. Default `4GiB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Bytes>,
    /// Wall time, the time in which the run is parked not counted. Default `1d`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall: Option<Wall>,
}

impl BudgetOverride {
    /// What can be lent of this budget, with the defaults where it says nothing.
    #[must_use]
    pub fn amounts(&self) -> Amounts {
        Amounts {
            fuel: self.fuel.unwrap_or(RUN_FUEL).0,
            calls: self.calls.unwrap_or(RUN_CALLS),
            bytes: self.bytes.unwrap_or(RUN_BYTES).0,
        }
    }

    /// The wall time of this budget, or the default.
    #[must_use]
    pub fn wall(&self) -> Wall {
        self.wall.unwrap_or(RUN_WALL)
    }
}

/// What somebody may spend, and has lent to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    left: Amounts,
    lent: Amounts,
    spent: Amounts,
}

/// A part of a budget, lent to a child. It must be settled with the budget that it came from.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a lease that is not settled is lost to its budget"]
pub struct Lease(Amounts);

impl Amounts {
    /// Both, each resource for itself.
    #[must_use]
    pub fn plus(self, other: Amounts) -> Amounts {
        self.zip(other, u64::saturating_add)
    }

    /// The difference, each resource for itself, never below nothing.
    #[must_use]
    pub fn minus(self, other: Amounts) -> Amounts {
        self.zip(other, u64::saturating_sub)
    }

    /// The lesser, each resource for itself.
    #[must_use]
    pub fn least(self, other: Amounts) -> Amounts {
        self.zip(other, u64::min)
    }

    fn zip(self, other: Amounts, f: impl Fn(u64, u64) -> u64) -> Amounts {
        Amounts { fuel: f(self.fuel, other.fuel), calls: f(self.calls, other.calls), bytes: f(self.bytes, other.bytes) }
    }
}

impl Lease {
    /// What was lent.
    #[must_use]
    pub fn amounts(&self) -> Amounts {
        self.0
    }

    /// A budget of what was lent, for the children of the borrower.
    #[must_use]
    pub fn budget(&self) -> Budget {
        Budget::new(self.0)
    }
}

impl Budget {
    /// Makes a budget of which nothing is spent.
    #[must_use]
    pub fn new(total: Amounts) -> Self {
        Budget { left: total, lent: Amounts::default(), spent: Amounts::default() }
    }

    /// Lends what is wanted, or what is left of it.
    pub fn lease(&mut self, wanted: Amounts) -> Lease {
        let lent = wanted.least(self.left);
        self.left = self.left.minus(lent);
        self.lent = self.lent.plus(lent);
        Lease(lent)
    }

    /// Takes a lease back, less what was used. What was used beyond the lease is taken from what is left.
    pub fn settle(&mut self, lease: Lease, used: Amounts) {
        let Lease(lent) = lease;
        self.lent = self.lent.minus(lent);
        self.left = self.left.plus(lent).minus(used);
        self.spent = self.spent.plus(used);
    }

    /// What can still be lent.
    #[must_use]
    pub fn left(&self) -> Amounts {
        self.left
    }

    /// What is lent and not settled.
    #[must_use]
    pub fn lent(&self) -> Amounts {
        self.lent
    }

    /// What was used, of all leases that were settled.
    #[must_use]
    pub fn spent(&self) -> Amounts {
        self.spent
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn amounts() -> impl Strategy<Value = Amounts> {
        (0_u64..1_000, 0_u64..1_000, 0_u64..1_000).prop_map(|(fuel, calls, bytes)| Amounts { fuel, calls, bytes })
    }

    proptest! {
        #[test]
        fn what_is_left_lent_and_spent_adds_up(
            total in amounts(),
            acts in prop::collection::vec((amounts(), amounts(), any::<prop::sample::Index>(), any::<bool>()), 0..30),
        ) {
            let mut budget = Budget::new(total);
            let mut open: Vec<Lease> = Vec::new();
            for (wanted, used, which, settle) in acts {
                if settle && !open.is_empty() {
                    let lease = open.swap_remove(which.index(open.len()));
                    let used = used.least(lease.amounts());
                    budget.settle(lease, used);
                } else {
                    open.push(budget.lease(wanted));
                }
                let lent = open.iter().fold(Amounts::default(), |sum, lease| sum.plus(lease.amounts()));
                prop_assert_eq!(budget.lent(), lent);
                prop_assert_eq!(budget.left().plus(budget.lent()).plus(budget.spent()), total);
            }
        }

        #[test]
        fn a_lease_is_what_was_wanted_or_what_is_left(total in amounts(), wanted in amounts()) {
            prop_assert_eq!(Budget::new(total).lease(wanted).amounts(), wanted.least(total));
        }
    }

    #[test]
    fn what_was_used_beyond_a_lease_is_taken_from_what_is_left_and_never_goes_below_nothing() {
        let of = |fuel| Amounts { fuel, ..Amounts::default() };
        let mut budget = Budget::new(of(100));
        let (first, second) = (budget.lease(of(60)), budget.lease(of(60)));
        assert_eq!(second.amounts(), of(40));
        budget.settle(first, of(70));
        assert_eq!((budget.left(), budget.lent(), budget.spent()), (of(0), of(40), of(70)));
        budget.settle(second, of(0));
        assert_eq!((budget.left(), budget.spent()), (of(40), of(70)));
    }

    #[test]
    fn a_step_lends_on_what_it_was_lent() {
        let mut run = Budget::new(BudgetOverride::default().amounts());
        let lease = run.lease(Amounts { fuel: 10, calls: 10, bytes: 10 });
        let mut step = lease.budget();
        let leaf = step.lease(Amounts { fuel: 99, calls: 1, bytes: 0 });
        assert_eq!(leaf.amounts(), Amounts { fuel: 10, calls: 1, bytes: 0 });
        step.settle(leaf, Amounts { fuel: 4, calls: 1, bytes: 0 });
        run.settle(lease, step.spent());
        assert_eq!(run.spent(), Amounts { fuel: 4, calls: 1, bytes: 0 });
    }

    #[test]
    fn a_budget_is_read_as_it_is_written() {
        let budget: BudgetOverride = toml::from_str("wall = '30m'\nfuel = '200G'\ncalls = 500").unwrap();
        assert_eq!(budget.amounts(), Amounts { fuel: 200_000_000_000, calls: 500, bytes: RUN_BYTES.0 });
        assert_eq!(budget.wall(), Wall(1_800_000));
        assert!(toml::from_str::<BudgetOverride>("cpu = 1").is_err());
    }
}
