//! One transaction for many operations, one wait for the disk for many entries.

use std::time::Duration;

use baton_journal::{Store, StoreError};
use baton_store::{Settings, SqliteStore};
use rusqlite::Connection;

use crate::sample::*;

#[tokio::test]
async fn a_thousand_appends_and_one_flush_wait_for_the_disk_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let claim = begin(&store, &run_id(1)).await;
    for count in 0..1000 {
        store.append(&claim, at(count), line("pure work")).await.unwrap();
    }
    assert_eq!(store.flushes(), 0);
    store.flush().await.unwrap();
    assert_eq!(store.flushes(), 1);
    store.flush().await.unwrap();
    assert_eq!(store.flushes(), 1, "nothing was written since");
    store.append(&claim, at(2000), line("more")).await.unwrap();
    store.flush().await.unwrap();
    assert_eq!(store.flushes(), 2);
}

#[tokio::test]
async fn what_an_earlier_process_left_is_flushed_too() {
    let folder = tempfile::tempdir().unwrap();
    begin(&open(folder.path()), &run_id(1)).await;
    let store = open(folder.path());
    store.flush().await.unwrap();
    assert_eq!(store.flushes(), 1);
}

#[tokio::test]
async fn flushes_that_wait_share_one_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let claim = begin(&store, &run_id(1)).await;
    let other = Connection::open(folder.path().join("baton.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap(); // holds the writer back until all orders are given
    let unblock = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        other.execute_batch("COMMIT").unwrap();
    };
    let work = (0..100).map(|count| {
        let (store, claim) = (&store, &claim);
        async move { tokio::join!(store.append(claim, at(count), line("x")), store.flush()) }
    });
    let (answers, ()) = tokio::join!(join_all(work), unblock);
    assert!(answers.into_iter().all(|(appended, flushed)| appended.is_ok() && flushed.is_ok()));
    assert!(store.flushes() <= 2, "the order that found the store free, and all others: {}", store.flushes());
}

/// Polls many futures at once (this package needs no library for it elsewhere).
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, output) in waiting.iter_mut().filter(|(_, output)| output.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *output = Some(value);
            }
        }
        let done = waiting.iter().all(|(_, output)| output.is_some());
        if done { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}

#[tokio::test]
async fn a_store_that_another_process_holds_is_locked_until_it_lets_go() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baton.db");
    let store =
        SqliteStore::open_with(&path, Settings { busy: Duration::from_millis(20), ..Settings::default() }).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = store.create(run_id(1), at(0), started()).await;
    assert!(matches!(&locked, Err(StoreError::Locked { path }) if path.ends_with("baton.db")), "{locked:?}");
    assert_eq!(store.runs(10).await.unwrap(), [], "reading waits for nobody");
    other.execute_batch("COMMIT").unwrap();
    store.create(run_id(1), at(0), started()).await.unwrap();
}

#[tokio::test]
async fn two_stores_on_one_file_exclude_and_fence_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (open(folder.path()), open(folder.path()));
    let old = begin(&first, &run_id(1)).await;
    assert!(matches!(second.claim(run_id(1)).await, Err(StoreError::Claimed(_))));
    std::fs::remove_dir_all(folder.path().join("baton.db.locks")).unwrap(); // somebody broke the lock
    let new = second.claim(run_id(1)).await.unwrap();
    assert!(matches!(first.append(&old, at(3), line("late")).await, Err(StoreError::Fenced(_))));
    second.append(&new, at(3), line("mine")).await.unwrap();
    assert_eq!(first.entries(run_id(1)).await.unwrap().len(), 4);
    drop(second);
    assert_eq!(first.claim(run_id(1)).await.unwrap_err().to_string(), StoreError::Claimed(run_id(1)).to_string());
    first.release(old).await.unwrap();
    assert_eq!(first.claim(run_id(1)).await.unwrap().epoch, 3);
}

#[tokio::test]
async fn the_lock_of_an_ended_run_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let claim = begin(&store, &run_id(1)).await;
    let locks = || std::fs::read_dir(folder.path().join("baton.db.locks")).unwrap().count();
    assert_eq!(locks(), 1);
    store.append(&claim, at(3), run_ended()).await.unwrap();
    store.release(claim).await.unwrap();
    assert_eq!(locks(), 0);
}
