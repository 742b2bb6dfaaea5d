//! Whichever operation of the disk fails, and however, nothing that was answered is lost, and the store says what to do.

use baton_journal::StoreError;
use baton_tests::disk::{Fault, Files, Image, Kind, Lasts, Recording, Syncs, code};
use baton_tests::failing_disk::{Trial, empty};

/// The operations whose failure nobody can judge: the store stops, and is opened again.
const FATAL: [(Kind, i32); 7] = [
    (Kind::Open, code::CANT_OPEN),
    (Kind::Read, code::READ),
    (Kind::Write, code::WRITE),
    (Kind::Truncate, code::TRUNCATE),
    (Kind::Sync, code::SYNC),
    (Kind::Delete, code::DELETE),
    (Kind::Map, code::MAP),
];

/// Does the work with each operation of a kind failing in turn, until there are no more; how many there were.
async fn sweep(kind: Kind, code: i32, lasts: Lasts, mut judge: impl AsyncFnMut(Trial, u64, String)) -> u64 {
    let empty = empty();
    for number in 0.. {
        let mut trial = Trial::of(&empty, Fault::after(number, kind, code, lasts)).await;
        let at = format!("{kind:?} {number} failed with {code}, {lasts:?}; it said {:?}", trial.refusals);
        if !trial.fails() {
            return number;
        }
        judge(trial, number, at).await;
    }
    unreachable!("a work ends")
}

/// What is found is what was answered, and at most so much more.
async fn compare(trial: &Trial, unknown: usize, at: &str) {
    let found = trial.found().await.unwrap_or_else(|error| panic!("{at}: {error}"));
    assert!(trial.history.agrees(&found, unknown), "{at}: {found:?}");
}

#[tokio::test]
async fn whichever_operation_fails_nothing_that_was_answered_is_lost() {
    for (kind, code) in FATAL {
        for lasts in [Lasts::Once, Lasts::UntilMended] {
            let failures = sweep(kind, code, lasts, async |mut trial, _, at| {
                let said = |error: &StoreError| matches!(error, StoreError::Io(text) if text.contains("baton.db: "));
                assert!(trial.refusals.iter().all(said), "{at}");
                trial.mend().unwrap_or_else(|error| panic!("{at}: {error}"));
                compare(&trial, usize::from(!trial.refusals.is_empty()), &at).await;
                trial.go_on().await;
                compare(&trial, 1, &at).await;
            });
            assert!(failures.await > 0, "{kind:?} does not occur in the work");
        }
    }
}

#[tokio::test]
async fn without_room_or_right_a_store_refuses_and_goes_on_when_it_has_them() {
    for code in [code::FULL, code::READ_ONLY] {
        let failures = sweep(Kind::Write, code, Lasts::UntilMended, async |mut trial, _, at| {
            let said = |error: &StoreError| matches!(error, StoreError::Unwritable { .. });
            assert!(trial.refusals.iter().all(said), "{at}");
            trial.disk.mend();
            if trial.store.is_none() {
                trial.reopen().unwrap_or_else(|error| panic!("{at}: {error}"));
            }
            trial.go_on().await; // with the same store, unless it was closing
            compare(&trial, 0, &at).await;
            trial.reopen().unwrap_or_else(|error| panic!("{at}: {error}"));
            compare(&trial, 0, &at).await;
        });
        assert!(failures.await > 100);
    }
}

#[tokio::test]
async fn a_sync_that_failed_is_never_tried_again() {
    let failures = sweep(Kind::Sync, code::SYNC, Lasts::Once, async |mut trial, number, at| {
        trial.store = None;
        assert_eq!(trial.disk.count(Kind::Sync), number + 1, "{at}");
        if let Some(first) = trial.refusals.first() {
            let all_the_same = trial.refusals.iter().all(|error| error.to_string() == first.to_string());
            assert!(all_the_same && first.to_string().ends_with("; reopen it"), "{at}");
        }
    });
    assert!(failures.await > 5);
}

/// After a sync that failed the system may show what it will never write: a store that goes on must not build on that.
#[tokio::test]
async fn what_is_acknowledged_after_a_sync_failed_survives_a_power_cut() {
    let before = Files::from([("baton.db".to_owned(), empty())]);
    let failures = sweep(Kind::Sync, code::SYNC, Lasts::Once, async |mut trial, number, at| {
        trial.mend().unwrap_or_else(|error| panic!("{at}: {error}"));
        trial.go_on().await; // it flushes
        let recording = Recording { before: before.clone(), log: trial.disk.log() };
        let image = Image::after_cut(&recording, recording.log.len(), Syncs::Honest, number);
        trial.replace_disk(&image.files).unwrap_or_else(|error| panic!("{at}: {error}"));
        compare(&trial, 1, &at).await;
    });
    assert!(failures.await > 5);
}
