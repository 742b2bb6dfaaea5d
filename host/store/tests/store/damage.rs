//! Whatever changes in the file, no run reads differently from how it was written.

use std::path::PathBuf;

use baton_journal::{Digest, Entry, Scope, StateRequest, Store, StoreError};
use baton_store::SqliteStore;
use rusqlite::{Connection, params};

use crate::sample::*;

struct Sample {
    _folder: tempfile::TempDir,
    path: PathBuf,
    first: Vec<Entry>,
    second: Vec<Entry>,
}

/// A closed store with two runs, the first with large payloads, and a value.
async fn sample() -> Sample {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let claim = begin(&store, &run_id(1)).await;
    store.append(&claim, at(3), host_call(1, &large('x'), "{}")).await.unwrap();
    store.append(&claim, at(4), run_ended()).await.unwrap();
    let claim = begin(&store, &run_id(2)).await;
    store.state(&claim, request(5, shared("s"), set("key", "\"value\""))).await.unwrap();
    let (first, second) = (store.entries(run_id(1)).await.unwrap(), store.entries(run_id(2)).await.unwrap());
    let path = folder.path().join("baton.db");
    Sample { _folder: folder, path, first, second }
}

/// Damages the first run by SQL, and tells what reading it says; the second must be as it was.
async fn damaged(sql: &str) -> String {
    let sample = sample().await;
    let connection = Connection::open(&sample.path).unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute_batch(sql).unwrap();
    drop(connection);
    let store = SqliteStore::open(&sample.path).unwrap();
    assert_eq!(store.entries(run_id(2)).await.unwrap(), sample.second, "the other run after {sql}");
    match store.entries(run_id(1)).await {
        Err(StoreError::Corrupt { what }) => what.replace(run_id(1).as_str(), "R"),
        other => panic!("{sql}: {other:?}"),
    }
}

#[tokio::test]
async fn every_damage_is_found_with_its_position() {
    let cases = [
        ("UPDATE entries SET at = at + 1 WHERE run = 1 AND sequence = 1", "run R, entry 1: its digest is"),
        (
            "UPDATE entries SET body = replace(body, '{}', '[]') WHERE run = 1 AND sequence = 2",
            "run R, entry 2: its digest",
        ),
        (
            "UPDATE entries SET digest = zeroblob(32) WHERE run = 1 AND sequence = 0",
            "run R, entry 0: its digest is 0000",
        ),
        ("UPDATE entries SET digest = x'00' WHERE run = 1 AND sequence = 0", "run R, entry 0: "),
        (
            "UPDATE entries SET sequence = 9 WHERE run = 1 AND sequence = 1",
            "run R, entry 1: its number is 2: an entry is missing",
        ),
        ("DELETE FROM entries WHERE run = 1 AND sequence = 0", "run R, entry 0: its number is 1"),
        (
            "DELETE FROM entries WHERE run = 1 AND sequence = 4",
            "run R, entry 4: the journal ends, but 5 entries were written",
        ),
        ("DELETE FROM entries WHERE run = 1", "run R, entry 0: the journal ends"),
        (
            "UPDATE entries SET run = 1, sequence = 5 WHERE run = 2 AND sequence = 7; \
          UPDATE runs SET head = zeroblob(32) WHERE number = 1",
            "run R, entry 5: the digest of the last entry",
        ),
        ("UPDATE runs SET status = 'running' WHERE number = 1", "run R, its row in the list"),
        ("UPDATE runs SET updated = updated + 1 WHERE number = 1", "run R, its row in the list"),
        (
            "UPDATE runs SET workflow = 'other' WHERE number = 1",
            "run R, its row in the list of runs names another workflow",
        ),
        ("UPDATE blobs SET bytes = zeroblob(5002)", "run R, entry 3: blob f6aded2"),
        ("DELETE FROM blobs", "run R, entry 3: blob f6aded2"),
    ];
    for (sql, expected) in cases {
        let found = damaged(sql).await;
        assert!(found.starts_with(expected), "{sql}\n  expected: {expected}\n  found:    {found}");
    }
}

#[tokio::test]
async fn every_flipped_bit_of_an_entry_is_found() {
    let sample = sample().await;
    let store = SqliteStore::open(&sample.path).unwrap();
    let connection = Connection::open(&sample.path).unwrap();
    let query = "SELECT body, digest FROM entries WHERE run = 1 AND sequence = 2";
    let (body, digest): (String, Vec<u8>) =
        connection.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let write = "UPDATE entries SET body = CAST(?1 AS TEXT), digest = ?2 WHERE run = 1 AND sequence = 2";
    for bit in 0..8 * (body.len() + digest.len()) {
        let mut bytes = [body.as_bytes(), &digest].concat();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (body, digest) = bytes.split_at(body.len());
        connection.execute(write, params![body, digest]).unwrap();
        let read = store.entries(run_id(1)).await;
        assert!(matches!(read, Err(StoreError::Corrupt { .. })), "bit {bit}: {read:?}");
    }
    connection.execute(write, params![body.as_bytes(), digest]).unwrap();
    assert_eq!(store.entries(run_id(1)).await.unwrap(), sample.first);
}

#[tokio::test]
async fn a_flipped_value_is_found() {
    let sample = sample().await;
    let store = SqliteStore::open(&sample.path).unwrap();
    for damage in ["value = '\"walue\"'", "value = '\"value\"', expires = 9999999999999"] {
        Connection::open(&sample.path).unwrap().execute(&format!("UPDATE state SET {damage}"), []).unwrap();
        let read = value(&store, &shared("s"), "key").await;
        assert!(matches!(read, Err(StoreError::Corrupt { .. })), "{read:?}");
    }
    assert_eq!(value(&store, &Scope::Agent("s".to_owned()), "key").await.unwrap(), None);
}

#[tokio::test]
async fn a_flipped_reply_is_found_when_its_call_is_repeated() {
    let sample = sample().await;
    let store = SqliteStore::open(&sample.path).unwrap();
    let claim = store.claim(run_id(2)).await.unwrap();
    let again = || StateRequest { call: call(&run_id(2), 8), ..request(8, shared("s"), increment("count", 1)) };
    let first = store.state(&claim, again()).await.unwrap();
    assert_eq!(store.state(&claim, again()).await.unwrap(), first);
    let flip = "UPDATE state_applied SET reply = replace(reply, '1', '3')";
    assert!(Connection::open(&sample.path).unwrap().execute(flip, []).unwrap() > 0);
    let read = store.state(&claim, again()).await;
    assert!(matches!(&read, Err(StoreError::Corrupt { what }) if what.contains("the reply to call 8")), "{read:?}");
}

#[tokio::test]
async fn a_damaged_blob_is_found() {
    let sample = sample().await;
    Connection::open(&sample.path).unwrap().execute("UPDATE blobs SET bytes = x'00'", []).unwrap();
    let store = SqliteStore::open(&sample.path).unwrap();
    let read = store.blob(Digest::of(large('x').as_bytes())).await;
    assert!(matches!(read, Err(StoreError::Corrupt { .. })), "{read:?}");
}
