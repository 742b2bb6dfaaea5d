//! Memory that grows until there is none: one memory, many memories, a memory that begins too large.

use baton_journal::Limit;
use baton_policy::{Bytes, Limits};

use crate::Call;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 11, name: "memory growth", run };

fn run(arena: &Arena) -> Verdict {
    let small = Limits { memory: Bytes(16 << 20), ..Limits::default() };
    let eaten = arena.guest("eats_memory", Call { limits: small, ..Call::default() });
    let of_many = arena.text(&four_memories(), Call::default());
    let held = of_many.ended.as_ref().unwrap().usage.memory_bytes;
    assert!(held <= 64 << 20, "four memories hold {held} bytes together");
    Verdict::of([
        eaten.exhausted(Limit::Memory),
        of_many.exhausted(Limit::Memory),
        arena.text(&component("(memory 4096)", ""), Call::default()).exhausted(Limit::Memory),
        arena.refused_at_load(&component("(memory 1) (memory 1)", ""), "memories"),
        arena.refused_at_load(&component("(memory i64 1)", ""), "memory64"),
        arena.refused_at_load(&component("(memory 1 1 shared)", ""), "threads"),
    ])
}

/// Four instances of a module grow their memories in turn, each until it is refused.
fn four_memories() -> String {
    let grow = "(loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))";
    let instances = "(core instance (instantiate $grows))".repeat(3);
    component("(memory 1)", grow).replacen(
        "(core module $m",
        &format!("(core module $grows (memory 1) (func $start {grow}) (start $start)) {instances} (core module $m"),
        1,
    )
}

fn component(memories: &str, body: &str) -> String {
    format!(
        r#"(component
            (core module $m {memories} (func (export "run") {body}))
            (core instance $i (instantiate $m))
            (func (export "run") (canon lift (core func $i "run"))))"#
    )
}
