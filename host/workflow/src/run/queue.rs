//! Who waits for others to end, in the order in which they asked. It does not know what for.

use std::collections::VecDeque;

use indexmap::IndexMap;

/// A step that begins no more items because what is left is reserved for others; or an item of it, and another attempt at it.
pub(super) type Starved = (usize, Option<(usize, u32)>);

/// Those that wait. Whether one does is known without a look at all others: thousands may wait at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    order: VecDeque<Starved>,
    /// How often each is in it.
    known: IndexMap<Starved, usize>,
}

impl Queue {
    /// Who waits longest.
    pub(super) fn first(&self) -> Option<Starved> {
        self.order.front().copied()
    }

    /// Who waits longest does not wait any more.
    pub(super) fn take_first(&mut self) -> Option<Starved> {
        let first = self.order.pop_front()?;
        if let Some(count @ 2..) = self.known.swap_remove(&first) {
            self.known.insert(first, count - 1);
        }
        Some(first)
    }

    /// Who asked last.
    pub(super) fn last(&self) -> Option<&Starved> {
        self.order.back()
    }

    /// Lets one wait behind all others, unless it does already.
    pub(super) fn add(&mut self, starved: Starved) {
        if !self.known.contains_key(&starved) {
            self.known.insert(starved, 1);
            self.order.push_back(starved);
        }
    }

    /// Lets others wait behind these.
    pub(super) fn followed_by(mut self, mut others: Queue) -> Queue {
        while let Some(last) = self.order.pop_back() {
            *others.known.entry(last).or_default() += 1;
            others.order.push_front(last);
        }
        others
    }

    /// Only those still wait of which that is true.
    pub(super) fn retain(&mut self, waits: impl Fn(&Starved) -> bool) {
        self.order.retain(&waits);
        self.known.retain(|starved, _| waits(starved));
    }
}
