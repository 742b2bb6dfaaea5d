//! Floods of async tasks and streams: the engine has none, so a component that wants any is refused.

use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 9, name: "async tasks, streams, futures", run };

const ASYNC_EXPORT: &str = r#"(component
    (core module $m (func (export "run") (result i32) (i32.const 0))
        (func (export "callback") (param i32 i32 i32) (result i32) (i32.const 0)))
    (core instance $i (instantiate $m))
    (func (export "run") async
        (canon lift (core func $i "run") async (callback (core func $i "callback")))))"#;

const ASYNC_IMPORT: &str = r#"(component (import "wait" (func async)))"#;

const STREAM: &str = r#"(component (import "feed" (func (param "bytes" (stream u8)))))"#;

const FUTURE: &str = r#"(component (import "feed" (func (param "later" (future u8)))))"#;

fn run(arena: &Arena) -> Verdict {
    let refused = [ASYNC_EXPORT, ASYNC_IMPORT, STREAM, FUTURE].map(|text| arena.refused_at_load(text, "async"));
    let first = Verdict::of(refused);
    Verdict::no_surface("async components are refused at load", first.error)
}
