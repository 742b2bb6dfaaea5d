//! A tool, written as text, that calls another one: for attacks that consist of calls. It does not know what it calls.

/// How often a [`caller`] calls.
pub(crate) mod repeats {
    /// Until it is stopped.
    pub(crate) const FOREVER: i32 = i32::MAX;
}

/// A tool that does nothing.
pub(crate) const IDLE: &str = r#"(component
    (core module $m (func (export "run") (result i32) (i32.const 1)))
    (core instance $i (instantiate $m))
    (func (export "run") (result u32) (canon lift (core func $i "run"))))"#;

/// A component whose `run` calls a tool with no arguments, so many times, whatever it is answered.
pub(crate) fn caller(tool: &str, times: i32) -> String {
    component(
        tool,
        &format!(
            "(local $left i32) (local.set $left (i32.const {times}))
         (loop $again
            (call $call (i32.const 16) (i32.const {}) (i32.const 8) (i32.const 2) (i32.const 256))
            (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))",
            tool.len()
        ),
    )
}

/// A component whose `run` calls a tool with no arguments, so many times at once, again and again.
pub(crate) fn spreader(tool: &str, at_once: u32) -> String {
    component(
        tool,
        &format!(
            "(local $at i32) (local.set $at (i32.const 4096))
         (loop $next
            (i32.store (local.get $at) (i32.const 16))
            (i32.store offset=4 (local.get $at) (i32.const {}))
            (i32.store offset=8 (local.get $at) (i32.const 8))
            (i32.store offset=12 (local.get $at) (i32.const 2))
            (local.set $at (i32.add (local.get $at) (i32.const 16)))
            (br_if $next (i32.lt_u (local.get $at) (i32.const {}))))
         (loop $again
            (call $all (i32.const 4096) (i32.const {at_once}) (i32.const 256))
            (br $again))",
            tool.len(),
            4096 + 16 * at_once
        ),
    )
}

fn component(tool: &str, body: &str) -> String {
    format!(
        r#"(component
            (import "baton:plugin/types@0.1.0" (instance $types
                (type $f (variant (case "invalid" string) (case "transient" string)
                    (case "declined" string) (case "permanent" string)))
                (export "failure" (type $failure (eq $f)))
                (type $e (variant (case "denied" string) (case "invalid" string) (case "quota" string)
                    (case "failed" $failure)))
                (export "error" (type (eq $e)))))
            (alias export $types "error" (type $error))
            (import "baton:plugin/tools@0.1.0" (instance $tools
                (alias outer 1 $error (type $outer))
                (export "error" (type $error (eq $outer)))
                (type $c (record (field "name" string) (field "arguments" string)))
                (export "tool-call" (type $call (eq $c)))
                (type $reply (result string (error $error)))
                (export "call" (func (param "call" $call) (result $reply)))
                (export "call-all" (func (param "calls" (list $call)) (result (list $reply))))))
            (core module $libc
                (memory (export "memory") 16)
                (data (i32.const 8) "{{}}") (data (i32.const 16) "{tool}")
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536)))
            (core instance $libc (instantiate $libc))
            (core func $call (canon lower (func $tools "call")
                (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
            (core func $all (canon lower (func $tools "call-all")
                (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
            (core module $m
                (import "libc" "memory" (memory 16))
                (import "host" "call" (func $call (param i32 i32 i32 i32 i32)))
                (import "host" "all" (func $all (param i32 i32 i32)))
                (func (export "run") (result i32) {body} (i32.const 1)))
            (core instance $i (instantiate $m (with "libc" (instance $libc))
                (with "host" (instance (export "call" (func $call)) (export "all" (func $all))))))
            (func (export "run") (result u32) (canon lift (core func $i "run"))))"#
    )
}
