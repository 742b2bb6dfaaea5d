//! Loops in the guest code that runs around a call: its allocator, its post-return, a destructor of its resource.

use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 3, name: "loop in realloc, post-return, destructor", run };

const REALLOC: &str = r#"(component
    (core module $m
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (loop $again (br $again)) unreachable)
        (func (export "run") (param i32 i32)))
    (core instance $i (instantiate $m))
    (func (export "run") (param "text" string) (canon lift (core func $i "run")
        (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))"#;

const POST_RETURN: &str = r#"(component
    (core module $m
        (func (export "run") (result i32) (i32.const 1))
        (func (export "after") (param i32) (loop $again (br $again))))
    (core instance $i (instantiate $m))
    (func (export "run") (result u32) (canon lift (core func $i "run") (post-return (core func $i "after")))))"#;

const DESTRUCTOR: &str = r#"(component
    (core module $d (func (export "end") (param i32) (loop $again (br $again))))
    (core instance $d (instantiate $d))
    (type $r (resource (rep i32) (dtor (core func $d "end"))))
    (core func $new (canon resource.new $r))
    (core func $drop (canon resource.drop $r))
    (core module $m
        (import "r" "new" (func $new (param i32) (result i32)))
        (import "r" "drop" (func $drop (param i32)))
        (func (export "run") (call $drop (call $new (i32.const 7)))))
    (core instance $i (instantiate $m (with "r" (instance (export "new" (func $new)) (export "drop" (func $drop))))))
    (func (export "run") (canon lift (core func $i "run"))))"#;

fn run(arena: &Arena) -> Verdict {
    Verdict::of([
        arena.ends_by_fuel_and_by_deadline(REALLOC, r#"{"text": "hello"}"#),
        arena.ends_by_fuel_and_by_deadline(POST_RETURN, "{}"),
        arena.ends_by_fuel_and_by_deadline(DESTRUCTOR, "{}"),
    ])
}
