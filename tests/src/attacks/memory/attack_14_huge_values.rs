//! Strings and lists that are handed to the host and cost it more than the guest.

use baton_journal::Limit;

use crate::Call;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 14, name: "huge strings and lists", run };

/// A line of so many bytes.
fn log(bytes: u32) -> String {
    format!(
        r#"(component
            (import "baton:plugin/log@0.1.0" (instance $log
                (type $l (enum "debug" "info" "warn" "error"))
                (export "level" (type $level (eq $l)))
                (export "write" (func (param "level" $level) (param "message" string)))))
            (core module $libc (memory (export "memory") 1000))
            (core instance $libc (instantiate $libc))
            (core func $write (canon lower (func $log "write") (memory (core memory $libc "memory"))))
            (core module $m
                (import "host" "write" (func $write (param i32 i32 i32)))
                (func (export "run") (call $write (i32.const 0) (i32.const 0) (i32.const {bytes}))))
            (core instance $i (instantiate $m (with "host" (instance (export "write" (func $write))))))
            (func (export "run") (canon lift (core func $i "run"))))"#
    )
}

/// An answer that is a list of so many items, all of zeros.
fn answer(item: &str, count: u32) -> String {
    format!(
        r#"(component
            (core module $m (memory (export "memory") 1000)
                (func (export "run") (result i32)
                    (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const {count}))
                    (i32.const 0)))
            (core instance $i (instantiate $m))
            (func (export "run") (result (list {item}))
                (canon lift (core func $i "run") (memory (core memory $i "memory")))))"#
    )
}

/// Takes a list of records whose fields are all optional, and whose names have so many letters.
fn wide(letters: usize, fields: u32) -> String {
    let name = "f".repeat(letters);
    let fields: String = (0..fields).map(|field| format!("(field \"{name}{field}\" (option u8))")).collect();
    format!(
        r#"(component
            (type $r (record {fields})) (export $record "wide" (type $r))
            (core module $m (memory (export "memory") 1)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
                (func (export "run") (param i32 i32)))
            (core instance $i (instantiate $m))
            (func (export "run") (param "many" (list $record)) (canon lift (core func $i "run")
                (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"#
    )
}

fn run(arena: &Arena) -> Verdict {
    Verdict::of([
        arena.text(&log(60_000_000), Call::default()).exhausted(Limit::Bytes),
        arena.text(&answer("string", 8_000_000), Call::default()).exhausted(Limit::Bytes),
        arena.text(&answer("u8", 60_000_000), Call::default()).exhausted(Limit::Bytes),
        arena.text(&answer("u8", 4_000_000), Call::default()).exhausted(Limit::Bytes),
        arguments(arena, &wide(1, 1_000), "{}", 100_000),
        arguments(arena, &wide(50_000, 1), "{}", 10_000),
        arguments(arena, &wide(1, 1), "[]", 1_000_000),
    ])
}

/// A list of small things that JSON writes in few bytes.
fn arguments(arena: &Arena, component: &str, item: &str, count: usize) -> Verdict {
    let many = vec![item; count].join(",");
    let input = format!("{{\"many\": [{many}]}}");
    arena.text(component, Call { input, ..Call::default() }).refused("more than")
}
