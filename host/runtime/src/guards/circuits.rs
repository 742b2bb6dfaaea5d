//! Circuits that all hosts of a store share. What this host knows of them is a copy, a moment old at most; what changes one is
//! written only if nobody else has changed it meanwhile. A call of what is well writes nothing. It does not know what a
//! circuit decides.
//!
//! A store that fails takes nothing from a call: the host goes on with what it knows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_journal::{Store, Timestamp};
use baton_policy::Circuit;
use baton_policy::circuit::Refused;
use baton_sandbox::Clock;

/// Milliseconds for which what was read is new enough: so long another host may go on calling what this one leaves alone, and each
/// host reads a few rows in that time.
const NEW_MS: u64 = 1_000;

/// How often a change is tried. Each time another host was faster, so that something was written; who loses so often is content
/// with what is known here.
const ATTEMPTS: usize = 8;

pub(super) struct Circuits {
    clock: Arc<dyn Clock>,
    pub(super) store: Arc<dyn Store>,
    kept: Mutex<Kept>,
    /// Held by who reads or writes the store, so that no older copy replaces a newer one.
    writes: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Kept {
    known: BTreeMap<String, Known>,
    read: Option<Timestamp>,
}

/// A circuit, and what the store has of it.
#[derive(Clone, Default)]
struct Known {
    circuit: Circuit,
    noted: Option<String>,
}

impl Circuits {
    pub(super) fn new(clock: Arc<dyn Clock>, store: Arc<dyn Store>) -> Self {
        Circuits { clock, store, kept: Mutex::default(), writes: tokio::sync::Mutex::default() }
    }

    /// Reads what other hosts have written, if that was not done a moment ago.
    pub(super) async fn catch_up(&self) {
        let now = self.clock.now();
        let is_new = |read: Timestamp| now.0.checked_sub(read.0).is_some_and(|age| age < NEW_MS);
        if !self.kept().read.is_some_and(is_new) {
            let _alone = self.writes.lock().await;
            self.read().await;
        }
    }

    /// Why a call of a name would be refused, as far as is known.
    pub(super) fn refuses(&self, name: &str) -> Option<Refused> {
        let now = self.now();
        self.kept().known.get(name)?.circuit.refuses(now)
    }

    /// Lets a circuit change, in this host and in the store, and tells what came of it.
    pub(super) async fn change<T>(&self, name: &str, act: impl Fn(&mut Circuit, Duration) -> T) -> T {
        let known = self.known(name);
        let (after, came) = self.tried(&known, &act);
        if after == known.circuit {
            return came; // all is well, and nobody has to know
        }
        let _alone = self.writes.lock().await;
        for _ in 1..ATTEMPTS {
            let known = self.known(name);
            let (after, came) = self.tried(&known, &act);
            if after == known.circuit {
                return came;
            }
            let text = serde_json::to_string(&after).ok();
            let noted = match &text {
                Some(text) => self.store.note_circuit(name.to_owned(), known.noted, text.clone()).await,
                None => Ok(true),
            };
            if noted.unwrap_or(true) {
                self.kept().known.insert(name.to_owned(), Known { circuit: after, noted: text });
                return came;
            }
            self.read().await;
        }
        let (after, came) = self.tried(&self.known(name), &act);
        self.kept().known.entry(name.to_owned()).or_default().circuit = after;
        came
    }

    fn tried<T>(&self, known: &Known, act: impl Fn(&mut Circuit, Duration) -> T) -> (Circuit, T) {
        let mut circuit = known.circuit.clone();
        let came = act(&mut circuit, self.now());
        (circuit, came)
    }

    /// Reads all that the store has. What cannot be read there is as if nothing were known.
    async fn read(&self) {
        let noted = self.store.circuits().await.unwrap_or_default();
        let mut kept = self.kept();
        kept.read = Some(self.clock.now());
        for (name, text) in noted {
            let circuit = serde_json::from_str(&text).unwrap_or_default();
            kept.known.insert(name, Known { circuit, noted: Some(text) });
        }
    }

    fn known(&self, name: &str) -> Known {
        self.kept().known.get(name).cloned().unwrap_or_default()
    }

    fn now(&self) -> Duration {
        Duration::from_millis(self.clock.now().0)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
