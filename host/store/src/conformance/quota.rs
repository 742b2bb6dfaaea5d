//! Quotas: a full journal stops its run, and loses nothing.

use baton_journal::{Claim, Entry, Event, Excess, Payload, Quota, RunStatus, Store, StoreError, Taken};

use super::sample::*;
use super::{Case, cases};

/// Room for some entries of a few hundred bytes.
const LITTLE: Quota = Quota { bytes: 20_000, entries: 1_000 };

/// Room for the run's beginning and four more entries.
const FEW: Quota = Quota { bytes: 1 << 20, entries: 7 };

/// The cases.
pub(super) fn all() -> Vec<Case> {
    let by_bytes = cases![
        a_journal_grows_to_its_bytes_and_nothing_is_lost,
        a_large_payload_counts_once_for_a_run,
        a_run_that_is_larger_than_its_quota_does_not_begin,
        the_list_says_what_a_journal_takes_up,
    ];
    let by_entries = cases![
        a_journal_grows_to_its_entries_and_its_run_still_ends,
        what_was_done_outside_is_recorded_even_if_the_journal_is_full,
        a_full_journal_is_no_concern_of_other_runs,
    ];
    let with = |quota| move |case: Case| case.with(quota);
    by_bytes.into_iter().map(with(LITTLE)).chain(by_entries.into_iter().map(with(FEW))).collect()
}

/// Appends lines until the journal is full, and returns how it is.
async fn fill(store: &dyn Store, claim: &Claim) -> Excess {
    loop {
        match store.append(claim, at(5), line(&"l".repeat(700))).await {
            Ok(_) => {}
            Err(StoreError::OverQuota { run, excess }) if run == claim.run => return excess,
            other => panic!("{other:?}"),
        }
    }
}

async fn a_journal_grows_to_its_bytes_and_nothing_is_lost(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let excess = fill(store, &claim).await;
    let Excess::Bytes { used, needed, allowed } = excess else { panic!("{excess:?}") };
    assert!(used <= LITTLE.bytes && needed > LITTLE.bytes && allowed == LITTLE.bytes, "{excess:?}");
    let kept = store.entries(run_id(1)).await.unwrap();
    assert_eq!(bodies(&kept), used, "the bytes of its entries are what it has");
    store.release(claim).await.unwrap();
    let claim = store.claim(run_id(1)).await.unwrap();
    assert_eq!(store.entries(run_id(1)).await.unwrap(), kept);
    store.append(&claim, at(9), run_ended()).await.unwrap();
}

fn bodies(entries: &[Entry]) -> u64 {
    entries.iter().map(|entry| entry.body().len() as u64).sum()
}

async fn a_large_payload_counts_once_for_a_run(store: &dyn Store) {
    let (claim, other) = (begin(store, &run_id(1)).await, begin(store, &run_id(2)).await);
    for sequence in 1..9 {
        store.append(&claim, at(3), host_call(sequence, &large('x'), &large('x'))).await.unwrap();
    }
    store.append(&other, at(3), host_call(1, &large('x'), "1")).await.unwrap();
    store.append(&other, at(3), host_call(2, &large('y'), "1")).await.unwrap();
    store.append(&other, at(3), host_call(3, &large('z'), "1")).await.unwrap();
    let full = store.append(&other, at(3), host_call(4, &large('w'), "1")).await;
    assert!(matches!(full, Err(StoreError::OverQuota { .. })), "each run pays for its own: {full:?}");
}

async fn a_run_that_is_larger_than_its_quota_does_not_begin(store: &dyn Store) {
    let Event::RunStarted(mut header) = started() else { panic!("a run begins with its header") };
    header.plan = Payload::text(format!("\"{}\"", "p".repeat(30_000)));
    let refused = store.create(run_id(1), at(0), Event::RunStarted(header)).await;
    assert!(matches!(refused, Err(StoreError::OverQuota { .. })), "{refused:?}");
    assert_eq!(store.runs(9).await.unwrap(), []);
    begin(store, &run_id(1)).await;
}

async fn the_list_says_what_a_journal_takes_up(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    store.append(&claim, at(3), host_call(1, &large('x'), &large('x'))).await.unwrap();
    let entries = store.entries(run_id(1)).await.unwrap();
    let listed = &store.runs(1).await.unwrap()[0];
    let taken = Taken { entries: listed.entries, bytes: listed.bytes };
    assert_eq!(taken, Taken { entries: 4, bytes: bodies(&entries) + large('x').len() as u64 });
}

async fn a_journal_grows_to_its_entries_and_its_run_still_ends(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    assert_eq!(fill(store, &claim).await, Excess::Entries { allowed: FEW.entries });
    for event in [invocation_started(), host_call(1, "{}", "{}"), intent(1, "{}"), asked()] {
        let refused = store.append(&claim, at(6), event).await;
        assert!(matches!(refused, Err(StoreError::OverQuota { .. })), "{refused:?}");
    }
    assert_eq!(store.entries(run_id(1)).await.unwrap().len() as u64, FEW.entries);
    store.append(&claim, at(7), invocation_ended(&large('x'))).await.unwrap();
    store.append(&claim, at(8), run_ended()).await.unwrap();
    assert_eq!(store.runs(1).await.unwrap()[0].status, RunStatus::Completed);
}

async fn what_was_done_outside_is_recorded_even_if_the_journal_is_full(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    store.append(&claim, at(3), intent(1, "{}")).await.unwrap();
    fill(store, &claim).await;
    for sequence in [0, 2, 11] {
        let refused = store.append(&claim, at(6), host_call(sequence, "{}", "{}")).await;
        assert!(matches!(refused, Err(StoreError::OverQuota { .. })), "no intent of call {sequence}: {refused:?}");
    }
    store.append(&claim, at(6), host_call(1, "{}", &large('x'))).await.unwrap();
    let last = store.entries(run_id(1)).await.unwrap().pop().unwrap();
    assert_eq!(last.event, host_call(1, "{}", &large('x')));
}

async fn a_full_journal_is_no_concern_of_other_runs(store: &dyn Store) {
    let (full, other) = (begin(store, &run_id(1)).await, begin(store, &run_id(2)).await);
    fill(store, &full).await;
    store.append(&other, at(3), line("there is room")).await.unwrap();
    store.state(&full, request(5, shared("s"), set("k", "1"))).await.unwrap();
}
