//! Counts what a guest moves between itself and files, and ends its writing at a cap. It knows neither files nor the
//! meter that takes the count.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    streams: AtomicU32,
    /// The files and folders that are open, by their handles; those that were there at the start are not among them.
    open: Mutex<BTreeSet<u32>>,
}

/// A stream of a file, which keeps the file open.
#[derive(Debug)]
pub(super) struct OpenStream(Quota);

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
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

    /// Tells whether one more file, folder or stream may be open.
    pub(super) fn may_open(&self) -> Result<(), Full> {
        let open = self.open().len() + self.0.streams.load(Ordering::Relaxed) as usize;
        if open < ceiling::OPEN_FILES as usize { Ok(()) } else { Err(Full) }
    }

    /// Notes that a file or folder was opened.
    pub(super) fn opened(&self, handle: u32) {
        self.open().insert(handle);
    }

    /// Notes that a handle was closed.
    pub(super) fn closed(&self, handle: u32) {
        self.open().remove(&handle);
    }

    /// Notes that a stream is opened; it is closed when the note is dropped.
    pub(super) fn open_stream(&self) -> Result<OpenStream, Full> {
        self.may_open()?;
        self.0.streams.fetch_add(1, Ordering::Relaxed);
        Ok(OpenStream(self.clone()))
    }

    fn open(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn so_many_files_and_streams_are_open_at_once() {
        let quota = Quota::default();
        (1..ceiling::OPEN_FILES).for_each(|handle| quota.opened(handle));
        let stream = quota.open_stream().unwrap();
        assert!(quota.may_open().is_err() && quota.open_stream().is_err());
        quota.closed(u32::MAX); // of a folder that was there at the start
        assert!(quota.may_open().is_err());
        drop(stream);
        assert!(quota.may_open().is_ok());
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
