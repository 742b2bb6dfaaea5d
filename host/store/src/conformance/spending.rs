//! What runs may cost together: what is set aside when they begin, and what counts when they have ended.

use baton_journal::{Admission, Allowance, Claim, Event, Store, StoreError, Timestamp};

use super::sample::*;
use super::{Case, cases};

/// The cases.
pub(super) fn all() -> Vec<Case> {
    cases![
        what_is_set_aside_is_not_there_for_others,
        a_run_that_has_ended_counts_with_what_it_has_cost,
        a_run_counts_for_the_period_in_which_it_began,
        what_a_run_has_cost_stays_known_when_it_is_removed,
    ]
}

/// A run that sets something aside of a budget of 100 for all that began since a time.
async fn begun(store: &dyn Store, run: u128, reserved: u64, since: u64) -> Result<Claim, StoreError> {
    let Event::RunStarted(mut header) = started() else { panic!("a run begins with its header") };
    let allowance = Some(Allowance { since: Timestamp(since), micro_usd: 100, reserved });
    header.admission = Admission { allowance, ..Admission::default() };
    store.create(run_id(run), at(u64::try_from(run).unwrap()), Event::RunStarted(header)).await.map(|(claim, _)| claim)
}

fn left(refused: Result<Claim, StoreError>) -> u64 {
    match refused {
        Err(StoreError::Overdrawn { left, .. }) => left,
        other => panic!("{other:?}"),
    }
}

/// An invocation that costs something, from its beginning to its end.
async fn pay(store: &dyn Store, claim: &Claim, cost: u64) {
    for mut event in [invocation_started(), invocation_ended("1")] {
        if let Event::InvocationEnded { usage, .. } = &mut event {
            usage.micro_usd = cost;
        }
        store.append(claim, at(500), event).await.unwrap();
    }
}

async fn end(store: &dyn Store, claim: &Claim) {
    store.append(claim, at(900), run_ended()).await.unwrap();
}

async fn what_is_set_aside_is_not_there_for_others(store: &dyn Store) {
    let first = begun(store, 1, 60, 0).await.unwrap();
    assert_eq!(left(begun(store, 2, 60, 0).await), 40);
    assert_eq!(store.runs(9).await.unwrap().len(), 1, "nothing began");
    begun(store, 3, 40, 0).await.unwrap();
    assert_eq!(left(begun(store, 4, 1, 0).await), 0);
    begin(store, &run_id(5)).await; // what costs nothing
    pay(store, &first, 30).await;
    assert_eq!(left(begun(store, 4, 1, 0).await), 0, "it is still set aside");
}

async fn a_run_that_has_ended_counts_with_what_it_has_cost(store: &dyn Store) {
    let first = begun(store, 1, 60, 0).await.unwrap();
    pay(store, &first, 25).await;
    end(store, &first).await;
    assert_eq!(left(begun(store, 2, 80, 0).await), 75);
    let second = begun(store, 2, 70, 0).await.unwrap();
    pay(store, &second, 90).await;
    assert_eq!(left(begun(store, 3, 1, 0).await), 0, "more was allowed than was set aside");
}

async fn a_run_counts_for_the_period_in_which_it_began(store: &dyn Store) {
    begun(store, 1, 60, 0).await.unwrap();
    assert_eq!(left(begun(store, 2, 60, 0).await), 40);
    begun(store, 2, 60, at(2).0).await.unwrap();
}

async fn what_a_run_has_cost_stays_known_when_it_is_removed(store: &dyn Store) {
    let first = begun(store, 1, 60, 0).await.unwrap();
    pay(store, &first, 50).await;
    end(store, &first).await;
    store.release(first).await.unwrap();
    store.remove(run_id(1)).await.unwrap();
    assert_eq!(left(begun(store, 2, 60, 0).await), 50);
}
