//! Sleeping for as long as a number can say. A tool is stopped at its deadline; for an agent time passes at once.

use baton_policy::{Limits, Wall};

use crate::Call;
use crate::attacks::arena::wat;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 7, name: "sleep forever", run };

/// A tool that waits without end.
pub(in crate::attacks) const SLEEPS: &str = r#"(component
    (import "wasi:io/poll@0.2.0" (instance $poll
        (export "pollable" (type $pollable (sub resource)))
        (export "[method]pollable.block" (func (param "self" (borrow $pollable))))))
    (alias export $poll "pollable" (type $pollable))
    (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
        (alias outer 1 $pollable (type $p))
        (export "pollable" (type $pollable (eq $p)))
        (export "subscribe-duration" (func (param "when" u64) (result (own $pollable))))))
    (core func $after (canon lower (func $clock "subscribe-duration")))
    (core func $block (canon lower (func $poll "[method]pollable.block")))
    (core module $m
        (import "host" "after" (func $after (param i64) (result i32)))
        (import "host" "block" (func $block (param i32)))
        (func (export "run") (call $block (call $after (i64.const -1)))))
    (core instance $i (instantiate $m
        (with "host" (instance (export "after" (func $after)) (export "block" (func $block))))))
    (func (export "run") (canon lift (core func $i "run"))))"#;

fn run(arena: &Arena) -> Verdict {
    let limits = Limits { wall: Wall(60), ..Limits::default() };
    let call = Call { function: Some("run"), input: "{}".to_owned(), limits, ..Call::default() };
    let tool = arena.stopped(&arena.bench().load(&wat(SLEEPS)), &call);
    let century = Call { input: r#"{"ms": 3000000000000}"#.to_owned(), limits, ..Call::default() };
    let slept = arena.guest("sleeps", century).completed();
    assert_eq!(slept, 3_000_000_000_000_u64);
    tool.and(Verdict::contained("no time passes for an agent", ""))
}
