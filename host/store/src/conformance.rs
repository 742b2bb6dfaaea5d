//! What every store promises, as cases that any backend must pass, also one in another crate. It does not know which
//! backend it is, nor how that is opened.
//!
//! [`pass_all`] runs every case on a store of its own. A test of a backend is one line:
//!
//! ```ignore
//! baton_store::conformance::pass_all(async |quota| Arc::new(MyStore::empty(quota).await)).await;
//! ```

#![expect(clippy::unwrap_used, reason = "a case that can't go on fails")]

mod journal;
mod post;
mod quota;
mod removal;
pub mod sample;
mod spending;
mod state;
mod versions;

use std::sync::Arc;

use baton_journal::{BoxFuture, Quota, Store};

/// A promise, and what asserts it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The promise.
    pub name: &'static str,
    /// What the journal of one run may take up in the store that the case is run on.
    pub quota: Quota,
    run: fn(&dyn Store) -> BoxFuture<'_, ()>,
}

impl Case {
    /// Asserts the promise of an empty store that has the case's quota.
    ///
    /// # Panics
    /// The store does not keep it.
    pub async fn pass(&self, store: &dyn Store) {
        (self.run)(store).await;
    }

    fn with(self, quota: Quota) -> Self {
        Case { quota, ..self }
    }
}

/// All cases.
#[must_use]
pub fn all() -> Vec<Case> {
    [journal::all(), post::all(), quota::all(), removal::all(), spending::all(), state::all(), versions::all()].concat()
}

/// Asserts every case, each on an empty store that `open` makes, with the quota that it is given.
///
/// # Panics
/// The store does not keep a promise: all that are not kept are named, after what each of them says.
pub async fn pass_all(open: impl AsyncFn(Quota) -> Arc<dyn Store>) {
    let mut broken = Vec::new();
    for case in all() {
        let store = open(case.quota).await;
        let passed = tokio::spawn(async move { case.pass(store.as_ref()).await }).await;
        if passed.is_err() {
            broken.push(case.name);
        }
    }
    assert!(broken.is_empty(), "the store does not keep what it promises: {broken:?}");
}

/// A list of cases from the functions that assert them.
macro_rules! cases {
    ($($case:ident),* $(,)?) => {
        vec![$(Case { name: stringify!($case), quota: Default::default(), run: |store| Box::pin($case(store)) }),*]
    };
}
use cases;
