//! An endless loop in an export.

use baton_journal::Limit;

use crate::Call;
use crate::attacks::arena::{little_fuel, little_time};
use crate::attacks::{Arena, Attack, Verdict};
use crate::guest;

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 1, name: "endless loop", run };

fn run(arena: &Arena) -> Verdict {
    let by_fuel = arena.guest("loops", Call { limits: little_fuel(), ..Call::default() });
    let loops = arena.bench().load(&guest("loops"));
    let by_deadline = arena.stopped(&loops, &Call { limits: little_time(), ..Call::default() });
    by_fuel.exhausted(Limit::Fuel).and(by_deadline)
}
