//! Counts how often its process passes each place, and kills it when the turn of one has come. It does not know what is
//! done there.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use rustix::process::{Signal, getpid, kill_process};

use super::point::{Deed, Mark, Point, Side};

/// The fuse of one process.
#[derive(Default)]
pub struct Fuse {
    passed: Mutex<BTreeMap<Point, u32>>,
    blows: Option<Mark>,
}

impl Fuse {
    /// Kills the process at this mark; none: only counts.
    #[must_use]
    pub fn new(blows: Option<Mark>) -> Self {
        Fuse { blows, ..Fuse::default() }
    }

    /// Does something between the place before it and the place after it.
    pub async fn around<T>(&self, deed: Deed, work: impl Future<Output = T>) -> T {
        self.pass(deed, Side::Before);
        let done = work.await;
        self.pass(deed, Side::After);
        done
    }

    /// The same for what does not wait.
    pub fn around_now<T>(&self, deed: Deed, work: impl FnOnce() -> T) -> T {
        self.pass(deed, Side::Before);
        let done = work();
        self.pass(deed, Side::After);
        done
    }

    /// How often each place was passed.
    #[must_use]
    pub fn passed(&self) -> Vec<(Point, u32)> {
        self.passed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(point, times)| (*point, *times))
            .collect()
    }

    pub(super) fn pass(&self, deed: Deed, side: Side) {
        let point = Point { deed, side };
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let times = passed.entry(point).or_default();
        *times += 1;
        if self.blows == Some(Mark { point, occurrence: *times }) {
            die();
        }
    }
}

/// No destructor runs and no buffer is written: what the process had not given to the kernel is gone.
fn die() {
    kill_process(getpid(), Signal::KILL).unwrap();
    loop {
        std::thread::park();
    }
}
