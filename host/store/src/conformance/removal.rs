//! Removal: a run that has ended goes with all that was only its own, and nothing else goes.

use baton_journal::{Digest, Removed, RunId, Scope, Store, StoreError};

use super::sample::*;
use super::{Case, cases};

/// The cases.
pub(super) fn all() -> Vec<Case> {
    cases![
        an_ended_run_is_removed_with_its_payloads,
        what_another_run_uses_stays,
        the_state_of_a_run_goes_with_it_and_other_state_stays,
        only_a_run_that_ended_and_is_given_back_is_removed,
        a_run_of_thousands_of_entries_is_removed_as_a_whole,
    ]
}

/// A run with a component and a large payload each, ended and given back.
async fn ended(store: &dyn Store, run: &RunId, component: &[u8], payload: &str) {
    store.put_blob(component.to_vec()).await.unwrap();
    let (claim, _) = store.create(run.clone(), at(0), started_with(&[component])).await.unwrap();
    store.append(&claim, at(1), invocation_started()).await.unwrap();
    store.append(&claim, at(2), host_call(0, payload, payload)).await.unwrap();
    store.append(&claim, at(3), run_ended()).await.unwrap();
    store.release(claim).await.unwrap();
}

async fn is_there(store: &dyn Store, bytes: &[u8]) -> bool {
    match store.blob(Digest::of(bytes)).await {
        Ok(found) => found == bytes,
        Err(StoreError::Corrupt { .. }) => false,
        Err(other) => panic!("{other}"),
    }
}

async fn an_ended_run_is_removed_with_its_payloads(store: &dyn Store) {
    ended(store, &run_id(1), b"crm", &large('x')).await;
    let listed = store.runs(9).await.unwrap().remove(0);
    let removed = store.remove(run_id(1)).await.unwrap();
    assert_eq!(removed, Removed { entries: 4, bytes: listed.bytes });
    assert_eq!(store.runs(9).await.unwrap(), []);
    assert!(matches!(store.entries(run_id(1)).await, Err(StoreError::NoSuchRun(_))));
    assert!(matches!(store.claim(run_id(1)).await, Err(StoreError::NoSuchRun(_))));
    assert!(matches!(store.remove(run_id(1)).await, Err(StoreError::NoSuchRun(_))));
    assert!(!is_there(store, b"crm").await && !is_there(store, large('x').as_bytes()).await);
}

async fn what_another_run_uses_stays(store: &dyn Store) {
    ended(store, &run_id(1), b"crm", &large('x')).await;
    ended(store, &run_id(2), b"crm", &large('y')).await;
    let claim = begin(store, &run_id(3)).await;
    store.append(&claim, at(3), host_call(1, &large('x'), "1")).await.unwrap();
    let others = (store.entries(run_id(2)).await.unwrap(), store.entries(run_id(3)).await.unwrap());
    store.remove(run_id(1)).await.unwrap();
    assert!(is_there(store, b"crm").await && is_there(store, large('x').as_bytes()).await);
    assert_eq!((store.entries(run_id(2)).await.unwrap(), store.entries(run_id(3)).await.unwrap()), others);
    store.remove(run_id(2)).await.unwrap();
    assert!(!is_there(store, b"crm").await && is_there(store, large('x').as_bytes()).await);
}

async fn the_state_of_a_run_goes_with_it_and_other_state_stays(store: &dyn Store) {
    let scopes = [Scope::Run(run_id(1)), Scope::Run(run_id(2)), Scope::Agent(run_id(1).to_string()), shared("s")];
    let claim = begin(store, &run_id(1)).await;
    for (sequence, scope) in (1..).zip(&scopes) {
        store.state(&claim, request(sequence, scope.clone(), set("k", "1"))).await.unwrap();
    }
    store.append(&claim, at(3), run_ended()).await.unwrap();
    store.release(claim).await.unwrap();
    store.remove(run_id(1)).await.unwrap();
    assert_eq!(value(store, &scopes[0], "k").await.unwrap(), None);
    for scope in &scopes[1..] {
        assert_eq!(value(store, scope, "k").await.unwrap(), Some("1".to_owned()), "{scope:?}");
    }
}

async fn only_a_run_that_ended_and_is_given_back_is_removed(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    assert!(matches!(store.remove(run_id(1)).await, Err(StoreError::Claimed(_))), "a host drives it");
    store.release(claim).await.unwrap();
    assert!(matches!(store.remove(run_id(1)).await, Err(StoreError::NotEnded(_))));
    let claim = store.claim(run_id(1)).await.unwrap();
    store.append(&claim, at(3), run_ended()).await.unwrap();
    assert!(matches!(store.remove(run_id(1)).await, Err(StoreError::Claimed(_))), "a host still holds it");
    assert_eq!(store.entries(run_id(1)).await.unwrap().len(), 4);
    store.release(claim).await.unwrap();
    store.remove(run_id(1)).await.unwrap();
}

async fn a_run_of_thousands_of_entries_is_removed_as_a_whole(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let lines = (0..2_500).map(|count| store.append(&claim, at(count), line("pure work")));
    for appended in futures_util::future::join_all(lines).await {
        appended.unwrap();
    }
    for sequence in 0..40 {
        let payload = format!("{sequence}{}", large('x'));
        store.append(&claim, at(2_500), host_call(sequence, &payload, "1")).await.unwrap();
    }
    store.append(&claim, at(2_501), run_ended()).await.unwrap();
    store.release(claim).await.unwrap();
    assert_eq!(store.remove(run_id(1)).await.unwrap().entries, 2_544);
    assert!(!is_there(store, format!("7{}", large('x')).as_bytes()).await);
    begin(store, &run_id(2)).await;
    assert_eq!(store.runs(9).await.unwrap().len(), 1);
}
