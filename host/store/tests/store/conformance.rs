//! The suite that every backend passes: journals.

use std::sync::Arc;

use baton_journal::{Chain, Decision, Digest, Event, Payload, RunOutcome, RunStatus, Store, StoreError};

use crate::sample::*;

cases!(
    entries_come_back_as_appended,
    large_payloads_come_back_and_references_must_be_known,
    a_run_begins_once_and_with_its_header,
    time_never_goes_back,
    nothing_follows_the_end,
    a_claim_excludes_others_and_old_claims_are_fenced,
    an_unknown_run_is_named,
    runs_are_listed_newest_first,
    the_status_follows_from_the_events,
    blobs_are_kept_by_digest,
    concurrent_appends_to_many_runs_keep_each_chain,
);

async fn entries_come_back_as_appended(store: &dyn Store) {
    let run = run_id(1);
    let (claim, first) = store.create(run.clone(), at(0), started()).await.unwrap();
    let mut appended = vec![first];
    for event in [invocation_started(), host_call(0, "{}", "{}"), line("a \u{1b}[31m line\0"), run_ended()] {
        appended.push(store.append(&claim, at(5), event).await.unwrap());
    }
    store.flush().await.unwrap();
    assert_eq!(store.entries(run.clone()).await.unwrap(), appended);
    let mut chain = Chain::of(&run);
    appended.iter().for_each(|entry| chain.check(entry).unwrap());
}

async fn large_payloads_come_back_and_references_must_be_known(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let text = large('x');
    let entry = store.append(&claim, at(3), host_call(1, &text, &text)).await.unwrap();
    assert_eq!(store.entries(run_id(1)).await.unwrap().pop().unwrap(), entry);
    let kept = Payload::text(text.as_str()).as_reference();
    let by_reference = |payload: &Payload| Event::RunEnded(RunOutcome::Completed { output: payload.clone() });
    let unknown = Payload::text(large('y')).as_reference();
    let refused = store.append(&claim, at(4), by_reference(&unknown)).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    store.put_blob(text.clone().into_bytes()).await.unwrap();
    store.append(&claim, at(4), by_reference(&kept)).await.unwrap();
    let last = store.entries(run_id(1)).await.unwrap().pop().unwrap();
    assert_eq!(last.event, by_reference(&Payload::text(text)));
}

async fn a_run_begins_once_and_with_its_header(store: &dyn Store) {
    let headless = store.create(run_id(1), at(0), line("no header")).await;
    assert!(matches!(headless, Err(StoreError::Refused(_))));
    let claim = begin(store, &run_id(1)).await;
    assert!(matches!(store.create(run_id(1), at(0), started()).await, Err(StoreError::RunExists(_))));
    assert!(matches!(store.append(&claim, at(0), started()).await, Err(StoreError::Refused(_))));
    assert_eq!(store.entries(run_id(1)).await.unwrap().len(), 3);
}

async fn time_never_goes_back(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    assert_eq!(store.append(&claim, at(90), line("later")).await.unwrap().at, at(90));
    assert_eq!(store.append(&claim, at(10), line("the clock went back")).await.unwrap().at, at(90));
    store.entries(run_id(1)).await.unwrap();
}

async fn nothing_follows_the_end(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    store.append(&claim, at(3), run_ended()).await.unwrap();
    assert!(matches!(store.append(&claim, at(4), line("more")).await, Err(StoreError::Ended(_))));
    store.release(claim).await.unwrap();
    assert!(matches!(store.claim(run_id(1)).await, Err(StoreError::Ended(_))));
    assert_eq!(store.entries(run_id(1)).await.unwrap().len(), 4);
}

