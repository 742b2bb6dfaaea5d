//! Components that are small and take for ever to compile: loops in loops, one huge function, many tiny ones, a huge table of
//! jumps, types without end. They are compiled in a process that can be killed, and the host stays as it is.

use std::fmt::Write as _;
use std::time::Duration;

use baton_policy::Bytes;
use baton_sandbox::{CompileLimits, Options, Sandbox};

use crate::attacks::arena::wat;
use crate::attacks::{Arena, Attack, Verdict, timed};
use crate::worker;

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 23, name: "compile bombs", run };

/// What compiling may take here. A project's limits are minutes, because large components of honest toolchains take one.
const LITTLE: CompileLimits =
    CompileLimits { cpu: Duration::from_secs(2), memory: Bytes(256 << 20), wall: Duration::from_secs(10) };

/// The most that the host waits for a compiler that is killed at its limits.
const PATIENCE: Duration = Duration::from_secs(15);

fn run(arena: &Arena) -> Verdict {
    let sandbox = Sandbox::new(Options { cache: None, worker: Some(worker()), compile: LITTLE }).unwrap();
    let must_be_killed = [nested_loops(2_000, 1_000), huge_function(400_000), tiny_functions(200_000)];
    let killed = must_be_killed.map(|bomb| refused(arena, &sandbox, &bomb));
    for bomb in [jumps(200_000), types(60_000), nested_blocks(100_000)] {
        let (_, took) = timed(|| arena.watch(|| (sandbox.load("guest", &bomb).map(drop), 0)));
        assert!(took < PATIENCE, "refused or compiled after {took:?}");
    }
    assert!(sandbox.load("guest", &wat("(component)")).is_ok(), "nothing else is compiled any more");
    Verdict::of(killed)
}

fn refused(arena: &Arena, sandbox: &Sandbox, bomb: &[u8]) -> Verdict {
    let (loaded, took) = timed(|| arena.watch(|| (sandbox.load("guest", bomb).map(drop), 0)));
    let error = loaded.expect_err("it was compiled");
    assert!(took < PATIENCE, "{error} after {took:?}");
    Verdict::contained("the compiler is killed", error)
}

/// A component with a core module of these fields.
fn module(fields: &str) -> Vec<u8> {
    wat(&format!("(component (core module {fields}))"))
}

/// Values that live through all loops.
fn nested_loops(loops: usize, locals: usize) -> Vec<u8> {
    let mut body = "(loop ".repeat(loops);
    for local in 0..locals {
        write!(body, "(local.set {local} (i32.add (local.get {local}) (local.get {})))", (local + 1) % locals).unwrap();
    }
    body.push_str(&"(br_if 0 (local.get 0)))".repeat(loops));
    module(&format!("(func (export \"bomb\") {} {body})", "(local i32) ".repeat(locals)))
}

fn huge_function(additions: usize) -> Vec<u8> {
    let body = "local.get 0 i32.const 7 i32.add local.set 0 ".repeat(additions);
    module(&format!("(func (export \"bomb\") (param i32) {body})"))
}

fn tiny_functions(count: usize) -> Vec<u8> {
    module(&"(func)".repeat(count))
}

fn jumps(targets: usize) -> Vec<u8> {
    module(&format!("(func (export \"bomb\") (param i32) (block (br_table {} (local.get 0))))", "0 ".repeat(targets)))
}

fn types(count: usize) -> Vec<u8> {
    module(&"(type (func (param i32 i64 f32 f64) (result i32 i64)))".repeat(count))
}

fn nested_blocks(depth: usize) -> Vec<u8> {
    let (mut body, end) = ([0x02, 0x40].repeat(depth), vec![0x0b; depth + 1]);
    body.extend(end);
    let body = [&[0x00], body.as_slice()].concat();
    let sections = [
        section(1, &[1, 0x60, 0, 0]),
        section(3, &[1, 0]),
        section(10, &[&[1], leb(body.len()).as_slice(), &body].concat()),
    ];
    let core = [b"\0asm\x01\0\0\0".as_slice(), &sections.concat()].concat();
    [b"\0asm\x0d\0\x01\0".as_slice(), &section(1, &core)].concat()
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id], leb(content.len()).as_slice(), content].concat()
}

/// A length as the format has it: seven bits a byte.
fn leb(mut length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while length > 0x7f {
        bytes.push(0x80 | u8::try_from(length & 0x7f).unwrap());
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
    bytes
}
