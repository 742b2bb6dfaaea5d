//! YAML that grows, goes round, or means more than it says.

use crate::attacks::documents::plan;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 57, name: "YAML bombs", run };

const HOSTILE: [&str; 12] = [
    "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
    "a: &a [*a]",
    "a: &a { <<: *a }",
    "<<: { workflow: w }",
    "workflow: !!python/object/apply:os.system [id]",
    "workflow: !tag w",
    "%TAG ! tag:evil,2026:\n---\nworkflow: w",
    "workflow: w\nworkflow: v",
    "workflow: w\n---\nworkflow: v",
    "workflow: w\nsteps: { a: { agent: x }, a: { agent: y } }",
    "? [complex, key]\n: 1",
    "workflow: \"\\xff\\0\"",
];

fn run(arena: &Arena) -> Verdict {
    let refused = HOSTILE.map(|text| check(arena, text));
    let laughs: String = (1..30).map(|n| format!("l{n}: &l{n} [*l{0}, *l{0}, *l{0}]\n", n - 1)).collect();
    let large =
        [format!("l0: &l0 lol\n{laughs}"), "a: b\n".repeat(300_000), format!("workflow: {}", "w".repeat(1 << 21))];
    Verdict::of(refused).and(Verdict::of(large.map(|text| check(arena, &text))))
}

fn check(arena: &Arena, text: &str) -> Verdict {
    let problems = arena.watch(|| (plan(text).expect_err(text).to_string(), 0));
    assert!(problems.contains("w.workflow.yaml:") || problems.contains("bytes"), "{problems}");
    Verdict::contained("refused", problems.lines().next().unwrap_or_default())
}
