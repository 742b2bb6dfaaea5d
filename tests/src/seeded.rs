//! Numbers that follow from a seed (SplitMix64), and changes of samples that follow from them. It does not know what the
//! samples are.

/// A source of numbers.
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Seeded(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number below another one; 0 if there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 1).unwrap_or_default().checked_rem(end).unwrap_or_default()
    }

    pub(crate) fn bytes(&mut self, words: usize) -> Vec<u8> {
        (0..words).flat_map(|_| self.next().to_le_bytes()).collect()
    }

    /// A sample with one to eight changes: bytes turned, parts lost, repeated, or taken from another sample.
    pub(crate) fn changed(&mut self, samples: &[&[u8]]) -> Vec<u8> {
        let mut bytes = samples[self.below(samples.len())].to_vec();
        for _ in 0..=self.below(8) {
            self.change(&mut bytes, samples);
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, samples: &[&[u8]]) {
        let at = self.below(bytes.len());
        let end = (at + self.below(24)).min(bytes.len());
        match self.below(5) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                let times = 1 << self.below(8);
                drop(bytes.splice(at..at, part.repeat(times)));
            }
            3 => bytes.insert(at, self.next() as u8),
            _ => {
                let other = samples[self.below(samples.len())];
                let from = self.below(other.len());
                drop(bytes.splice(at..end, other[from..(from + 24).min(other.len())].iter().copied()));
            }
        }
    }
}
