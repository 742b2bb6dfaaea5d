//! Expressions that compute without end or make values without end.

use std::time::Duration;

use serde_json::json;

use crate::attacks::arena::timed;
use crate::attacks::documents::evaluate;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 58, name: "expression bombs", run };

/// Time for one expression, on a machine that is busy and in a build for tests.
const SOON: Duration = Duration::from_secs(10);

fn run(arena: &Arena) -> Verdict {
    let list = "[1,2,3,4,5,6,7,8,9,10]";
    let doubled = format!("['x']{}", ".map(s, s + s)".repeat(40));
    let items = format!("[input.many]{}", ".map(l, l + l)".repeat(30));
    let nested = format!("{}1{}", format!("{list}.map(x, ").repeat(12), ")".repeat(12));
    let pairs = "input.many.map(a, input.many.map(b, a + b))".to_owned();
    let keys = format!("[{{'k': 1}}]{}", ".map(m, {'a': m, 'b': m})".repeat(40));
    let split = "input.text.split('').map(a, input.text.split(''))".to_owned();
    let bombs = [doubled, items, nested, pairs, keys, split];
    let refused = bombs.map(|expression| check(arena, &expression));
    let unknown = ["range(1000000000000)", "env.HOME", "input.constructor.constructor('x')()", "[1].reduce(a, a)"];
    Verdict::of(refused).and(Verdict::of(unknown.map(|expression| check(arena, expression))))
}

fn check(arena: &Arena, expression: &str) -> Verdict {
    let input = json!({ "many": vec![1; 5_000], "text": "x".repeat(5_000) });
    let (refusal, took) = arena.watch(|| (timed(|| evaluate(expression, &input).expect_err(expression)), 0));
    assert!(took < SOON, "{took:?}: {expression}");
    Verdict::contained("refused", refusal)
}
