//! A guest that calls itself without end.

use baton_journal::{Limit, Outcome};

use crate::Call;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 17, name: "recursion in the guest", run };

/// Nothing of its own stack is in memory, so the engine's is what ends.
const PURE: &str = r#"(component
    (core module $m (func $deeper (export "run") (call $deeper) (call $deeper)))
    (core instance $i (instantiate $m))
    (func (export "run") (canon lift (core func $i "run"))))"#;

fn run(arena: &Arena) -> Verdict {
    let rust = arena.guest("recurses", Call::default());
    assert!(matches!(rust.outcome(), Outcome::Trapped { .. } | Outcome::Exhausted { limit: Limit::Stack, .. }));
    arena.text(PURE, Call::default()).exhausted(Limit::Stack).and(Verdict::contained("trap", rust.outcome()))
}
