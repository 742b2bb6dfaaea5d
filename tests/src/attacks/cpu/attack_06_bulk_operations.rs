//! One huge operation after the other: filling and copying memory, filling a table.

use std::time::Duration;

use baton_journal::Limit;

use crate::Call;
use crate::attacks::arena::{little_fuel, little_time, wat};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 6, name: "bulk operations", run };

/// One operation runs to its end, and the memory limit bounds it: this is what 64 MiB take on a machine that is busy.
const ONE_OPERATION: Duration = Duration::from_millis(500);

fn run(arena: &Arena) -> Verdict {
    let whole = "(i32.const 67000000)"; // of 64 MiB
    let operations = [
        format!("(memory.fill (i32.const 0) (i32.const 1) {whole})"),
        format!("(memory.copy (i32.const 8) (i32.const 0) {whole})"),
        "(table.fill (i32.const 0) (ref.null func) (i32.const 20000))".to_owned(),
        "(table.copy (i32.const 0) (i32.const 1) (i32.const 19999))".to_owned(),
    ];
    Verdict::of(operations.map(|operation| ends(arena, &repeating(&operation))))
}

fn ends(arena: &Arena, component: &str) -> Verdict {
    let guest = arena.bench().load(&wat(component));
    let call = Call { function: Some("run"), input: "{}".to_owned(), limits: little_fuel(), ..Call::default() };
    let by_fuel = arena.call(&guest, call.clone()).exhausted(Limit::Fuel);
    by_fuel.and(arena.stopped_within(ONE_OPERATION, &guest, &Call { limits: little_time(), ..call }))
}

fn repeating(operation: &str) -> String {
    format!(
        r#"(component
            (core module $m (memory 1024) (table 20000 funcref)
                (func (export "run") (loop $again {operation} (br $again))))
            (core instance $i (instantiate $m))
            (func (export "run") (canon lift (core func $i "run"))))"#
    )
}
