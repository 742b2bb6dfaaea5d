//! Handles that are made and never dropped: of the host's resources, and of the guest's own.

use crate::Call;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 13, name: "handles that are kept", run };

/// Keeps a handle of stdout, again and again.
pub(in crate::attacks) const STREAMS: &str = r#"(component
    (import "wasi:io/streams@0.2.0" (instance $streams (export "output-stream" (type (sub resource)))))
    (alias export $streams "output-stream" (type $stream))
    (import "wasi:cli/stdout@0.2.0" (instance $stdout
        (alias outer 1 $stream (type $s))
        (export "output-stream" (type $stream (eq $s)))
        (export "get-stdout" (func (result (own $stream))))))
    (core func $get (canon lower (func $stdout "get-stdout")))
    (core module $m
        (import "host" "get" (func $get (result i32)))
        (func (export "run") (loop $again (drop (call $get)) (br $again))))
    (core instance $i (instantiate $m (with "host" (instance (export "get" (func $get))))))
    (func (export "run") (canon lift (core func $i "run"))))"#;

const OWN: &str = r#"(component
    (type $r (resource (rep i32)))
    (core func $new (canon resource.new $r))
    (core module $m
        (import "r" "new" (func $new (param i32) (result i32)))
        (func (export "run") (loop $again (drop (call $new (i32.const 7))) (br $again))))
    (core instance $i (instantiate $m (with "r" (instance (export "new" (func $new))))))
    (func (export "run") (canon lift (core func $i "run"))))"#;

fn run(arena: &Arena) -> Verdict {
    Verdict::of([STREAMS, OWN].map(|component| arena.text(component, Call::default()).trapped("")))
}
