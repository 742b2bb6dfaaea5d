//! Pollables without end, kept or asked again and again.

use baton_journal::Limit;

use crate::Call;
use crate::attacks::arena::{little_fuel, little_time, wat};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 8, name: "poll storm", run };

/// What the guest does with a timer of no time, again and again: `$new` makes one, `$ready` asks it, `$all` polls those
/// whose handles lie in memory.
fn storm(before: &str, again: &str) -> String {
    format!(
        r#"(component
            (import "wasi:io/poll@0.2.0" (instance $poll
                (export "pollable" (type $pollable (sub resource)))
                (export "[method]pollable.ready" (func (param "self" (borrow $pollable)) (result bool)))
                (export "poll" (func (param "in" (list (borrow $pollable))) (result (list u32))))))
            (alias export $poll "pollable" (type $pollable))
            (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
                (alias outer 1 $pollable (type $p))
                (export "pollable" (type $pollable (eq $p)))
                (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
            (core module $libc (memory (export "memory") 2)
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536)))
            (core instance $libc (instantiate $libc))
            (core func $new (canon lower (func $clock "subscribe-duration")))
            (core func $ready (canon lower (func $poll "[method]pollable.ready")))
            (core func $all (canon lower (func $poll "poll")
                (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
            (core module $m
                (import "libc" "memory" (memory 2))
                (import "host" "new" (func $new (param i64) (result i32)))
                (import "host" "ready" (func $ready (param i32) (result i32)))
                (import "host" "all" (func $all (param i32 i32 i32)))
                (func (export "run") (local $one i32) (local $at i32)
                    {before}
                    (loop $again {again} (br $again))))
            (core instance $i (instantiate $m (with "libc" (instance $libc)) (with "host" (instance
                (export "new" (func $new)) (export "ready" (func $ready)) (export "all" (func $all))))))
            (func (export "run") (canon lift (core func $i "run"))))"#
    )
}

/// Two thousand timers, their handles from address 16 on.
const MANY: &str = "(local.set $at (i32.const 16))
    (loop $next
        (i32.store (local.get $at) (call $new (i64.const 0)))
        (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const 8016))))";

/// Asks one timer again and again.
pub(in crate::attacks) fn asks_forever() -> String {
    storm("(local.set $one (call $new (i64.const -1)))", "(drop (call $ready (local.get $one)))")
}

fn run(arena: &Arena) -> Verdict {
    let kept = arena.text(&storm("", "(drop (call $new (i64.const 0)))"), Call::default());
    let polled = storm(MANY, "(call $all (i32.const 16) (i32.const 2000) (i32.const 8))");
    Verdict::of([kept.trapped(""), arena.ends_by_fuel_and_by_deadline(&asks_forever(), "{}"), of_many(arena, &polled)])
}

/// What a list of pollables costs the host is paid for, as far as that a second of fuel is no minute of the host.
fn of_many(arena: &Arena, component: &str) -> Verdict {
    let guest = arena.bench().load(&wat(component));
    let call = Call { function: Some("run"), input: "{}".to_owned(), limits: little_fuel(), ..Call::default() };
    let trial = arena.call(&guest, call.clone());
    assert!(trial.took.as_secs() < 3, "50M fuel took {:?}", trial.took);
    trial.exhausted(Limit::Fuel).and(arena.stopped(&guest, &Call { limits: little_time(), ..call }))
}
