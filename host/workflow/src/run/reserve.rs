//! Reservations: what attempts, and the tools that they call, may still use. What is reserved is nobody else's, so that together
//! they never use more than there is, in whatever order they end. It does not know what is left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baton_journal::{InvocationId, Lease, PluginPin, Usage};
use baton_policy::{Amounts, Limits, Spendable};

use super::Run;
use super::calls::reservable;

/// A step and an item: at most one attempt is at work there.
pub(super) type Place = (usize, usize);

/// What is reserved.
#[derive(Clone, Debug, Default)]
pub(super) struct Reserved {
    attempts: BTreeMap<Place, Amounts>,
    /// Of the tools that attempts call, and of those that these call.
    nested: BTreeMap<Place, BTreeMap<InvocationId, Nested>>,
    steps: BTreeMap<usize, Amounts>,
    total: Amounts,
    /// Host calls of agents that worked on what an attempt has.
    lent_calls: BTreeMap<Place, u64>,
}

/// On whose account something works that an attempt has invoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nested {
    /// A tool: on its own.
    Own(Amounts),
    /// An agent: on a share of what its caller has, but for its price.
    Caller(Amounts),
}

impl Reserved {
    /// Reserves for an attempt.
    pub(super) fn hold(&mut self, place: Place, amounts: Amounts) {
        let amounts = reservable(amounts);
        self.attempts.insert(place, amounts);
        self.add(place, amounts);
    }

    /// Reserves for what an attempt has invoked.
    pub(super) fn hold_nested(&mut self, place: Place, id: InvocationId, nested: Nested) {
        self.release_nested(place, &id, Amounts::default());
        self.nested.entry(place).or_default().insert(id, nested);
        self.add(place, nested.own());
    }

    /// An attempt ended, and what it invoked with it.
    pub(super) fn release(&mut self, place: Place) {
        let nested = self.nested.remove(&place).unwrap_or_default();
        self.lent_calls.remove(&place);
        for amounts in nested.into_values().map(Nested::own).chain(self.attempts.remove(&place)) {
            self.take(place, amounts);
        }
    }

    /// What an attempt invoked has ended, and has used so much.
    pub(super) fn release_nested(&mut self, place: Place, id: &InvocationId, used: Amounts) {
        match self.nested.get_mut(&place).and_then(|nested| nested.remove(id)) {
            Some(Nested::Own(amounts)) => self.take(place, amounts),
            Some(Nested::Caller(price)) => {
                self.take(place, price);
                let calls = self.lent_calls.entry(place).or_default();
                *calls = calls.saturating_add(used.calls);
                self.spend(place, used);
            }
            None => {}
        }
    }

    /// An attempt has spent some of what is reserved for it: an agent worked on its share.
    fn spend(&mut self, place: Place, amounts: Amounts) {
        if let Some(held) = self.attempts.get_mut(&place) {
            let spent = Amounts { micro_usd: 0, ..amounts.at_most(*held) }; // the price is the attempt's own
            *held = held.without(spent);
            self.take(place, spent);
        }
    }

    /// Host calls of agents that worked on what an attempt has.
    pub(super) fn lent_calls(&self, place: Place) -> u64 {
        self.lent_calls.get(&place).copied().unwrap_or_default()
    }

    /// All that is reserved.
    pub(super) fn total(&self) -> Amounts {
        self.total
    }

    /// What is reserved for a step.
    pub(super) fn of_step(&self, step: usize) -> Amounts {
        self.steps.get(&step).copied().unwrap_or_default()
    }

    /// Where attempts hold something.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> {
        self.attempts.keys().copied()
    }

    /// The invocations that were made by attempts at a place and by what these invoked, and have not ended.
    pub(super) fn nested(&self, place: Place) -> impl Iterator<Item = &InvocationId> {
        self.nested.get(&place).into_iter().flat_map(BTreeMap::keys)
    }

    fn add(&mut self, (step, _): Place, amounts: Amounts) {
        let held = self.steps.entry(step).or_default();
        *held = held.plus(amounts);
        self.total = self.total.plus(amounts);
    }

    fn take(&mut self, (step, _): Place, amounts: Amounts) {
        let held = self.of_step(step).without(amounts);
        match held == Amounts::default() {
            true => self.steps.remove(&step),
            false => self.steps.insert(step, held),
        };
        self.total = self.total.without(amounts);
    }
}

impl Nested {
    fn own(self) -> Amounts {
        match self {
            Nested::Own(amounts) | Nested::Caller(amounts) => reservable(amounts),
        }
    }
}

/// Invocations that wait for one that they call to begin: they hold something, and do not come to an end.
pub type Callers = BTreeSet<InvocationId>;

/// What one invocation of a plugin takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Takes {
    /// The most that it takes itself.
    pub(super) most: Amounts,
    /// The most that one takes that it calls, without its price; nothing if it calls none.
    pub(super) inside: Amounts,
}

/// What invocations of the run's plugins take, as the run's header says.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms(BTreeMap<String, Takes>);

impl Terms {
    /// What a header says.
    pub(super) fn of(pins: &[PluginPin]) -> Self {
        let own = |pin: &PluginPin| pin.limits.map_or_else(|| Limits::default().amounts(), amounts);
        let inside = pins.iter().map(own).fold(Amounts::default(), Amounts::at_least);
        let most = |pin: &PluginPin| Amounts { micro_usd: pin.price_micro_usd, ..own(pin) };
        let takes =
            |pin: &PluginPin| Takes { most: most(pin), inside: if pin.invokes { inside } else { Amounts::default() } };
        Terms(pins.iter().map(|pin| (pin.name.clone(), takes(pin))).collect())
    }

    /// What an invocation of a plugin takes.
    pub(super) fn of_plugin(&self, plugin: &str) -> Takes {
        let default = || Takes { most: Limits::default().amounts(), inside: Amounts::default() };
        self.0.get(plugin).copied().unwrap_or_else(default)
    }
}

impl Takes {
    /// What an invocation takes that works with what its caller has: its price.
    pub(super) fn price(self) -> Amounts {
        Amounts::only(Spendable::Usd, self.most.micro_usd)
    }

    /// Whether some of what it cannot do without is not there: a price is paid as a whole.
    pub(super) fn lacks(self, free: Amounts) -> bool {
        free.fuel == 0 || free.bytes == 0 || free.micro_usd < self.most.micro_usd
    }

    /// What is reserved so that neither it nor what it calls gets less than they may take.
    pub(super) fn whole(self) -> Amounts {
        reservable(self.most.plus(self.inside))
    }

    /// What it gets of what is free: all that it may take, or less so that something remains for what it calls.
    pub(super) fn of_free(self, free: Amounts) -> Amounts {
        let remaining = free.without(self.inside).at_least(free.half());
        self.most.at_most(Amounts { calls: free.calls, ..remaining })
    }
}

/// What a lease lets an invocation use of what is shared.
pub(super) fn amounts(lease: Lease) -> Amounts {
    Amounts { fuel: lease.fuel, calls: lease.host_calls, bytes: lease.bytes, ..Amounts::default() }
}

/// What was used of what is shared.
pub(super) fn spent(usage: Usage) -> Amounts {
    let Usage { fuel, host_calls, bytes, micro_usd, tokens, .. } = usage;
    Amounts { fuel, calls: host_calls, bytes, micro_usd, tokens }
}

impl Run {
    /// Goes on with other terms, and so do the workflows inside.
    pub(super) fn take_terms(&mut self, terms: &Arc<Terms>) {
        self.terms = Arc::clone(terms);
        self.inner.values_mut().for_each(|inner| inner.take_terms(terms));
    }
}
