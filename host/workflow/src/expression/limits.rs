//! How much an expression may be, and what one evaluation may cost. It does not know what is counted.

/// The limits of expressions. Each of them is finite, and none is a time: what an evaluation may cost is counted, so that
/// it ends at the same place on every machine, also when a run is replayed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The longest text, in bytes.
    pub(crate) length: usize,
    /// How deep brackets may nest.
    pub(crate) brackets: usize,
    /// How many operators, dots and commas there may be: a chain of them becomes a tree as deep as the chain is long.
    pub(crate) operators: usize,
    /// How deep the parsed tree may be.
    pub(crate) depth: usize,
    /// What one evaluation may cost: a unit for each node visited, each element made or compared, and each
    /// [`BYTES_PER_UNIT`] bytes of text.
    pub(crate) work: u64,
    /// How many bytes of new values one evaluation may make, those that it drops again included.
    pub(crate) made: usize,
}

/// The limits of every workflow.
///
/// Longer logic than 4 KiB, or a deeper one than 32 brackets, belongs into a tool, where it can be tested; the
/// specification asks for 32, and people stop reading at five. A mapping over ten thousand documents takes a twentieth of
/// the work; a nest of loops ends within a second. What an expression makes is at most a step's input, and few are beyond a
/// megabyte: the limit of work alone would let a bomb hold 400 MB.
pub(crate) const LIMITS: Limits =
    Limits { length: 4096, brackets: 32, operators: 256, depth: 320, work: 4_000_000, made: 8 << 20 };

/// How many bytes of text make a unit of work.
pub(crate) const BYTES_PER_UNIT: usize = 64;
