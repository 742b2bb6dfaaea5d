//! What all runs of a host share about what they call: circuits and turns, each under a plain name (`tool crm/contacts.get`).
//! It does not know what is behind a name, nor who calls.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_journal::Timestamp;
use baton_policy::circuit::{Change, Leave, Refused};
use baton_policy::{Bucket, Circuit, CircuitTerms, Health, Rate};
use baton_sandbox::Clock;

/// The circuits and turns of a host. A host that begins has none open, and full buckets.
pub(crate) struct Guards {
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    circuits: BTreeMap<String, Circuit>,
    buckets: BTreeMap<String, Bucket>,
    time: Elapsed,
}

/// Time that only goes on, from a clock that may be set back.
#[derive(Default)]
struct Elapsed {
    last: Option<Timestamp>,
    since: Duration,
}

impl Elapsed {
    fn at(&mut self, now: Timestamp) -> Duration {
        let last = self.last.replace(now).unwrap_or(now);
        self.since += Duration::from_millis(now.0.saturating_sub(last.0));
        self.since
    }
}

impl Guards {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Guards { clock, kept: Mutex::default() })
    }

    /// Takes the next turn of a name, and tells how long it is until then.
    ///
    /// # Errors
    /// It is longer than `left`; nothing is taken then.
    pub(crate) fn turn(&self, name: &str, rate: &Rate, left: Duration) -> Result<Duration, Duration> {
        let (mut kept, now) = self.now();
        let bucket = kept.buckets.entry(name.to_owned()).or_default();
        let turn = bucket.take(rate, now, now.saturating_add(left));
        turn.map(|turn| turn.saturating_sub(now)).map_err(|turn| turn.saturating_sub(now))
    }

    /// Why a call of a name would be refused; nothing if it would not.
    pub(crate) fn refuses(&self, name: &str) -> Option<Refused> {
        let (kept, now) = self.now();
        kept.circuits.get(name)?.refuses(now)
    }

    /// Asks a circuit for leave to call.
    ///
    /// # Errors
    /// It refuses.
    pub(crate) fn enter(self: &Arc<Self>, name: String, terms: CircuitTerms) -> Result<Entered, Refused> {
        let leave = {
            let (mut kept, now) = self.now();
            kept.circuits.entry(name.clone()).or_default().enter(now)?
        };
        Ok(Entered { guards: Arc::clone(self), name, terms, leave: Some(leave) })
    }

    fn now(&self) -> (MutexGuard<'_, Kept>, Duration) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = kept.time.at(self.clock.now());
        (kept, now)
    }
}

/// Leave to make a call. Dropped, the call was not made, or nobody knows how it ended.
pub(crate) struct Entered {
    guards: Arc<Guards>,
    name: String,
    terms: CircuitTerms,
    leave: Option<Leave>,
}

impl Entered {
    /// Tells the circuit how the call ended, and what that changes.
    pub(crate) fn ended(mut self, health: Health) -> Option<Change> {
        self.give_back(health)
    }

    fn give_back(&mut self, health: Health) -> Option<Change> {
        let leave = self.leave.take()?;
        let (mut kept, now) = self.guards.now();
        kept.circuits.get_mut(&self.name)?.ended(&self.terms, now, leave, health)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.give_back(Health::Unsaid);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[derive(Default)]
    struct Hands(AtomicU64);

    impl Clock for Hands {
        fn now(&self) -> Timestamp {
            Timestamp(self.0.load(Ordering::Relaxed))
        }
    }

    fn guards() -> (Arc<Hands>, Arc<Guards>) {
        let hands = Arc::new(Hands(AtomicU64::new(1_000_000)));
        (Arc::clone(&hands), Guards::new(hands))
    }

    #[test]
    fn a_trial_that_comes_to_nothing_makes_room_for_another() {
        let (hands, guards) = guards();
        let terms = CircuitTerms { failures: 1, ..CircuitTerms::default() };
        let enter = || guards.enter("tool crm/get".to_owned(), terms);
        assert!(matches!(enter().unwrap().ended(Health::Bad), Some(Change::Opened(_))));
        assert!(
            enter().is_err() && guards.refuses("tool crm/get").is_some() && guards.refuses("tool crm/set").is_none()
        );
        hands.0.fetch_add(30_000, Ordering::Relaxed);
        let trial = enter().unwrap();
        assert!(matches!(enter().err(), Some(Refused::OnTrial)));
        drop(trial);
        assert!(enter().is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nobody_up() {
        let (hands, guards) = guards();
        let rate: Rate = "1/s".parse().unwrap();
        let turn = || guards.turn("tool crm/get", &rate, Duration::MAX).unwrap();
        assert_eq!(turn(), Duration::ZERO);
        hands.0.store(0, Ordering::Relaxed);
        assert_eq!(turn(), Duration::from_secs(1));
        hands.0.store(5_000, Ordering::Relaxed);
        assert_eq!(turn(), Duration::ZERO);
    }
}
