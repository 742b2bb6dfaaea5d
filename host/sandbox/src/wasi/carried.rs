//! Counts the bytes that a guest moves through WASI: the engine's fuel does not see what the host does with them, and a
//! call that fills 64 KiB would cost no more than one that tells the time.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand_chacha::rand_core::{Rng, TryRng};

/// The bytes of one guest that are not yet charged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carried(Arc<AtomicU64>);

impl Carried {
    pub(crate) fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// What was carried since this was last asked.
    pub(super) fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

/// Random numbers that are counted.
pub(super) struct CountedRng<R> {
    pub(super) rng: R,
    pub(super) carried: Carried,
}

impl<R: Rng> TryRng for CountedRng<R> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.carried.add(1); // wasmtime draws each byte of a list in this way
        Ok(self.rng.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.carried.add(8);
        Ok(self.rng.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.carried.add(bytes.len());
        self.rng.fill_bytes(bytes);
        Ok(())
    }
}
