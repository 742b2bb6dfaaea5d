//! A loop in a start function, before anything was called.

use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 2, name: "loop in a start function", run };

const STARTS: &str = r#"(component
    (core module $m
        (func $start (loop $again (br $again)))
        (start $start)
        (func (export "run")))
    (core instance $i (instantiate $m))
    (func (export "run") (canon lift (core func $i "run"))))"#;

fn run(arena: &Arena) -> Verdict {
    arena.ends_by_fuel_and_by_deadline(STARTS, "{}")
}
