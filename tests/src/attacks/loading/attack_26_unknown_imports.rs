//! Imports that nothing provides: unknown, private, of another version, or not for agents.

use crate::attacks::arena::wat;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 26, name: "unknown imports", run };

const IMPORTS: [&str; 7] = [
    "acme:vault/secrets@1.0.0",
    "baton:plugin/state@0.2.0",
    "baton:plugin/journal@0.1.0",
    "baton:plugin/agent@0.1.0",
    "wasi:cli/environment@0.3.0",
    "wasi:nn/graph@0.2.0",
    "env",
];

fn run(arena: &Arena) -> Verdict {
    let refused = IMPORTS.map(|import| {
        let text = format!(r#"(component (import "{import}" (instance (export "get" (func (result string))))))"#);
        named(arena, &text, import)
    });
    Verdict::of(refused).and(missing_function(arena)).and(of_another_type(arena))
}

fn named(arena: &Arena, component: &str, import: &str) -> Verdict {
    let error = arena.load(&wat(component)).err().unwrap_or_else(|| panic!("{import} was provided"));
    let hint = error.hint().unwrap_or_default();
    assert!(error.to_string().contains(import) && !hint.is_empty(), "{error} ({hint})");
    Verdict::contained("refused at load", error)
}

/// The interface is there; this function of it is not.
fn missing_function(arena: &Arena) -> Verdict {
    let text = r#"(component (import "baton:plugin/clock@0.1.0" (instance (export "set" (func (param "to" u64))))))"#;
    named(arena, text, "baton:plugin/clock@0.1.0")
}

fn of_another_type(arena: &Arena) -> Verdict {
    let text = r#"(component (import "baton:plugin/clock@0.1.0" (instance (export "now" (func (result string))))))"#;
    named(arena, text, "baton:plugin/clock@0.1.0")
}
