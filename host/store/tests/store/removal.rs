//! What a removal leaves in the file, also one that was interrupted, and the room it gives back.

use std::fs;
use std::path::Path;

use baton_journal::{Store, StoreError};
use baton_store::SqliteStore;
use baton_store::check::check;
use rusqlite::Connection;

use crate::sample::*;

/// A run of some megabytes that has ended.
async fn large_run(store: &SqliteStore, number: u128) {
    let claim = begin(store, &run_id(number)).await;
    for sequence in 1..200 {
        let payload = format!("{number}-{sequence}-{}", large('p').repeat(4));
        store.append(&claim, at(3), host_call(sequence, &payload, "1")).await.unwrap();
    }
    store.append(&claim, at(4), run_ended()).await.unwrap();
    store.release(claim).await.unwrap();
}

fn is_clean(path: &Path) {
    let summary = check(path, &mut |news| drop(news)).unwrap();
    assert_eq!((summary.damage, summary.leftovers), (0, 0));
}

#[tokio::test]
async fn the_room_of_removed_runs_goes_back_to_the_file_system_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baton.db");
    let (store, other) = (open(folder.path()), open(folder.path()));
    large_run(&store, 1).await;
    large_run(&store, 2).await;
    let claim = begin(&other, &run_id(3)).await;
    drop(store);
    drop(other);
    let large = fs::metadata(&path).unwrap().len();
    let (store, other) = (open(folder.path()), open(folder.path()));
    let claim = baton_journal::Claim { epoch: 2, ..claim };
    assert_eq!(other.claim(run_id(3)).await.unwrap(), claim);
    store.remove(run_id(1)).await.unwrap();
    store.remove(run_id(2)).await.unwrap();
    let mut left = Vec::new();
    store.give_back_room(|bytes| left.push(bytes)).await.unwrap();
    other.append(&claim, at(9), line("goes on")).await.unwrap();
    assert_eq!(left.last(), Some(&0));
    drop(store);
    drop(other);
    let small = fs::metadata(&path).unwrap().len();
    assert!(large > 4 << 20 && small < 1 << 20, "{large} bytes, then {small}");
    is_clean(&path);
}

#[tokio::test]
async fn an_interrupted_removal_is_seen_by_nobody_and_finished_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baton.db");
    large_run(&open(folder.path()), 1).await;
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch(
        "UPDATE runs SET status = 'removed' WHERE number = 1; DELETE FROM entries WHERE run = 1 AND sequence < 50",
    )
    .unwrap();
    drop(raw);
    assert_eq!(check(&path, &mut |news| drop(news)).unwrap().leftovers, 1);
    let store = open(folder.path());
    assert_eq!(store.runs(9).await.unwrap(), []);
    assert!(matches!(store.entries(run_id(1)).await, Err(StoreError::NoSuchRun(_))));
    assert!(matches!(store.claim(run_id(1)).await, Err(StoreError::NoSuchRun(_))));
    assert!(matches!(store.create(run_id(1), at(0), started()).await, Err(StoreError::RunExists(_))));
    large_run(&store, 2).await;
    store.remove(run_id(2)).await.unwrap();
    drop(store);
    is_clean(&path);
    let rows = |table| -> i64 {
        let raw = Connection::open(&path).unwrap();
        raw.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!(["runs", "entries", "blobs", "uses"].map(rows), [0; 4]);
}
