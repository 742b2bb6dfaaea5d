//! A component with every byte changed, and cut off at every byte: refused or run, and never more than that.

use std::panic::{AssertUnwindSafe, catch_unwind};

use baton_sandbox::SandboxError;

use crate::Call;
use crate::attacks::arena::{little_fuel, wat};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 24, name: "malformed components", run };

/// Small, with all that a component has: a memory, a list, a string, a resource, an import.
const SMALL: &str = r#"(component
    (import "baton:plugin/random@0.1.0" (instance $random
        (export "bytes" (func (param "length" u32) (result (list u8))))))
    (core module $libc (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $libc (instantiate $libc))
    (core func $bytes (canon lower (func $random "bytes")
        (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
    (core module $m
        (import "libc" "memory" (memory 1))
        (import "host" "bytes" (func $bytes (param i32 i32)))
        (table 2 funcref)
        (func (export "run") (param i32 i32) (result i32) (call $bytes (i32.const 8) (i32.const 16)) (i32.const 16)))
    (core instance $i (instantiate $m (with "libc" (instance $libc))
        (with "host" (instance (export "bytes" (func $bytes))))))
    (func (export "run") (param "text" string) (result string) (canon lift (core func $i "run")
        (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))"#;

#[derive(Default)]
struct Tally {
    refused: usize,
    ran: usize,
    first: Option<String>,
}

fn run(arena: &Arena) -> Verdict {
    let whole = wat(SMALL);
    let mut tally = Tally::default();
    for at in 0..whole.len() {
        tally.try_one(arena, &whole[..at]);
        for change in [0x01, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[at] ^= change;
            tally.try_one(arena, &changed);
        }
    }
    assert_eq!(tally.refused + tally.ran, 4 * whole.len());
    assert!(tally.refused > 2 * whole.len(), "{} refused", tally.refused);
    Verdict::contained(format!("{} refused, {} ran", tally.refused, tally.ran), tally.first.unwrap())
}

impl Tally {
    fn try_one(&mut self, arena: &Arena, component: &[u8]) {
        match catch_unwind(AssertUnwindSafe(|| attempt(arena, component))) {
            Ok(Ok(())) => self.ran += 1,
            Ok(Err(error)) => {
                self.refused += 1;
                self.first.get_or_insert_with(|| error.to_string());
            }
            Err(_) => panic!("the host panicked on {component:02x?}"),
        }
    }
}

fn attempt(arena: &Arena, component: &[u8]) -> Result<(), SandboxError> {
    let loaded = arena.load(component)?;
    let Some(function) = loaded.functions().first() else { return Ok(()) };
    let call = Call { input: r#"{"text": "hello"}"#.to_owned(), limits: little_fuel(), ..Call::default() };
    let target = baton_sandbox::Target::Tool(function.name.clone());
    let invocation = baton_sandbox::Invocation { target, ..arena.bench().invocation(call) };
    let tape = baton_journal::Tape::empty();
    arena.block_on(arena.bench().sandbox.invoke(&loaded, invocation.into(), tape, &arena.bench().backends)).map(drop)
}
