//! Bytes that the host keeps for a guest until the guest lets them go. It does not know what they are, nor how many are too many.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts what is kept.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<AtomicUsize>);

/// Bytes that count as kept for as long as they are there.
pub(crate) struct KeptBytes {
    bytes: Vec<u8>,
    kept: Kept,
}

impl Kept {
    /// How many bytes are kept.
    pub(crate) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Keeps bytes.
    pub(crate) fn keep(&self, bytes: Vec<u8>) -> KeptBytes {
        self.0.fetch_add(bytes.len(), Ordering::Relaxed);
        KeptBytes { bytes, kept: self.clone() }
    }
}

impl AsRef<[u8]> for KeptBytes {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for KeptBytes {
    fn drop(&mut self) {
        self.kept.0.fetch_sub(self.bytes.len(), Ordering::Relaxed);
    }
}
