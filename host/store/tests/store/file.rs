//! Which files are opened, and what becomes of those that are not.

use std::fs;
use std::io::Write;
use std::path::Path;

use baton_journal::{RunStatus, Store, StoreError};
use baton_store::{FORMAT, SqliteStore};
use rusqlite::Connection;

use crate::sample::*;

/// A closed store with one run.
async fn closed(folder: &Path) -> std::path::PathBuf {
    begin(&open(folder), &run_id(1)).await;
    folder.join("baton.db")
}

fn refusal(path: &Path) -> StoreError {
    let before = fs::read(path).unwrap();
    let error = SqliteStore::open(path).unwrap_err();
    assert!(before == fs::read(path).unwrap(), "a refused file was changed");
    error
}

#[tokio::test]
async fn a_store_is_reopened_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (written, mut runs) = {
        let store = open(folder.path());
        begin(&store, &run_id(1)).await;
        (store.entries(run_id(1)).await.unwrap(), store.runs(1).await.unwrap())
    };
    runs[0].status = RunStatus::Interrupted; // the store that claimed it is closed
    assert!(!folder.path().join("baton.db-wal").exists(), "closing copies the log into the file");
    let store = open(folder.path());
    assert_eq!((store.entries(run_id(1)).await.unwrap(), store.runs(1).await.unwrap()), (written, runs));
    let claim = store.claim(run_id(1)).await.unwrap();
    store.append(&claim, at(9), line("and goes on")).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("new/deeper");
    let store = open(&inner);
    begin(&store, &run_id(1)).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder.path().join("new")), 0o700);
    assert_eq!(mode(&inner), 0o700);
    assert_eq!(mode(&inner.join("baton.db.locks")), 0o700);
    for file in ["baton.db", "baton.db-wal", "baton.db-shm"] {
        assert_eq!(mode(&inner.join(file)), 0o600, "{file}");
    }
    let names = fs::read_dir(&inner).unwrap().count();
    assert_eq!(names, 4, "nothing is left of making it");
}

#[tokio::test]
async fn a_store_whose_host_died_while_it_copied_the_log_is_opened() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(folder.path());
    begin(&store, &run_id(1)).await;
    for file in ["baton.db", "baton.db-wal"] {
        fs::copy(folder.path().join(file), other.path().join(file)).unwrap();
    }
    let mut begun = fs::OpenOptions::new().append(true).open(other.path().join("baton.db")).unwrap();
    begun.write_all(&[7; 2048]).unwrap(); // half of a page that the log has too
    let reopened = open(other.path());
    assert_eq!(reopened.entries(run_id(1)).await.unwrap(), store.entries(run_id(1)).await.unwrap());
    reopened.flush().await.unwrap();
    drop(reopened);
    assert_eq!(open(other.path()).entries(run_id(1)).await.unwrap(), store.entries(run_id(1)).await.unwrap());
}

#[tokio::test]
async fn a_half_made_store_that_a_killed_host_left_is_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(closed(folder.path()).await).unwrap();
    for draft in [&whole[..], &whole[..5000], &[]] {
        let folder = tempfile::tempdir().unwrap();
        let names = [0, 1].map(|number| format!("baton.db.new-{}-{number}", std::process::id()));
        for (name, suffix) in names.iter().flat_map(|name| ["", "-journal", "-wal"].map(|suffix| (name, suffix))) {
            fs::write(folder.path().join(format!("{name}{suffix}")), draft).unwrap();
        }
        let store = open(folder.path());
        assert_eq!(store.runs(10).await.unwrap(), []);
        begin(&store, &run_id(1)).await;
        assert_eq!(store.entries(run_id(1)).await.unwrap().len(), 3);
    }
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other");
    for garbage in [&b"hello"[..], &[0; 8192], &b"SQLite format 3\0".repeat(600)] {
        fs::write(&path, garbage).unwrap();
        let error = refusal(&path);
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    }
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (x)").unwrap();
    assert!(refusal(&path).to_string().ends_with("it is a SQLite file, but not a store of Baton"));
    assert!(SqliteStore::open(folder.path()).is_err(), "a folder");
}

#[tokio::test]
async fn a_newer_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = closed(folder.path()).await;
    Connection::open(&path).unwrap().pragma_update(None, "user_version", FORMAT + 1).unwrap();
    let error = refusal(&path);
    let StoreError::FromTheFuture { found, supported, .. } = error else { panic!("{error}") };
    assert_eq!((found, supported), (FORMAT + 1, FORMAT));
}

#[tokio::test]
async fn other_tables_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = closed(folder.path()).await;
    Connection::open(&path).unwrap().execute_batch("DROP TABLE scopes").unwrap();
    assert!(refusal(&path).to_string().ends_with("its tables are not those of format 1"));
}

#[tokio::test]
async fn a_log_without_its_store_is_not_played_into_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("baton.db-wal"), b"frames of another store").unwrap();
    let error = SqliteStore::open(folder.path().join("baton.db")).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[test]
fn many_may_make_the_same_store_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baton.db");
    std::thread::scope(|scope| {
        let opening: Vec<_> = (0..8).map(|_| scope.spawn(|| SqliteStore::open(&path))).collect();
        opening.into_iter().for_each(|thread| drop(thread.join().unwrap().unwrap()));
    });
}
