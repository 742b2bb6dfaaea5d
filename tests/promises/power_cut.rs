//! A power cut takes nothing that was acknowledged. `scoreboard power-cut --count 1000` cuts more often.

use baton_tests::disk::{Operation, Syncs};
use baton_tests::power_cut::{Tally, Worked, cut};

async fn cuts(count: u64, syncs: Syncs) -> (Tally, Vec<String>) {
    let mut told = Vec::new();
    let tally = cut(0, count, syncs, |problem| told.push(problem)).await;
    (tally, told)
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_a_power_cut() {
    let (tally, told) = cuts(200, Syncs::Honest).await;
    assert!(tally.is_clean(), "{tally:?}\n{}", told.join("\n"));
    assert!(tally.acknowledged > 1000 && tally.damaged > 1000, "the cuts had nothing to destroy: {tally:?}");
}

#[tokio::test]
async fn a_disk_that_only_says_that_it_has_synced_is_found_out() {
    let (tally, told) = cuts(40, Syncs::Ignored).await;
    assert!(tally.lost > 0 && !told.is_empty(), "{tally:?}");
}

#[tokio::test]
async fn the_work_copies_its_log_while_it_runs_and_when_it_closes() {
    let log = Worked::with(3).await.recording.log;
    let of = |wanted: fn(&Operation) -> bool| log.iter().filter(|operation| wanted(operation)).count();
    let copied = of(|operation| matches!(operation, Operation::Sync(file) if file == "baton.db"));
    let closed = of(|operation| matches!(operation, Operation::Delete(file) if file == "baton.db-wal"));
    assert!(closed >= 2 && copied > closed, "copied {copied} times, closed {closed} times");
}
