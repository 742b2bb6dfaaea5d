//! The monotonic clock of agents: timers that pass in virtual time. It knows neither the journal nor real time.
//!
//! A sleeping agent does not wait: when all it polls are timers, the clock jumps to the earliest and only those due by
//! then are ready. So which timers are ready is a matter of the agent alone, and the same in every replay.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use crate::clock::VirtualClock;
use crate::guest::Guest;

/// The timers of one guest.
#[derive(Clone)]
pub(crate) struct Timers {
    clock: VirtualClock,
    round: Arc<Mutex<Round>>,
}

/// One `poll` of the guest: first each timer enters, then the earliest is chosen.
#[derive(Default)]
struct Round {
    entered: Vec<u64>,
    chosen: Option<u64>,
}

impl Timers {
    pub(crate) fn new(clock: VirtualClock) -> Self {
        Timers { clock, round: Arc::default() }
    }

    pub(crate) fn view<'a>(&'a mut self, table: &'a mut ResourceTable) -> View<'a> {
        View { timers: self, table }
    }

    fn enter(&self, deadline: u64) -> Entered<'_> {
        self.round().entered.push(deadline);
        Entered { timers: self, deadline }
    }

    /// Whether a timer that has entered is due, once the earliest of the round is.
    fn is_due(&self, deadline: u64) -> bool {
        let mut round = self.round();
        let earliest = round.entered.iter().copied().min().unwrap_or(deadline);
        let chosen = *round.chosen.get_or_insert(earliest);
        self.clock.advance_to_nanos(chosen);
        deadline <= chosen
    }

    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A timer's part in a round. It ends with the guest's `poll`, also when something else was ready: a timer that stayed
/// would be the earliest of a later round, in which nobody waits for it.
struct Entered<'a> {
    timers: &'a Timers,
    deadline: u64,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let mut round = self.timers.round();
        if let Some(place) = round.entered.iter().position(|entered| *entered == self.deadline) {
            round.entered.swap_remove(place);
        }
        round.chosen = None;
    }
}

/// A moment of the virtual clock, in nanoseconds.
struct Timer {
    timers: Timers,
    deadline: u64,
}

#[async_trait::async_trait]
impl Pollable for Timer {
    async fn ready(&mut self) {
        let mut entered = None;
        poll_fn(|context| self.poll(&mut entered, context)).await;
    }
}

impl Timer {
    fn poll<'a>(&'a self, entered: &mut Option<Entered<'a>>, context: &mut Context<'_>) -> Poll<()> {
        if self.deadline <= self.timers.clock.nanos() {
            return Poll::Ready(());
        }
        if entered.is_none() {
            *entered = Some(self.timers.enter(self.deadline));
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.timers.is_due(self.deadline) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// The timers together with the table that holds them.
pub(crate) struct View<'a> {
    timers: &'a Timers,
    table: &'a mut ResourceTable,
}

impl HasData for Timers {
    type Data<'a> = View<'a>;
}

/// Links the clock.
pub(crate) fn link(linker: &mut Linker<Guest>, lend: fn(&mut Guest) -> View<'_>) -> wasmtime::Result<()> {
    monotonic_clock::add_to_linker::<Guest, Timers>(linker, lend)
}

impl monotonic_clock::Host for View<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        Ok(self.timers.clock.nanos())
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        Ok(1_000_000)
    }

    fn subscribe_instant(&mut self, deadline: u64) -> wasmtime::Result<Resource<DynPollable>> {
        let timer = self.table.push(Timer { timers: self.timers.clone(), deadline })?;
        subscribe(self.table, timer)
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        self.subscribe_instant(self.timers.clock.nanos().saturating_add(duration))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_timer_that_was_only_looked_at_does_not_hold_up_a_later_one() {
        let clock = VirtualClock::default();
        let timers = Timers::new(clock.clone());
        let timer = |deadline| Timer { timers: timers.clone(), deadline };
        assert!(timer(5).ready().now_or_never().is_none());
        let mut later = timer(10);
        tokio::time::timeout(Duration::from_secs(5), later.ready()).await.expect("nothing else is waited for");
        assert_eq!(clock.nanos(), 10);
    }
}
