//! Tables that are too large, too many, or grow without end.

use baton_journal::Limit;

use crate::Call;
use crate::attacks::arena::wat;
use crate::attacks::{Arena, Attack, Trial, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 12, name: "tables", run };

fn run(arena: &Arena) -> Verdict {
    let grown = tables(arena, "(table 0 funcref)", "(table.grow (ref.null func) (i32.const 1))");
    assert!(grown.completed().is_null(), "growth answers -1 in the end");
    Verdict::of([
        refused(arena, "(table 9000000 funcref)"),
        refused(arena, &"(table 1 funcref)".repeat(33)),
        arena.refused_at_load(&component("(table i64 10 funcref)", "(i32.const -1)"), "memory64"),
    ])
}

/// Grows a table until it is told -1.
fn tables(arena: &Arena, tables: &str, grow: &str) -> Trial {
    arena.text(&component(tables, grow), Call::default())
}

/// Refused when it is loaded, or when its sandbox is made.
fn refused(arena: &Arena, tables: &str) -> Verdict {
    let text = component(tables, "(i32.const -1)");
    match arena.load(&wat(&text)) {
        Err(error) => Verdict::contained("refused at load", error),
        Ok(_) => arena.text(&text, Call::default()).exhausted(Limit::Memory),
    }
}

fn component(tables: &str, grow: &str) -> String {
    format!(
        r#"(component
            (core module $m {tables}
                (func (export "run") (loop $again (br_if $again (i32.ne {grow} (i32.const -1))))))
            (core instance $i (instantiate $m))
            (func (export "run") (canon lift (core func $i "run"))))"#
    )
}
