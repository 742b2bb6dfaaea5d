//! Hostile guests in a few lines each, and an honest one: for measuring. It does not know what is measured.

use super::arena::wat;
use super::cpu::{SLEEPS_FOREVER, asks_forever};
use super::memory::{FLOODS_STDOUT, KEEPS_HANDLES};

/// Computes without end.
pub(crate) const LOOPS: &str = r#"(component
    (core module $m (func (export "run") (loop $again (br $again))))
    (core instance $i (instantiate $m))
    (func (export "run") (canon lift (core func $i "run"))))"#;

/// Waits without end.
pub(crate) const SLEEPS: &str = SLEEPS_FOREVER;

/// Computes for a tenth of a millisecond.
pub(crate) const HONEST: &str = r#"(component
    (core module $m (func (export "run") (result i32) (local $left i32)
        (local.set $left (i32.const 100000))
        (loop $again (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (i32.const 1)))
    (core instance $i (instantiate $m))
    (func (export "run") (result u32) (canon lift (core func $i "run"))))"#;

/// Fills all its memory again and again.
const FILLS: &str = r#"(component
    (core module $m (memory 1000)
        (func (export "run") (loop $again
            (memory.fill (i32.const 0) (i32.const 1) (i32.const 65000000)) (br $again))))
    (core instance $i (instantiate $m))
    (func (export "run") (canon lift (core func $i "run"))))"#;

/// Breaks at once, with all its memory touched.
const BREAKS: &str = r#"(component
    (core module $m (memory 200)
        (func (export "run") (memory.fill (i32.const 0) (i32.const 1) (i32.const 13000000)) unreachable))
    (core instance $i (instantiate $m))
    (func (export "run") (canon lift (core func $i "run"))))"#;

/// Seven hostile ones, each in another way.
pub(crate) fn all() -> [Vec<u8>; 7] {
    [LOOPS, SLEEPS, FILLS, BREAKS, KEEPS_HANDLES, FLOODS_STDOUT, &asks_forever()].map(component)
}

/// The component of one of them.
pub(crate) fn component(text: &str) -> Vec<u8> {
    wat(text)
}
