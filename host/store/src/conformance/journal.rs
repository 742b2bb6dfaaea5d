//! Journals: what is appended comes back, in order, once, and to whom it may.

use std::sync::Arc;

use baton_journal::{Chain, Claim, Decision, Digest, Event, Payload, RunStatus, Store, StoreError};

use super::sample::*;
use super::{Case, cases};

/// The cases.
pub(super) fn all() -> Vec<Case> {
    cases![
        entries_come_back_as_appended,
        events_of_one_moment_are_appended_in_their_order,
        large_payloads_come_back_and_are_kept_by_digest,
        a_run_begins_once_and_with_its_header,
        time_never_goes_back,
        nothing_follows_the_end,
        a_claim_excludes_others_and_old_claims_are_fenced,
        an_unknown_run_is_named,
        runs_are_listed_newest_first,
        the_status_follows_from_the_events,
        blobs_are_kept_by_digest,
        concurrent_appends_to_many_runs_keep_each_chain,
        payloads_by_digest_must_be_known_with_their_length,
        components_are_put_before_the_run_begins,
        a_refused_event_leaves_no_trace,
        a_claim_is_given_back_once_and_void_ones_silently,
        a_claim_on_an_unknown_run_is_worth_nothing,
    ]
}

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

async fn events_of_one_moment_are_appended_in_their_order(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let events = vec![line("one"), host_call(1, "{}", &large('x')), line("three")];
    let appended = store.append_all(&claim, at(3), events.clone()).await.unwrap();
    assert_eq!(appended.iter().map(|entry| entry.event.clone()).collect::<Vec<_>>(), events);
    assert_eq!(store.entries(run_id(1)).await.unwrap()[3..], appended);
    assert_eq!(store.append_all(&claim, at(4), Vec::new()).await.unwrap(), []);
    // What stands before a refused one is there; what stands behind it is not.
    let refused = store.append_all(&claim, at(5), vec![line("before"), started(), line("behind")]).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    assert_eq!(store.entries(run_id(1)).await.unwrap().last().unwrap().event, line("before"));
    store.release(claim.clone()).await.unwrap();
    let newer = store.claim(run_id(1)).await.unwrap();
    let fenced = store.append_all(&claim, at(6), vec![line("late")]).await;
    assert!(matches!(fenced, Err(StoreError::Fenced(_))), "{fenced:?}");
    assert_eq!(store.append_all(&newer, at(6), vec![line("next")]).await.unwrap()[0].sequence, 7);
}

async fn large_payloads_come_back_and_are_kept_by_digest(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let text = large('x');
    let entry = store.append(&claim, at(3), host_call(1, &text, &text)).await.unwrap();
    assert_eq!(store.entries(run_id(1)).await.unwrap().pop().unwrap(), entry);
    assert_eq!(store.blob(Digest::of(text.as_bytes())).await.unwrap(), text.as_bytes());
    let by_digest = ended_with(Payload::text(text.as_str()).as_reference());
    let entry = store.append(&claim, at(4), by_digest).await.unwrap();
    let last = store.entries(run_id(1)).await.unwrap().pop().unwrap();
    assert_eq!((last.digest, last.event), (entry.digest, ended_with(Payload::text(text))));
}

async fn payloads_by_digest_must_be_known_with_their_length(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let text = large('y');
    let Payload::Stored { sha256, bytes } = Payload::text(text.as_str()).as_reference() else { panic!("it is large") };
    let append = |bytes| store.append(&claim, at(4), ended_with(Payload::Stored { sha256, bytes }));
    assert!(matches!(append(bytes).await, Err(StoreError::Refused(_))));
    store.put_blob(text.clone().into_bytes()).await.unwrap();
    for other in [0, bytes - 1, bytes + 1, u64::MAX] {
        assert!(matches!(append(other).await, Err(StoreError::Refused(_))), "{other}");
    }
    append(bytes).await.unwrap();
    let last = store.entries(run_id(1)).await.unwrap().pop().unwrap();
    assert_eq!(last.event, ended_with(Payload::text(text)));
}

async fn components_are_put_before_the_run_begins(store: &dyn Store) {
    let header = started_with(&[b"crm", b"billing"]);
    store.put_blob(b"crm".to_vec()).await.unwrap();
    let refused = store.create(run_id(1), at(0), header.clone()).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    assert_eq!(store.runs(9).await.unwrap(), []);
    store.put_blob(b"billing".to_vec()).await.unwrap();
    store.create(run_id(1), at(0), header).await.unwrap();
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
    assert!(named(store.remove(run_id(7)).await.unwrap_err()));
}

async fn runs_are_listed_newest_first(store: &dyn Store) {
    for number in [2, 1, 3] {
        begin(store, &run_id(number)).await;
    }
    let runs = store.runs(2).await.unwrap();
    assert_eq!(runs.iter().map(|run| run.run.clone()).collect::<Vec<_>>(), [run_id(3), run_id(2)]);
    assert_eq!(store.runs(0).await.unwrap(), []);
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

async fn a_refused_event_leaves_no_trace(store: &dyn Store) {
    let claim = begin(store, &run_id(1)).await;
    let before = (store.entries(run_id(1)).await.unwrap(), store.runs(9).await.unwrap());
    let unknown = Payload::text(large('z')).as_reference();
    for refused in [started(), ended_with(unknown)] {
        assert!(matches!(store.append(&claim, at(9), refused).await, Err(StoreError::Refused(_))));
    }
    assert!(matches!(store.create(run_id(1), at(9), started()).await, Err(StoreError::RunExists(_))));
    assert_eq!((store.entries(run_id(1)).await.unwrap(), store.runs(9).await.unwrap()), before);
    assert_eq!(store.append(&claim, at(3), line("next")).await.unwrap().sequence, 3);
}

async fn a_claim_is_given_back_once_and_void_ones_silently(store: &dyn Store) {
    let first = begin(store, &run_id(1)).await;
    store.release(first.clone()).await.unwrap();
    let second = store.claim(run_id(1)).await.unwrap();
    store.release(first).await.unwrap();
    assert!(matches!(store.claim(run_id(1)).await, Err(StoreError::Claimed(_))), "the second claim holds");
    store.append(&second, at(3), line("mine")).await.unwrap();
    store.release(second.clone()).await.unwrap();
    store.release(second).await.unwrap();
}

async fn a_claim_on_an_unknown_run_is_worth_nothing(store: &dyn Store) {
    begin(store, &run_id(1)).await;
    for claim in [Claim { run: run_id(7), epoch: 1 }, Claim { run: run_id(1), epoch: 9 }] {
        let appended = store.append(&claim, at(3), line("forged")).await;
        assert!(matches!(appended, Err(StoreError::NoSuchRun(_) | StoreError::Fenced(_))), "{appended:?}");
        let changed = store.state(&claim, request(0, shared("s"), set("k", "1"))).await;
        assert!(matches!(changed, Err(StoreError::NoSuchRun(_) | StoreError::Fenced(_))), "{changed:?}");
        store.release(claim).await.unwrap();
    }
    assert_eq!(store.entries(run_id(1)).await.unwrap().len(), 3);
}
