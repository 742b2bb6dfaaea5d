//! Random numbers. An agent's follow from the seed of its run: they are no secret from whoever may read the run.

use crate::bindings::baton::plugin::random as host;

/// That many random bytes, at most 65,536 (a greater length is cut to that).
pub fn bytes(length: u32) -> Vec<u8> {
    host::bytes(length)
}

/// A random number, each as likely as any other.
pub fn number() -> u64 {
    bytes(8).into_iter().fold(0, |number, byte| number << 8 | u64::from(byte))
}
