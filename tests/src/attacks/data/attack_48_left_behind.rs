//! What another guest left behind in the memory, the table or the environment of a sandbox that is used again.

use serde_json::{Value, json};

use crate::Call;
use crate::attacks::arena::wat;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 48, name: "what others left behind", run };

/// Counts the words of its memory and the elements of its table that are not empty, and fills both for the next one.
const SEARCHES: &str = r#"(component
    (core module $m (memory 1) (table $t 100 20000 funcref) (global $g (mut i32) (i32.const 0)) (elem declare func $f)
        (func $f)
        (func (export "run") (result i32) (local $at i32) (local $found i32)
            (drop (memory.grow (i32.const 511)))
            (drop (table.grow $t (ref.null func) (i32.const 19900)))
            (local.set $found (global.get $g))
            (loop $next
                (local.set $found (i32.add (local.get $found)
                    (i64.ne (i64.load (local.get $at)) (i64.const 0))))
                (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 33554432))))
            (local.set $at (i32.const 0))
            (loop $next
                (local.set $found (i32.add (local.get $found)
                    (i32.eqz (ref.is_null (table.get $t (local.get $at))))))
                (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 20000))))
            (memory.fill (i32.const 0) (i32.const 170) (i32.const 33554432))
            (table.fill $t (i32.const 0) (ref.func $f) (i32.const 20000))
            (global.set $g (i32.const 1))
            (local.get $found)))
    (core instance $i (instantiate $m))
    (func (export "run") (result u32) (canon lift (core func $i "run"))))"#;

fn run(arena: &Arena) -> Verdict {
    let guest = arena.bench().load(&wat(SEARCHES));
    let call = Call { function: Some("run"), input: "{}".to_owned(), ..Call::default() };
    for _ in 0..30 {
        assert_eq!(arena.call(&guest, call.clone()).completed(), 0, "something was left");
    }
    let seen = arena.guest("looks_around", Call::default()).completed();
    assert_eq!((&seen["environment"], &seen["arguments"]), (&json!([]), &json!([])));
    assert_eq!(seen["root"], Value::from("closed"));
    Verdict::contained("nothing is left", "")
}
