//! Counts what a guest moves between itself and files, and ends its writing at a cap. It knows neither files nor the
//! meter that takes the count.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use baton_policy::ceiling;

/// The file traffic of one guest; every stream of it shares the same counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quota(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// Moved and not yet charged.
    moved: AtomicU64,
    /// Written so far.
    written: AtomicU64,
    listings: AtomicU32,
}

/// The cap is reached.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Quota {
    /// Counts bytes that the guest has read.
    pub(super) fn read(&self, bytes: usize) {
        self.0.moved.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Counts bytes that the guest is about to write, and the hole that they leave before them.
    pub(super) fn write(&self, bytes: u64, hole: u64) -> Result<(), Full> {
        let taken = bytes.saturating_add(hole);
        let within = |written: u64| written.checked_add(taken).filter(|sum| *sum <= ceiling::WRITTEN.0);
        self.0.written.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).map_err(|_| Full)?;
        self.0.moved.fetch_add(bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Counts a file, folder or link that the guest is about to make.
    pub(super) fn make(&self) -> Result<(), Full> {
        self.write(0, ceiling::NODE.0)
    }

    /// Notes that a listing is opened.
    pub(super) fn open_listing(&self) -> Result<(), Full> {
        let within = |open: u32| (open < ceiling::LISTINGS).then_some(open + 1);
        self.0.listings.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).map(drop).map_err(|_| Full)
    }

    /// Notes that a listing is closed.
    pub(super) fn close_listing(&self) {
        self.0.listings.fetch_sub(1, Ordering::Relaxed);
    }

    /// What was moved since this was last asked.
    pub(crate) fn take_moved(&self) -> u64 {
        self.0.moved.swap(0, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_ends_at_the_cap_and_holes_count() {
        let quota = Quota::default();
        let cap = ceiling::WRITTEN.0;
        assert_eq!(quota.write(10, cap - 20), Ok(()));
        assert_eq!(quota.write(1, u64::MAX), Err(Full));
        assert_eq!(quota.write(11, 0), Err(Full));
        assert_eq!(quota.write(10, 0), Ok(()));
        assert_eq!(quota.make(), Err(Full));
        assert_eq!((quota.take_moved(), quota.take_moved()), (20, 0));
    }

    #[test]
    fn so_many_listings_are_open_at_once() {
        let quota = Quota::default();
        assert!((0..ceiling::LISTINGS).all(|_| quota.open_listing().is_ok()));
        assert_eq!(quota.open_listing(), Err(Full));
        quota.close_listing();
        assert_eq!(quota.open_listing(), Ok(()));
    }
}
