//! Lines without end, to stdout and to the log.

use baton_journal::{Event, Limit};
use baton_policy::{Fuel, Limits};

use crate::Call;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 19, name: "flood of lines", run };

/// Writes empty lines to stdout without end.
pub(in crate::attacks) const FLOODS: &str = r#"(component
    (import "wasi:io/error@0.2.0" (instance $error (export "error" (type (sub resource)))))
    (alias export $error "error" (type $error))
    (import "wasi:io/streams@0.2.0" (instance $streams
        (export "output-stream" (type $stream (sub resource)))
        (alias outer 1 $error (type $e))
        (export "error" (type $error (eq $e)))
        (type $x (variant (case "last-operation-failed" (own $error)) (case "closed")))
        (export "stream-error" (type $failed (eq $x)))
        (export "[method]output-stream.blocking-write-and-flush"
            (func (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $failed)))))))
    (alias export $streams "output-stream" (type $stream))
    (import "wasi:cli/stdout@0.2.0" (instance $stdout
        (alias outer 1 $stream (type $s))
        (export "output-stream" (type $stream (eq $s)))
        (export "get-stdout" (func (result (own $stream))))))
    (core module $libc (memory (export "memory") 1))
    (core instance $libc (instantiate $libc))
    (core func $get (canon lower (func $stdout "get-stdout")))
    (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
        (memory (core memory $libc "memory"))))
    (core module $m
        (import "libc" "memory" (memory 1))
        (import "host" "get" (func $get (result i32)))
        (import "host" "write" (func $write (param i32 i32 i32 i32)))
        (func (export "run") (local $out i32)
            (memory.fill (i32.const 0) (i32.const 10) (i32.const 4096))
            (local.set $out (call $get))
            (loop $again
                (call $write (local.get $out) (i32.const 0) (i32.const 4096) (i32.const 8192)) (br $again))))
    (core instance $i (instantiate $m (with "libc" (instance $libc)) (with "host" (instance
        (export "get" (func $get)) (export "write" (func $write))))))
    (func (export "run") (canon lift (core func $i "run"))))"#;

fn run(arena: &Arena) -> Verdict {
    let limits = Limits { fuel: Fuel(500_000_000), ..Limits::default() };
    let flood = arena.text(FLOODS, Call { limits, ..Call::default() });
    let verdict = flood.exhausted(Limit::Fuel);
    let calls = arena.guest("chatters", Call { input: r#"{"lines": 100000}"#.to_owned(), ..Call::default() });
    let (lines, bytes, marked) = written(arena);
    assert!(bytes <= 2 << 20 && lines <= 2 * ((1 << 20) / 64) + 2, "{lines} lines, {bytes} bytes");
    assert!(marked, "what was dropped is counted");
    verdict.and(calls.exhausted(Limit::Calls)).and(Verdict::contained("dropped and counted", ""))
}

/// The lines that the journal has, their bytes, and whether it says how many bytes it has not.
fn written(arena: &Arena) -> (usize, usize, bool) {
    let lines: Vec<String> = arena
        .block_on(arena.bench().entries())
        .into_iter()
        .filter_map(|entry| match entry.event {
            Event::Logged { message, .. } => Some(message),
            _ => None,
        })
        .collect();
    let marked = lines.iter().any(|line| line.contains("bytes of lines were dropped"));
    (lines.len(), lines.iter().map(String::len).sum(), marked)
}
