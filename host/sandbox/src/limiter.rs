//! Memory and tables of one sandbox, counted and capped. It does not know where the cap comes from.

use baton_policy::ceiling;
use wasmtime::ResourceLimiter;

/// Counts what the guest holds and refuses what goes beyond. All memories of the sandbox count together, so that many
/// small ones give no more than one large one; and so does what the host keeps for it, so that it cannot hoard there.
pub(crate) struct Limiter {
    limit: usize,
    memory: usize,
    kept: usize,
    peak: usize,
    refused: bool,
}

impl Limiter {
    pub(crate) fn new(limit: usize) -> Self {
        Limiter { limit, memory: 0, kept: 0, peak: 0, refused: false }
    }

    /// The largest memory so far, in bytes.
    pub(crate) fn peak(&self) -> u64 {
        self.peak as u64
    }

    /// How much memory may still be added, in bytes.
    pub(crate) fn left(&self) -> u64 {
        self.limit.saturating_sub(self.memory.saturating_add(self.kept)) as u64
    }

    /// Counts what the host keeps for the guest at the moment, in bytes, beside its memories; whether it fits.
    pub(crate) fn keep(&mut self, kept: usize) -> bool {
        self.kept = kept;
        let total = self.memory.saturating_add(kept);
        self.peak = self.peak.max(total.min(self.limit));
        self.refused |= total > self.limit;
        total <= self.limit
    }

    /// Whether a growth was ever refused: a guest that traps afterwards has most likely run out of memory.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.memory.saturating_sub(current).saturating_add(desired);
        let fits = total.saturating_add(self.kept) <= self.limit && maximum.is_none_or(|maximum| desired <= maximum);
        if fits {
            self.memory = total;
            self.peak = self.peak.max(total.saturating_add(self.kept));
        } else {
            self.refused = true;
        }
        Ok(fits)
    }

    fn table_growing(&mut self, _: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let fits = desired <= ceiling::TABLE_ELEMENTS as usize && maximum.is_none_or(|maximum| desired <= maximum);
        self.refused |= !fits;
        Ok(fits)
    }

    fn instances(&self) -> usize {
        ceiling::CORE_INSTANCES as usize
    }

    fn tables(&self) -> usize {
        ceiling::TABLES as usize
    }

    fn memories(&self) -> usize {
        ceiling::MEMORIES as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_count_together_and_the_peak_stays() {
        let mut limiter = Limiter::new(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(!limiter.memory_growing(0, 50, None).unwrap(), "a second memory beyond the sum");
        assert!(limiter.memory_growing(0, 40, None).unwrap());
        assert_eq!((limiter.peak(), limiter.left(), limiter.refused()), (100, 0, true));
    }

    #[test]
    fn what_the_host_keeps_counts_with_them() {
        let mut limiter = Limiter::new(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap() && limiter.keep(30));
        assert_eq!((limiter.peak(), limiter.left()), (90, 10));
        assert!(!limiter.memory_growing(60, 80, None).unwrap() && limiter.keep(0));
        assert!(limiter.memory_growing(60, 80, None).unwrap() && !limiter.keep(30));
        assert_eq!((limiter.peak(), limiter.left(), limiter.refused()), (100, 0, true));
    }
}
