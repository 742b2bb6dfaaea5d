//! Fifteen good releases, and then one that asks for more. Each is another component, so each waits for the operator; the last
//! says what it would be able to do.

use crate::attacks::release::{FACTS, Operator};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 31, name: "an update that asks for more", run };

const GOOD: u32 = 15;

/// What the sixteenth asks for.
const MORE: &str =
    "state = [\"agent\", \"shared:clients\"]\ntools = [\"bank/*\"]\nhttp = [\"* https://*.example/*\"]\n";

fn run(arena: &Arena) -> Verdict {
    let operator = Operator::new(arena);
    for number in 2..=GOOD {
        operator.release(number, FACTS);
        operator.run(&["grants", "accept", "mail", "--yes"], 0);
    }
    operator.run(&["run"], 0);
    operator.release(GOOD + 1, FACTS);
    assert!(operator.refused().contains("component sha256:"), "another component of the same asks");
    operator.release(GOOD + 1, &FACTS.replace("state = [\"agent\"]\n", MORE));
    let told = operator.refused();
    for more in [
        "+ asks state = [\"shared:clients\"]",
        "+ asks tools = [\"bank/*\"]",
        "+ asks http = [\"* https://*.example/*\"]",
    ] {
        assert!(told.contains(more), "{more}: {told}");
    }
    assert!(operator.run(&["grants"], 0).contains("https://*.example/*"));
    Verdict::contained("waits for the operator", told.lines().next().unwrap())
}
