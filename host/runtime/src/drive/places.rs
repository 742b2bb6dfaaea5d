//! Places for nested invocations: how many of one run are at work at the same time. It does not know what they do.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use baton_policy::ceiling::NESTED_AT_ONCE;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places of one run, by depth. Steps (depth 0) need none: `max_parallel` bounds them.
#[derive(Default)]
pub(crate) struct Places(Mutex<BTreeMap<u32, Arc<Semaphore>>>);

impl Places {
    /// Waits for a place of that depth; dropping it gives the place back. The caller's deadline ends the waiting.
    pub(crate) async fn take(&self, depth: u32) -> Option<OwnedSemaphorePermit> {
        self.of(depth).acquire_owned().await.ok() // nobody closes it
    }

    /// A place of that depth, if one is free.
    pub(crate) fn try_take(&self, depth: u32) -> Option<OwnedSemaphorePermit> {
        self.of(depth).try_acquire_owned().ok()
    }

    fn of(&self, depth: u32) -> Arc<Semaphore> {
        let mut depths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(depths.entry(depth).or_insert_with(|| Arc::new(Semaphore::new(NESTED_AT_ONCE as usize))))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn each_depth_has_its_own_places() {
        let places = Places::default();
        let mut held = Vec::new();
        for _ in 0..NESTED_AT_ONCE {
            held.push(places.take(1).await);
        }
        assert!(places.take(1).now_or_never().is_none(), "one too many waits");
        assert!(
            places.take(2).now_or_never().is_some(),
            "a place below is free, or a full depth would wait for itself"
        );
        held.pop();
        assert!(places.take(1).now_or_never().is_some());
    }
}
