//! `scoreboard power-cut`: what is left of a store after power cuts. It does not know how it is worked on.

use super::table::table;
use super::{print, tell};
use crate::disk::Syncs;
use crate::power_cut::{Tally, cut};

/// Cuts between two words of how far it is.
const STRIDE: u64 = 100;

/// Cuts the power so often; whether nothing that was acknowledged was lost.
pub(super) fn run(count: u64, seed: u64) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut tally = Tally::default();
    for first in (0..count).step_by(STRIDE as usize) {
        let some = STRIDE.min(count - first);
        tally += runtime.block_on(cut(seed + first, some, Syncs::Honest, |problem| print(&problem)));
        tell(&format!("{} of {count}", first + some));
    }
    print(&shown(tally));
    tally.is_clean()
}

fn shown(tally: Tally) -> String {
    let row = |what: &str, number: u64| vec![what.to_owned(), number.to_string()];
    table(
        &["power cuts", "number"],
        &[
            row("the power was cut", tally.cuts),
            row("entries acknowledged before the cut", tally.acknowledged),
            row("writes not synced at the cut", tally.unsynced),
            row("of these dropped or torn", tally.damaged),
            row("acknowledged entries lost", tally.lost),
            row("stores that did not open", tally.closed),
            row("stores at no consistent point", tally.inconsistent),
        ],
    )
}
