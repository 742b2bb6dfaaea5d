//! People who answer at once, or later. They do not know what they are asked.

use std::sync::Mutex;

use baton_journal::{BoxFuture, Decision};
use baton_runtime::Observer;
use baton_runtime::plan::Ask;

use crate::approval;
use crate::seeded::Seeded;

pub(super) struct People(Mutex<Seeded>);

impl People {
    pub(super) fn new(seed: u64) -> Self {
        People(Mutex::new(Seeded::new(seed)))
    }
}

impl Observer for People {
    fn ask<'a>(&'a self, _: &'a Ask) -> BoxFuture<'a, Option<Decision>> {
        let at_once = self.0.lock().unwrap().below(2) == 0;
        Box::pin(async move { at_once.then(yes) })
    }
}

/// A yes.
pub(super) fn yes() -> Decision {
    approval("anybody", None)
}