async fn a_claim_excludes_others_and_old_claims_are_fenced(store: &dyn Store) {
    let old = begin(store, &run_id(1)).await;
    assert!(matches!(store.claim(run_id(1)).await, Err(StoreError::Claimed(_))));
    store.release(old.clone()).await.unwrap();
    assert!(matches!(store.append(&old, at(3), line("released")).await, Err(StoreError::Fenced(_))));
    let new = store.claim(run_id(1)).await.unwrap();
    assert!(new.epoch > old.epoch);
    assert!(matches!(store.append(&old, at(3), line("taken over")).await, Err(StoreError::Fenced(_))));
    store.release(old).await.unwrap();
    store.append(&new, at(3), line("mine")).await.unwrap();
}

async fn an_unknown_run_is_named(store: &dyn Store) {
    let named = |error: StoreError| matches!(&error, StoreError::NoSuchRun(run) if *run == run_id(7).to_string());
    assert!(named(store.entries(run_id(7)).await.unwrap_err()));
    assert!(named(store.claim(run_id(7)).await.unwrap_err()));
}

async fn runs_are_listed_newest_first(store: &dyn Store) {
    for number in 1..=3 {
        begin(store, &run_id(number)).await;
    }
    let runs = store.runs(2).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.run.clone()).collect::<Vec<_>>(), [run_id(3), run_id(2)]);
    let newest = &runs[0];
    assert_eq!(
        (newest.workflow.as_str(), newest.started, newest.updated, newest.entries),
        ("onboarding", at(0), at(2), 3)
    );
}

async fn the_status_follows_from_the_events(store: &dyn Store) {
    let decided = Event::ApprovalDecided {
        step: "sign_off".to_owned(),
        token: Digest::of(b"question"),
        decision: Decision::Expired,
    };
    let (claim, _) = store.create(run_id(1), at(0), started()).await.unwrap();
    let steps = [
        (invocation_started(), RunStatus::Running),
        (asked(), RunStatus::Running),
        (invocation_ended("1"), RunStatus::Parked),
        (decided, RunStatus::Running),
    ];
    for (event, status) in steps {
        store.append(&claim, at(1), event).await.unwrap();
        assert_eq!(store.runs(1).await.unwrap()[0].status, status);
        store.entries(run_id(1)).await.unwrap();
    }
    store.release(claim).await.unwrap();
    assert_eq!(store.runs(1).await.unwrap()[0].status, RunStatus::Interrupted, "nobody drives it");
    let claim = store.claim(run_id(1)).await.unwrap();
    assert_eq!(store.runs(1).await.unwrap()[0].status, RunStatus::Running);
    store.append(&claim, at(1), run_ended()).await.unwrap();
    assert_eq!(store.runs(1).await.unwrap()[0].status, RunStatus::Completed);
}

async fn blobs_are_kept_by_digest(store: &dyn Store) {
    let bytes = vec![0, 159, 146, 150];
    let digest = store.put_blob(bytes.clone()).await.unwrap();
    assert_eq!(store.put_blob(bytes.clone()).await.unwrap(), digest);
    assert_eq!(store.blob(digest).await.unwrap(), bytes);
    assert!(matches!(store.blob(Digest::of(b"unknown")).await, Err(StoreError::Corrupt { .. })));
}

async fn concurrent_appends_to_many_runs_keep_each_chain(store: &dyn Store) {
    let store = Arc::new(store);
    let append_all = |number: u128| {
        let store = Arc::clone(&store);
        async move {
            let claim = begin(*store, &run_id(number)).await;
            for count in 0..20 {
                store.append(&claim, at(count), line(&format!("{count}"))).await.unwrap();
            }
            store.flush().await.unwrap();
        }
    };
    tokio::join!(append_all(1), append_all(2), append_all(3), append_all(4));
    for number in 1..=4 {
        let entries = store.entries(run_id(number)).await.unwrap();
        let messages = entries[3..].iter().map(|entry| match &entry.event {
            Event::Logged { message, .. } => message.parse::<u64>().unwrap(),
            other => panic!("{other:?}"),
        });
        assert!(messages.eq(0..20));
    }
}
