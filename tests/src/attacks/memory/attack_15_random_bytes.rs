//! Random bytes without end.

use crate::Call;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 15, name: "random bytes", run };

/// Asks for as many random bytes as the number can say, and tells how many came.
fn component(interface: &str, function: &str, parameter: &str, ty: &str, core: &str) -> String {
    format!(
        r#"(component
            (import "{interface}" (instance $random
                (export "{function}" (func (param "{parameter}" {ty}) (result (list u8))))))
            (core module $libc (memory (export "memory") 4)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536)))
            (core instance $libc (instantiate $libc))
            (core func $bytes (canon lower (func $random "{function}")
                (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
            (core module $m
                (import "libc" "memory" (memory 4))
                (import "host" "bytes" (func $bytes (param {core} i32)))
                (func (export "run") (result i32)
                    (call $bytes ({core}.const -1) (i32.const 8)) (i32.load (i32.const 12))))
            (core instance $i (instantiate $m (with "libc" (instance $libc))
                (with "host" (instance (export "bytes" (func $bytes))))))
            (func (export "run") (result u32) (canon lift (core func $i "run"))))"#
    )
}

fn run(arena: &Arena) -> Verdict {
    let ours = component("baton:plugin/random@0.1.0", "bytes", "length", "u32", "i32");
    assert_eq!(arena.text(&ours, Call::default()).completed(), 65_536, "as many as the contract promises");
    let wasi = |interface| component(interface, "get-random-bytes", "len", "u64", "i64");
    let insecure = component("wasi:random/insecure@0.2.0", "get-insecure-random-bytes", "len", "u64", "i64");
    Verdict::of([
        arena.text(&wasi("wasi:random/random@0.2.0"), Call::default()).trapped("exceeds limit 65536"),
        arena.text(&insecure, Call::default()).trapped("exceeds limit 65536"),
        Verdict::contained("capped at 64 KiB", ""),
    ])
}
