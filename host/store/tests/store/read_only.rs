//! A store that is only read: what is read is what was written, nothing is changed, and nothing is left beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use baton_journal::{RunStatus, Store, StoreError};
use baton_store::{ReadOnlyStore, SqliteStore};

use crate::sample::*;

/// All files below a folder with their contents, but for the index of the log: in it readers note where they are.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().unwrap().is_file());
    files
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            let content = if name.ends_with("-shm") { Vec::new() } else { fs::read(file.path()).unwrap() };
            (name, content)
        })
        .collect()
}

/// Reads everything, and makes sure that no file was made or changed.
async fn read(path: &Path) -> (usize, RunStatus) {
    let before = files(path.parent().unwrap());
    let store = ReadOnlyStore::open(path).unwrap();
    let entries = store.entries(run_id(1)).await.unwrap();
    let runs = store.runs(9).await.unwrap();
    assert_eq!(value(&store, &shared("s"), "k").await.unwrap(), Some("1".to_owned()));
    assert!(before == files(path.parent().unwrap()), "{:?}", before.keys());
    (entries.len(), runs[0].status)
}

/// A store with a run and a value.
async fn written(folder: &Path) -> SqliteStore {
    let store = open(folder);
    let claim = begin(&store, &run_id(1)).await;
    store.state(&claim, request(5, shared("s"), set("k", "1"))).await.unwrap();
    store
}

#[tokio::test]
async fn a_closed_store_is_read() {
    let folder = tempfile::tempdir().unwrap();
    drop(written(folder.path()).await);
    assert_eq!(files(folder.path()).keys().collect::<Vec<_>>(), ["baton.db"]);
    assert_eq!(read(&folder.path().join("baton.db")).await, (3, RunStatus::Interrupted));
}

#[tokio::test]
async fn a_store_that_is_written_to_is_read_as_it_is_at_the_moment() {
    let folder = tempfile::tempdir().unwrap();
    let (path, store) = (folder.path().join("baton.db"), written(folder.path()).await);
    assert_eq!(read(&path).await, (3, RunStatus::Running));
    let reader = ReadOnlyStore::open(&path).unwrap();
    store.release(baton_journal::Claim { run: run_id(1), epoch: 1 }).await.unwrap();
    let claim = store.claim(run_id(1)).await.unwrap();
    for count in 4..=40 {
        store.append(&claim, at(9), line("more")).await.unwrap();
        assert_eq!(reader.entries(run_id(1)).await.unwrap().len(), count, "committed is visible");
    }
    drop(store);
    assert_eq!(reader.entries(run_id(1)).await.unwrap().len(), 40);
}

/// Copies files of a store that is at work, as if its host had been killed.
fn copied(from: &Path, to: &Path, files: &[&str]) -> std::path::PathBuf {
    for file in files {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    to.join("baton.db")
}

#[tokio::test]
async fn what_a_killed_host_left_is_read_with_and_without_the_index_of_its_log() {
    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _store = written(folder.path()).await;
    let path = copied(folder.path(), copy.path(), &["baton.db", "baton.db-wal", "baton.db-shm"]);
    assert_eq!(read(&path).await, (3, RunStatus::Interrupted));
    fs::remove_file(copy.path().join("baton.db-shm")).unwrap();
    assert_eq!(read(&path).await, (3, RunStatus::Interrupted));
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_nobody_may_write_to_is_no_obstacle() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _store = written(folder.path()).await;
    let path = copied(folder.path(), copy.path(), &["baton.db", "baton.db-wal", "baton.db-shm"]);
    let allow = |folder, files| {
        let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        fs::read_dir(copy.path()).unwrap().for_each(|entry| set(&entry.unwrap().path(), files));
        set(copy.path(), folder);
    };
    allow(0o500, 0o400);
    assert_eq!(read(&path).await, (3, RunStatus::Interrupted));
    allow(0o700, 0o600);
}

#[tokio::test]
async fn every_change_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baton.db");
    drop(written(folder.path()).await);
    let (before, store) = (files(folder.path()), ReadOnlyStore::open(&path).unwrap());
    let claim = baton_journal::Claim { run: run_id(1), epoch: 1 };
    let refusals = [
        store.create(run_id(2), at(0), started()).await.map(drop),
        store.claim(run_id(1)).await.map(drop),
        store.append(&claim, at(9), line("no")).await.map(drop),
        store.state(&claim, request(9, shared("s"), set("k", "2"))).await.map(drop),
        store.put_blob(vec![1]).await.map(drop),
        store.remove(run_id(1)).await.map(drop),
        store.flush().await,
        store.release(claim).await,
    ];
    for refused in refusals {
        assert!(matches!(refused, Err(StoreError::ReadOnly { .. })), "{refused:?}");
    }
    assert!(before == files(folder.path()));
}

#[tokio::test]
async fn what_is_no_store_is_refused_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    assert!(matches!(ReadOnlyStore::open(&path), Err(StoreError::Io(_))));
    fs::write(&path, b"hello").unwrap();
    assert!(matches!(ReadOnlyStore::open(&path), Err(StoreError::Corrupt { .. })));
    assert_eq!(files(folder.path()).len(), 1);
}

#[tokio::test]
async fn any_name_of_a_file_is_taken_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("a?mode=rw&b#c%20 d\u{e9}.db");
    begin(&SqliteStore::open(&name).unwrap(), &run_id(1)).await;
    assert_eq!(ReadOnlyStore::open(&name).unwrap().runs(9).await.unwrap().len(), 1);
}
