//! Memory and tables of one sandbox, counted and capped. It does not know where the cap comes from.

use baton_policy::ceiling;
use wasmtime::ResourceLimiter;

/// Counts what the guest holds and refuses what goes beyond. All memories of the sandbox count together, so that many
/// small ones give no more than one large one.
pub(crate) struct Limiter {
    limit: usize,
    memory: usize,
    peak: usize,
    refused: bool,
}

impl Limiter {
    pub(crate) fn new(limit: usize) -> Self {
        Limiter { limit, memory: 0, peak: 0, refused: false }
    }

    /// The largest memory so far, in bytes.
    pub(crate) fn peak(&self) -> u64 {
        self.peak as u64
    }

    /// How much memory may still be added, in bytes.
    pub(crate) fn left(&self) -> u64 {
        (self.limit - self.memory) as u64
    }

    /// Whether a growth was ever refused: a guest that traps afterwards has most likely run out of memory.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.memory.saturating_sub(current).saturating_add(desired);
        let fits = total <= self.limit && maximum.is_none_or(|maximum| desired <= maximum);
        if fits {
            self.memory = total;
            self.peak = self.peak.max(total);
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
}
