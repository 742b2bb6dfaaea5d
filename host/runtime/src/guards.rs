//! What all runs share about what they call: circuits and turns, each under a plain name (`tool crm/contacts.get`). Turns are the
//! host's, circuits those of all hosts of a store (`guards/circuits.rs`). It does not know what is behind a name, nor who calls.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baton_journal::{Store, Timestamp};
use baton_policy::circuit::{Change, Leave, Refused};
use baton_policy::{Bucket, CircuitTerms, Health, Rate};
use baton_sandbox::Clock;
use tokio::runtime::Handle;

use circuits::Circuits;

mod circuits;

/// The circuits and turns that a host knows. A host that begins has full buckets.
pub(crate) struct Guards {
    clock: Arc<dyn Clock>,
    buckets: Mutex<Buckets>,
    circuits: Circuits,
}

#[derive(Default)]
struct Buckets {
    named: BTreeMap<String, Bucket>,
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
    pub(crate) fn new(clock: Arc<dyn Clock>, store: Arc<dyn Store>) -> Arc<Self> {
        let circuits = Circuits::new(Arc::clone(&clock), store);
        Arc::new(Guards { clock, buckets: Mutex::default(), circuits })
    }

    /// Takes the next turn of a name, and tells how long it is until then.
    ///
    /// # Errors
    /// It is longer than `left`; nothing is taken then.
    pub(crate) fn turn(&self, name: &str, rate: &Rate, left: Duration) -> Result<Duration, Duration> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let now = buckets.time.at(self.clock.now());
        let bucket = buckets.named.entry(name.to_owned()).or_default();
        let turn = bucket.take(rate, now, now.saturating_add(left));
        turn.map(|turn| turn.saturating_sub(now)).map_err(|turn| turn.saturating_sub(now))
    }

    /// Learns what other hosts have found out, if that was not done a moment ago.
    pub(crate) async fn catch_up(&self) {
        self.circuits.catch_up().await;
    }

    /// Why a call of a name would be refused, as far as is known here; nothing if it would not.
    pub(crate) fn refuses(&self, name: &str) -> Option<Refused> {
        self.circuits.refuses(name)
    }

    /// Asks a circuit for leave to make a call that lasts so long at most.
    ///
    /// # Errors
    /// It refuses.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        name: String,
        terms: CircuitTerms,
        lasting: Duration,
    ) -> Result<Entered, Refused> {
        self.catch_up().await;
        let leave = self.circuits.change(&name, |circuit, now| circuit.enter(now, lasting)).await?;
        Ok(Entered { guards: Arc::clone(self), name, terms, leave: Some(leave) })
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
    pub(crate) async fn ended(mut self, health: Health) -> Option<Change> {
        let leave = self.leave.take()?;
        give_back(&self.guards, &self.name, &self.terms, &leave, health).await
    }
}

async fn give_back(guards: &Guards, name: &str, terms: &CircuitTerms, leave: &Leave, health: Health) -> Option<Change> {
    guards.circuits.change(name, |circuit, now| circuit.ended(terms, now, leave, health)).await
}

/// A trial that came to nothing makes room for another at once, as far as there is somebody to say so; else when its time is over.
impl Drop for Entered {
    fn drop(&mut self) {
        let Some(leave) = self.leave.take() else { return };
        let (guards, name, terms) = (Arc::clone(&self.guards), std::mem::take(&mut self.name), self.terms);
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { give_back(&guards, &name, &terms, &leave, Health::Unsaid).await });
        }
    }
}

#[cfg(test)]
mod tests;
