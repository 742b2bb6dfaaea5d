//! Who watches a run and answers its questions, with places to die at around each. It does not know what is asked.

use std::sync::Arc;

use baton_journal::{BoxFuture, Decision, Entry, RunId};
use baton_runtime::Observer;
use baton_runtime::plan::{Ask, Run};
use serde::{Deserialize, Serialize};

use super::fuse::Fuse;
use super::point::Deed;
use crate::desk::approval;
use crate::scoreboard::print;

/// When people answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum People {
    /// Somebody watches the run and answers at once.
    AtHand,
    /// The run is parked first.
    Later,
}

/// Somebody who says yes.
pub(super) struct FusedObserver {
    pub(super) people: People,
    pub(super) fuse: Arc<Fuse>,
}

impl Observer for FusedObserver {
    fn begins(&self, _: &RunId) {
        self.fuse.around_now(Deed::Notify, || {});
    }

    fn entry(&self, entry: &Entry, _: &Run) {
        self.fuse.around_now(Deed::Notify, || print(&entry.sequence.to_string()));
    }

    fn ask<'a>(&'a self, ask: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        let answer = (self.people == People::AtHand).then(|| yes(&ask.roles));
        Box::pin(self.fuse.around(Deed::Notify, std::future::ready(answer)))
    }
}

/// The answer of the first who may.
pub(super) fn yes(roles: &[String]) -> Decision {
    approval(roles.first().map_or("anybody", String::as_str), None)
}
