//! Turns at computing: guests that compute for long take turns on all processors but one, so that the others' calls find
//! one that is free. It does not know what a guest computes, nor when it is stopped.
//!
//! A guest is polled for one epoch at most before it gives way. Who computes little is polled at once; a plugin that has
//! lately computed for more than its share waits for a turn before each poll, behind the others that do. Waiting for a
//! host call takes no turn. A nested invocation is polled by the one that called it, in the turn of that one: it takes
//! none itself, or it would wait for what its caller holds.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::thread::available_parallelism;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::engine::EPOCH;

/// What a plugin may compute at once without taking turns: two epochs, for an ordinary call takes less than one.
const FREE: Duration = EPOCH.saturating_mul(2);

/// One part in so many of a processor's time a plugin may compute all the time without taking turns.
const SHARE: u32 = 4;

/// The turns of one process.
pub(crate) struct Turns(Semaphore);

/// What a plugin has computed lately, in all its invocations.
#[derive(Default)]
pub(crate) struct Load(Mutex<Level>);

/// A bucket that computing fills and time empties.
#[derive(Default)]
struct Level {
    computed: Duration,
    at: Option<Instant>,
}

impl Turns {
    /// For all processors but one, and for one at least.
    pub(crate) fn new() -> Self {
        let processors = available_parallelism().map_or(1, usize::from);
        Turns(Semaphore::new(processors.saturating_sub(1).max(1)))
    }

    /// Polls the guest of an invocation of some depth, which has just begun, to its end, in turns where its plugin has
    /// computed for long.
    pub(crate) async fn take<T>(
        &self,
        depth: u32,
        load: &Load,
        mut begun: Instant,
        guest: impl Future<Output = T>,
    ) -> T {
        if depth > 0 {
            return guest.await;
        }
        let mut guest = pin!(guest);
        loop {
            let turn = if load.is_long(begun) { self.wait(&mut begun).await } else { None };
            let polled = poll_fn(|context| Poll::Ready(guest.as_mut().poll(context))).await;
            let now = Instant::now();
            load.add(now - begun, now);
            drop(turn);
            match polled {
                Poll::Ready(ended) => return ended,
                Poll::Pending => until_woken().await,
            }
            begun = Instant::now();
        }
    }

    /// Waits for a turn; what comes then begins then.
    async fn wait(&self, begun: &mut Instant) -> Option<SemaphorePermit<'_>> {
        if let Ok(turn) = self.0.try_acquire() {
            return Some(turn);
        }
        let turn = self.0.acquire().await;
        *begun = Instant::now();
        turn.ok() // nobody closes it
    }
}

/// Waits until who was polled last has something to do.
async fn until_woken() {
    let mut polled = false;
    poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

impl Load {
    fn is_long(&self, now: Instant) -> bool {
        self.at(now).computed > FREE
    }

    fn add(&self, computed: Duration, now: Instant) {
        self.at(now).computed += computed;
    }

    fn at(&self, now: Instant) -> MutexGuard<'_, Level> {
        let mut level = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = level.at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        *level = Level { computed: level.computed.saturating_sub(passed / SHARE), at: Some(now) };
        level
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::task::{Context, Waker};

    use super::*;

    fn long() -> Load {
        let load = Load::default();
        load.add(Duration::from_secs(1_000), Instant::now());
        load
    }

    fn is_pending(future: std::pin::Pin<&mut impl Future>) -> bool {
        future.poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }

    #[tokio::test]
    async fn who_computes_for_long_waits_for_a_turn_and_who_does_not_never_does() {
        let (turns, long) = (Turns(Semaphore::new(1)), long());
        let taken = turns.0.acquire().await.unwrap();
        let mut waits = pin!(turns.take(0, &long, Instant::now(), async {}));
        assert!(is_pending(waits.as_mut()));
        turns.take(0, &Load::default(), Instant::now(), async {}).await;
        turns.take(1, &long, Instant::now(), async {}).await;
        drop(taken);
        waits.await;
    }

    #[tokio::test]
    async fn who_waits_for_something_else_has_no_turn() {
        let (turns, long) = (Turns(Semaphore::new(1)), long());
        let mut waits = pin!(turns.take(0, &long, Instant::now(), pending::<()>()));
        assert!(is_pending(waits.as_mut()));
        assert_eq!(turns.0.available_permits(), 1);
        turns.take(0, &long, Instant::now(), async {}).await;
    }

    #[test]
    fn a_part_of_the_time_is_free() {
        let (load, begun) = (Load::default(), Instant::now());
        load.add(FREE, begun);
        assert!(!load.is_long(begun));
        load.add(EPOCH, begun);
        assert!(load.is_long(begun));
        let later = begun + EPOCH * SHARE;
        assert!(!load.is_long(later));
        load.add(Duration::from_millis(1), later);
        assert!(load.is_long(later), "and no more of it");
    }
}
