//! How many exchanges go on at once: in all, and for each caller. It does not know what they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Exchanges at once in all. Each holds a socket, and bodies of some mebibytes at worst.
pub(crate) const IN_ALL: usize = 256;

/// Exchanges at once of one caller: what a browser opens to all hosts for one page, and a sixteenth of all.
pub(crate) const PER_CALLER: usize = 16;

#[derive(Debug)]
pub(crate) struct Places {
    all: Arc<Semaphore>,
    callers: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// A place, free again when dropped.
pub(crate) struct Place {
    _of_caller: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

impl Default for Places {
    fn default() -> Self {
        Places { all: Arc::new(Semaphore::new(IN_ALL)), callers: Mutex::default() }
    }
}

impl Places {
    /// Waits for a place. A caller that has too many waits for its own first, and is in nobody's way.
    pub(crate) async fn take(&self, caller: &str) -> Option<Place> {
        let of_caller = self.of(caller).acquire_owned().await.ok()?;
        let of_all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Place { _of_caller: of_caller, _of_all: of_all })
    }

    fn of(&self, caller: &str) -> Arc<Semaphore> {
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        callers.retain(|_, places| Arc::strong_count(places) > 1);
        Arc::clone(callers.entry(caller.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(PER_CALLER))))
    }
}
